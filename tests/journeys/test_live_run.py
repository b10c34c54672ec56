"""Steering, pausing, stopping and raising the cap of a live run, through its journal, from another process."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from rootcase.core.model.entries import BudgetRaised, PauseAsked, ResumeAsked, Steered, StopAsked
from tests.support.commandline import until
from tests.support.depot import SCRIPT, Depot, call, changed
from tests.support.journal import Watch, case, entries, say

DETOUR = {"when": {"steered": "sorter"}, "text": "You name the sorter; I look for it.", "calls": [
    call("search", text="sorter"),
    call("claim", text="The sorter reads six characters.", role="mechanism", status="supported", citations=[
        {"evidence": "depot/labels.py:10", "quote": "as the sorter reads it"}]),
]}  # fmt: skip
PACE = "200"


@pytest.fixture
def slow(place: Depot) -> Iterator[Depot]:
    """The agent thinks for a while before each answer of its investigation, so that it can be talked to."""
    first, last = SCRIPT["investigate"]
    place.teach(changed(investigate=[{**first, "seconds": 0.4}, DETOUR, {**last, "seconds": 1.5}]))
    place.crash()
    yield place


def wait_for(place: Depot, kind: str, child, *, after: int = 0) -> int:
    watch = Watch(place.store)
    try:
        return until(
            lambda: next((seq for seq, name in watch.kinds(after) if name == kind), 0), why=kind, alive=child
        )
    finally:
        watch.close()


def test_a_steer_leads_the_investigation_somewhere_else_while_it_runs(slow):
    child = slow.line.start("run", "C-1", "--until", "draft", "--attended", ROOTCASE_REPLAY_PACE=PACE)
    wait_for(slow, "tool_called", child)
    say(slow.store, Steered("it is not the manifest, look at the sorter"))
    assert slow.line.ended(child) == 0, slow.line.log()
    journal = entries(slow.store)
    steered = next(entry.seq for entry in journal if entry.kind == "steered")
    searches = [e.seq for e in journal if e.kind == "tool_called" and e.body.tool == "search"]
    assert searches and searches[0] > steered, "the detour was taken after the steer"
    assert any("six characters" in claim.text for claim in case(slow.store).claims)


def test_a_run_that_nobody_steers_takes_no_detour(slow):
    assert slow.run("--until", "draft").code == 0
    assert not any(e.kind == "tool_called" and e.body.tool == "search" for e in entries(slow.store))


def test_a_paused_run_does_nothing_until_it_is_resumed(slow):
    child = slow.line.start("run", "C-1", "--until", "draft", "--attended", ROOTCASE_REPLAY_PACE=PACE)
    wait_for(slow, "tool_called", child)
    say(slow.store, PauseAsked())
    paused = wait_for(slow, "run_paused", child)
    assert case(slow.store).run.state == "paused"
    time.sleep(1.2)  # longer than the answer it was about to ask for
    assert [entry.kind for entry in entries(slow.store) if entry.seq > paused] == []
    assert child.poll() is None, "it waits"
    say(slow.store, ResumeAsked())
    assert slow.line.ended(child) == 0, slow.line.log()
    assert case(slow.store).run.outcome == "done"


def test_a_stopped_run_ends_and_keeps_everything_and_the_next_goes_on(slow):
    child = slow.line.start("run", "C-1", "--until", "draft", "--attended", ROOTCASE_REPLAY_PACE=PACE)
    wait_for(slow, "tool_called", child)
    say(slow.store, StopAsked("lunch"))
    assert slow.line.ended(child) == 4, slow.line.log()
    stopped = case(slow.store)
    assert (stopped.run.state, stopped.run.outcome) == ("ended", "stopped")
    assert stopped.phases[-1].summary == "interrupted" and stopped.phases[-1].tools
    assert slow.run("--until", "draft").code == 0
    resumed = case(slow.store)
    assert len(resumed.runs) == len(stopped.runs) + 1 and resumed.draft is not None
    assert resumed.phases[: len(stopped.phases)] == stopped.phases, "nothing of the stopped run is lost"


def test_a_run_told_to_end_by_the_system_says_so_in_the_journal(slow):
    child = slow.line.start("run", "C-1", "--until", "draft", "--attended", ROOTCASE_REPLAY_PACE=PACE)
    wait_for(slow, "tool_called", child)
    child.terminate()
    assert slow.line.ended(child) == 4, slow.line.log()
    assert case(slow.store).run.outcome == "stopped"
    assert "Traceback" not in slow.line.log()


def test_at_the_cap_an_attended_run_pauses_and_asks_and_a_raise_lets_it_go_on(slow):
    slow.configure(budget={"usd": 0.01})
    child = slow.line.start("run", "C-1", "--until", "draft", "--attended")
    wait_for(slow, "run_paused", child)
    asking = case(slow.store)
    assert asking.state == "asks" and "cap" in asking.asks.lower() and "$0.01" in asking.asks
    assert asking.spent.usd <= 0.01
    say(slow.store, BudgetRaised(usd=2.0))
    assert slow.line.ended(child) == 0, slow.line.log()
    after = case(slow.store)
    assert after.run.outcome == "done" and after.draft is not None and after.spent.usd > 0.01


def test_at_the_cap_an_unattended_run_stops_with_its_own_exit_code(slow):
    slow.configure(budget={"usd": 0.01})
    done = slow.run("--until", "draft")
    assert done.code == 5, done.said
    assert "cap" in done.said and "$0.01" in done.said
    after = case(slow.store)
    assert after.run.outcome == "budget" and after.run.exit_code == 5
    assert after.spent.usd <= 0.01, "the worst case of a call is held before it is made"


def test_the_cap_on_steps_holds_too(slow):
    slow.configure(budget={"steps": 1})
    done = slow.run("--until", "draft")
    assert done.code == 5 and "1 steps" in done.said, done.said
    assert case(slow.store).spent.steps == 1


def test_a_second_run_of_a_case_is_turned_away_while_the_first_lives(slow):
    child = slow.line.start("run", "C-1", "--until", "draft", "--attended", ROOTCASE_REPLAY_PACE=PACE)
    wait_for(slow, "tool_called", child)
    second = slow.run()
    assert second.code == 2 and f":{child.pid}" in second.err, second.said
    assert slow.line.ended(child) == 0, slow.line.log()
