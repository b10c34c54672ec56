"""Without a network what was approved is queued: said so, nothing lost, and sent once it is there again."""

from __future__ import annotations

import pytest

from rootcase.core.deliver.forge import Unreachable
from rootcase.core.deliver.outbox import deliver
from rootcase.core.deliver.policy import depth
from rootcase.core.deliver.proposal import compose
from rootcase.core.model.entries import EffectDone, EffectFailed, RunEnded

NOBODY = "http://127.0.0.1:9"


def approved(kit, journal, settings, place):
    how = depth(journal.case, settings, settings.repositories[0])
    where = kit.where(settings, place)
    kit.approve(journal, compose(journal.case, settings, settings.repositories[0], where, how))


async def sent(kit, journal, settings, place, **more):
    bodies = await kit.collected(deliver(journal.case, settings, kit.ports_for(settings, place), **more))
    journal.add(*bodies)
    return bodies


async def test_a_forge_that_nobody_reaches_queues_the_pull_request_and_the_next_try_opens_one(
    kit, place, proved, forge
):
    approved(kit, proved, kit.settings_for(NOBODY), place)
    bodies = await sent(kit, proved, kit.settings_for(NOBODY), place)
    assert (
        isinstance(bodies[-1], EffectFailed) and bodies[-1].queued and "cannot be reached" in bodies[-1].why
    )
    effect = proved.case.effect("pull_request")
    assert effect.queued and proved.case.effect("push").state == "done"
    case = proved.add(RunEnded("r1", "failed", "", 1))
    assert case.state == "asks" and case.asks.startswith("pull request is queued, t sends it")
    bodies = await sent(kit, proved, kit.settings_for(forge.url), place)
    assert isinstance(bodies[-1], EffectDone) and not proved.case.effect("pull_request").queued
    assert len(forge._server.book.newest("pull")) == 1 and proved.case.state == "sent"


async def test_a_remote_that_nobody_reaches_queues_the_push_and_opens_nothing(kit, place, proved, forge):
    settings = kit.settings_for(forge.url)
    approved(kit, proved, settings, place)
    place.remote = "http://127.0.0.1:9/acme/checkout.git"
    del proved.entries[-2:]
    approved(kit, proved, settings, place)
    bodies = await sent(kit, proved, settings, place)
    assert [type(b) for b in bodies] == [EffectFailed] and bodies[0].queued and bodies[0].kind == "push"
    assert forge._server.book.newest("pull") == []


async def test_a_switch_that_nobody_can_read_for_want_of_a_network_queues_too(kit, place, proved, forge):
    settings = kit.settings_for(forge.url)
    approved(kit, proved, settings, place)

    async def offline() -> str:
        raise Unreachable("the remote cannot be reached", "", "")

    bodies = await sent(kit, proved, settings, place, switch=offline)
    assert [(type(b), b.queued) for b in bodies] == [(EffectFailed, True)]
    assert kit.git(place.remote, "branch", "--list", "rootcase/*") == ""


@pytest.mark.parametrize("words", ["ssh: connect to host git.acme.dev port 22: Connection refused",
                                   "fatal: unable to access 'https://x/': Could not resolve host: x"])  # fmt: skip
def test_git_that_reached_nobody_is_told_from_git_that_was_refused(words):
    from rootcase.core.deliver.push import unreachable

    assert unreachable(words.lower()) and not unreachable("remote: permission denied to dana")
