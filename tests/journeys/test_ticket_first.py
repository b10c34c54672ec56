"""A ticket filed before the pull request: the pull request refers to it, and the case does not wait for it."""

from __future__ import annotations

import asyncio

import pytest

from rootcase.core.config.load import load
from rootcase.core.journal.fold import fold
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.case import Case
from rootcase.core.model.entries import GateDecided, Undone, VerdictOverridden, WorkFound
from rootcase.core.pipeline.house import House
from rootcase.core.pipeline.stages import stage_for
from rootcase.core.run.budget import CaseBudget
from rootcase.core.run.control import RunControl
from rootcase.core.run.recorder import Recorder
from rootcase.core.run.steps import Step
from tests.support.depot import Depot
from tests.support.journal import case, say


@pytest.mark.slow
def test_a_ticket_filed_first_is_linked_and_the_case_does_not_wait_for_it(place):
    place.crash()
    [said] = say(place.store, VerdictOverridden("ticket", "first a ticket, the sorter's team shall know"))
    ticketed = place.run("--json")
    assert ticketed.code == 4, ticketed.said
    assert ticketed.json["ticket"]["state"] == "done" and ticketed.json["pull_request"] is None
    [ticket] = place.items("issue")

    decision, found = asyncio.run(gate_now(place))
    assert [(work.kind, work.id, work.ours) for work in found.work] == [
        ("ticket", f"#{ticket['number']}", True)
    ]
    say(place.store, Undone(said.seq))
    decision, found = asyncio.run(gate_now(place))
    assert decision.decision.verdict == "fix", decision
    assert any("our own ticket does not count" in rule.saw for rule in decision.decision.rules)

    done = place.run("--json")
    assert done.code == 0, done.said
    [pull] = place.items("pull")
    assert f"Refs #{ticket['number']}" in pull["body"]
    assert len(place.items()) == 2 and len(place.branches()) == 1
    assert done.json["ticket"]["number"] == str(ticket["number"])
    again = place.run("--json")
    assert again.code == 0 and len(place.items()) == 2
    assert case(place.store).state == "sent"


async def gate_now(place: Depot) -> tuple[GateDecided, WorkFound]:
    """Ask the gate as a run does, with the real forge, and write nothing."""
    environment = place.line.environment()
    store = await SqliteStore.open(place.store)
    try:
        as_it_is: Case = fold(await store.entries("C-1"))
        recorder = Recorder(store, "C-1")
        control = RunControl(recorder, "none", attended=False)
        async with House(load(environment), store, environment) as house:
            budget = CaseBudget(recorder, control, house.settings.budget)
            bodies = [body async for body in stage_for(Step("gate before"), as_it_is, house, control, budget)]
    finally:
        await store.close()
    decided = next(body for body in bodies if isinstance(body, GateDecided))
    return decided, next(body for body in bodies if isinstance(body, WorkFound))
