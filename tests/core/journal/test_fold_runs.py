"""Runs, phases, money and time, and what humans ask of a live run."""

from __future__ import annotations

from rootcase.core.model.case import Caps
from rootcase.core.model.entries import (
    BudgetRaised,
    ClaimMade,
    ModelCalled,
    PauseAsked,
    PhaseEnded,
    PhaseStarted,
    ProofAsked,
    ProofStarted,
    Proved,
    ResumeAsked,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    Steered,
    StopAsked,
    ToolCalled,
)
from rootcase.core.model.evidence import Claim
from rootcase.core.model.proofs import ProofResult

TRACE = "ab" * 16


def started(run: str = "r1") -> RunStarted:
    return RunStarted(run, TRACE, "propose", "host", 42, "bubblewrap")


def called(phase="investigate", usd=0.25) -> ModelCalled:
    return ModelCalled(phase, "fast", "model", "res", 100, 20, usd)


def test_phases_carry_their_tools_claims_and_cost(script):
    script.add(started(), PhaseStarted("investigate", 0, "small"), called(), called(usd=0.5))
    script.add(ToolCalled("investigate", "1", "read_file", "{}", True, "text"))
    script.add(
        ClaimMade(Claim("k1", "it drops a column", "supported")), PhaseEnded("investigate", True, "found it")
    )
    case = script.case()
    phase = case.phases[0]
    assert (phase.cost_usd, phase.tokens, phase.claims) == (0.75, 240, ("k1",))
    assert (phase.ok, phase.summary, [tool.tool for tool in phase.tools]) == (True, "found it", ["read_file"])
    assert (case.spent.usd, case.spent.input_tokens, case.spent.steps) == (0.75, 200, 2)


def test_time_in_pauses_is_not_counted(script):
    script.add(started())
    script.add(PhaseStarted("plan"), after_s=10)
    script.add(RunPaused("r1", "budget"), after_s=10)
    script.add(RunResumed("r1"), after_s=3600)
    script.add(RunEnded("r1", "done", "ready"), after_s=5)
    assert script.case().spent.seconds == 25


def test_a_run_that_died_is_counted_to_its_last_sign_of_life(script):
    script.add(started(), trace=TRACE)
    script.add(PhaseStarted("plan"), trace=TRACE, after_s=10)
    script.add(RunEnded("r1", "failed", "the process is gone", 1), after_s=3600)
    case = script.case()
    assert case.spent.seconds == 10
    assert case.run.ended_us == case.phases[0].started_us
    assert (case.phases[0].ok, case.phases[0].summary) == (None, "interrupted")
    assert (case.state, case.asks) == ("asks", "the process is gone")


def test_a_new_run_ends_the_one_that_died_without_a_word(script):
    script.add(started("r1"), PhaseStarted("plan"))
    script.human(StopAsked())
    script.add(started("r2"))
    case = script.case()
    assert [(run.id, run.state) for run in case.runs] == [("r1", "ended"), ("r2", "running")]
    assert not case.stop_asked
    assert case.phases[0].ended_us


def test_a_pause_is_asked_taken_and_ended_by_a_humans_word(script):
    script.add(started())
    script.human(PauseAsked())
    assert script.case().pause_asked
    script.add(RunPaused("r1", "you asked for it"))
    case = script.case()
    assert (case.pause_asked, case.run.state, case.state, case.asks) == (
        False,
        "paused",
        "asks",
        "you asked for it",
    )
    script.human(ResumeAsked())
    case = script.case()
    assert (case.run.state, case.state, case.asks) == ("running", "running", "")


def test_a_stop_stands_until_the_run_ends(script):
    script.add(started())
    script.human(StopAsked("wrong track"))
    script.add(RunPaused("r1", "budget"))
    assert script.case().stop_asked
    script.add(RunEnded("r1", "stopped", "you stopped it"))
    case = script.case()
    assert (case.stop_asked, case.asks) == (False, "you stopped it")


def test_the_end_of_another_run_changes_nothing(script):
    script.add(started("r2"), RunEnded("r1", "done", ""))
    assert script.case().run.state == "running"


def test_steering_is_kept_until_a_phase_starts_with_it(script):
    script.add(started())
    script.human(Steered("not the cache"), Steered("look at load_prices"))
    assert script.case().steering == ("not the cache", "look at load_prices")
    script.add(PhaseStarted("patch"))
    assert script.case().steering == ()
    assert [said.text for said in script.case().said] == ["not the cache", "look at load_prices"]


def test_a_raise_leaves_the_caps_it_does_not_name(script):
    script.human(BudgetRaised(usd=2.0), BudgetRaised(minutes=30))
    assert script.case().caps == Caps(2.0, 30, 0)


def test_a_wish_for_proof_is_answered_when_proof_of_that_draft_starts(drafted):
    drafted.human(ProofAsked(1))
    assert drafted.case().prove_asked == 1
    drafted.add(started(), ProofStarted("red", 1, "d"))
    assert (drafted.case().prove_asked, drafted.case().proving) == (0, "red")
    drafted.add(Proved(ProofResult("red", 1, "d", "t", "ok", "red")))
    assert drafted.case().proving == ""


def test_nothing_is_being_proved_once_the_run_has_ended(drafted):
    drafted.add(started(), ProofStarted("suite", 1, "d"), RunEnded("r1", "stopped", "stopped"))
    assert drafted.case().proving == ""
