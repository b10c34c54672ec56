"""A human takes the draft apart: proof goes stale, is run again, and what is sent is exactly what was approved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from rootcase.core.model import ladder
from rootcase.core.model.entries import (
    Approved,
    HunkDecided,
    HunkEdited,
    HunkSplit,
    ProofAsked,
    ProposalEdited,
    Redone,
    Undone,
)
from rootcase.core.model.hunks import split
from tests.support.depot import Depot, git
from tests.support.journal import case, entries, faults, say

EDITED = "        return Parcel(number, street, postcode, note=note)\n"


@pytest.fixture
def ready(place: Depot) -> Iterator[Depot]:
    """A proved draft with a proposal; attended, so nothing was sent."""
    place.crash()
    done = place.run("--attended")
    assert done.code == 0 and "nothing was sent" in done.out, done.said
    assert place.items() == [] and place.branches() == [] and place.comments() == []
    yield place


@pytest.mark.slow
def test_dropping_editing_and_splitting_hunks_makes_proof_stale_until_it_is_run_again(ready):
    first = case(ready.store)
    assert ladder.level(first) == "E4" and dict(first.proof("necessity").hunks) == {"h1": True, "h2": False}

    [dropped] = say(ready.store, HunkDecided(1, ("h2",), "rejected", "no test needs it"))
    without = case(ready.store)
    assert without.draft.digest != first.draft.digest and without.proposal is None
    assert ladder.level(without) < "E4" and "stale" in {rung.state for rung in ladder.rungs(without)}

    say(ready.store, Undone(dropped.seq))
    undone = case(ready.store)
    assert undone.draft == first.draft and ladder.level(undone) == "E4", (
        "the old proof counts for the old text"
    )
    assert undone.proposal == first.proposal
    say(ready.store, Redone(dropped.seq))
    assert case(ready.store).draft.digest == without.draft.digest

    say(ready.store, Undone(dropped.seq))
    tidy = next(state.hunk for state in first.draft.hunks if state.hunk.id == "h2")
    say(ready.store, HunkSplit(1, "h2", split(tidy)))
    assert case(ready.store).draft.digest == first.draft.digest or len(case(ready.store).draft.hunks) == 4
    say(ready.store, HunkDecided(1, ("h2b",), "rejected", ""), HunkEdited(1, "h1", (EDITED,)), ProofAsked(1))
    asked = case(ready.store)
    assert [s.hunk.id for s in asked.draft.hunks] == ["h1", "h2a", "h2b", "h3"] and asked.prove_asked == 1

    proved_again = ready.run("--attended", "--json")
    assert proved_again.code == 0, proved_again.said
    after = case(ready.store)
    assert ladder.level(after) in ("E4", "E5") and after.prove_asked == 0
    assert after.proof("green").digest == after.draft.digest != first.draft.digest
    assert len(after.drafts) == 1, "no agent throws away what a human has touched"
    assert "note=note)" in after.proposal.body and "in list(parcels)" not in after.proposal.body
    assert after.proposal.digest != first.proposal.digest

    stale = say(ready.store, Approved(first.proposal.digest))
    refused = ready.run("--attended")
    assert refused.code == 0 and "nothing was sent" in refused.out, refused.said
    assert stale and ready.items() == [] and ready.branches() == []

    say(ready.store, Approved(after.proposal.digest))
    sent = ready.run("--attended")
    assert sent.code == 0 and "Sent" in sent.out, sent.said
    [pull], [branch] = ready.items("pull"), ready.branches()
    assert pull["body"] == after.proposal.body
    text = git(ready.remote, "show", f"{branch}:depot/intake.py") + "\n"
    assert EDITED in text and "for parcel in parcels:" in text and "counts: dict[str, int] = {}" in text
    assert (
        git(ready.remote, "rev-parse", f"{branch}^{{tree}}")
        == after.proposal.tree
        == after.proof("suite").tree
    )
    assert faults(ready.store) == ()


@pytest.mark.slow
def test_an_edit_that_breaks_the_fix_is_shown_as_not_green_and_is_never_offered(ready):
    say(
        ready.store,
        HunkEdited(1, "h1", ("        return Parcel(number, street, '', note)\n",)),
        ProofAsked(1),
    )
    done = ready.run("--attended", "--json")
    assert done.code == 4, done.said
    after = case(ready.store)
    assert after.proof("green").outcome == "failed" and ladder.level(after) == "E3"
    assert after.proposal.kind == "ticket" and len(after.drafts) == 1
    before = case(ready.store).draft
    assert before.hunks[0].edited and before.hunks[0].agent_new != before.hunks[0].hunk.new, (
        "the human's text stays"
    )


def test_a_decision_after_the_approval_takes_the_approval_back(ready):
    proposal = case(ready.store).proposal
    say(ready.store, Approved(proposal.digest))
    assert case(ready.store).approved == proposal.digest
    [edit] = say(ready.store, ProposalEdited("Another title", proposal.body))
    assert case(ready.store).approved == ""
    done = ready.run("--attended")
    assert "nothing was sent" in done.out and ready.items() == [], done.said
    new = case(ready.store).proposal
    assert new.title == "Another title" and new.digest != proposal.digest and edit.seq
    say(ready.store, Approved(new.digest))
    assert ready.run("--attended").code == 0
    assert [item["title"] for item in ready.items("pull")] == ["Another title"]


def test_a_proposal_changed_behind_the_digest_is_refused(ready):
    """An approval names the exact text: a body swapped in the journal under the old digest is not sent."""
    proposed = next(e.body for e in reversed(entries(ready.store)) if e.kind == "proposed")
    forged = replace(proposed.proposal, body="something else", writes=tuple(
        replace(write, text="something else") for write in proposed.proposal.writes))  # fmt: skip
    say(ready.store, replace(proposed, proposal=forged), actor="rootcase")
    say(ready.store, Approved(forged.digest))
    done = ready.run("--attended")
    assert done.code == 1 and "no longer what was approved" in done.said, done.said
    assert ready.items() == [] and ready.branches() == []
