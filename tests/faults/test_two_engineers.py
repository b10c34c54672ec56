"""Two engineers approve the same cluster at the same moment, each with a process of their own: one pull request."""

from __future__ import annotations

import asyncio

import pytest

from rootcase.core.model.entries import Approved
from tests.support.depot import SHORT
from tests.support.journal import case, entries, faults, say, with_store


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_both_approve_and_one_pull_request_is_opened(place):
    place.teach(SHORT)
    assert place.feed(place.caught(), policy={"approve": []}).code == 0
    assert place.run("--attended").code == 0
    proposal = case(place.store).proposal
    for who in ("mira", "omar"):
        say(place.store, Approved(proposal.digest), actor=f"human:{who}")
    both = [
        place.line.start("run", "C-1", "--attended", name=who, ROOTCASE_USER=who) for who in ("mira", "omar")
    ]
    codes = [place.line.ended(child) for child in both]
    [pull] = place.items()
    assert place.branches() == [pull["head"]] and len(place.comments()) == 1
    now = case(place.store)
    assert now.state == "sent" and {effect.state for effect in now.effects} == {"done"}
    assert faults(place.store) == () and len(place.items("pull")) == 1
    sends = [e for e in entries(place.store) if e.kind == "effect_intended"]
    assert len(sends) == len(now.proposal.writes), "each write was intended once"
    # One of them may have come when the other was through; then both were told that it is sent.
    assert sorted(codes) in ([0, 2], [0, 0])
    told = "".join(place.line.log(who) for who in ("mira", "omar"))
    assert "Sent: " in told
    if 2 in codes:
        loser = ("mira", "omar")[codes.index(2)]
        said = place.line.log(loser)
        assert "C-1 is being worked on" in said and "omar approved what it sends" in said
        assert str(both[codes.index(0)].pid) in said, "it says which process, on which machine"


def test_whoever_comes_second_is_told_who_and_where(place):
    """The first one's run holds the case while the second asks."""
    place.crash()

    async def held(store):
        lease = await store.lease("C-1", "desk-of-mira:4711")
        try:
            return await asyncio.to_thread(place.run, "--attended", ROOTCASE_USER="omar")
        finally:
            await store.release(lease)

    second = with_store(place.store, held)
    assert second.code == 2 and "A run of desk-of-mira:4711 holds it" in second.said
    assert place.items() == []
