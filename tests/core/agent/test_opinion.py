"""The second opinion: a model's word beside the verdict, asked when a run is to draft, and never above it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rootcase.core.agent import phases
from rootcase.core.agent.brief import brief
from rootcase.core.agent.recording import RecordedCall, RecordedStep, Recording
from rootcase.core.agent.replay import ReplayClient
from rootcase.core.model.entries import GateDecided, NoteWritten, OpinionGiven, ToolCalled, Until
from rootcase.core.model.errors import ModelError
from rootcase.core.model.evidence import NoteLine
from rootcase.core.model.verdicts import GateDecision, Opinion, Verdict
from rootcase.core.run.steps import End, next_step

Bench = Any


def says(*arguments: dict[str, object]) -> ReplayClient:
    steps = tuple(RecordedStep("opinion", calls=(RecordedCall("say", one),)) for one in arguments)
    return ReplayClient(Recording("rootcase-recording/1", steps), pace=0)


async def decided(bench: Bench, verdict: Verdict) -> None:
    note = NoteWritten((NoteLine("what", "it fails"),))
    await bench.recorder.record(GateDecided(GateDecision("after", verdict, "nobody has it", "P2")), note)


async def test_another_view_stands_beside_the_verdict_and_changes_nothing(bench: Bench) -> None:
    await decided(bench, "fix")
    await bench.run(
        phases.opinion, says({"verdict": "ticket", "reason": "The rows lack it.", "evidence": ["f1"]})
    )
    assert bench.case.verdict == "fix" and bench.case.opinion.verdict == "ticket"
    assert bench.case.opinion.cites == ("f1",)
    await decided(bench, "wait")
    assert bench.case.opinion is None, "a new decision makes the old opinion old"


async def test_it_is_not_told_the_verdict_and_must_cite_what_is_there(bench: Bench) -> None:
    await decided(bench, "fix")
    model = says(
        {"verdict": "fix", "reason": "Seen.", "evidence": ["z9"]},
        {"verdict": "fix", "reason": "Seen.", "evidence": []},
    )
    bodies = await bench.run(phases.opinion, model)
    told = [body.result for body in bodies if isinstance(body, ToolCalled)]
    assert "no evidence z9" in told[0] and bench.case.opinion.verdict == "fix"
    assert "nobody has it" not in brief("opinion", replace(bench.case, gate=None), bench.deps(model))


async def test_a_model_without_an_opinion_is_named(bench: Bench) -> None:
    await decided(bench, "fix")
    with pytest.raises(ModelError, match="No second opinion"):
        await bench.run(
            phases.opinion, says({"verdict": "fix", "reason": " "}, {"verdict": "fix", "reason": ""})
        )


@pytest.mark.parametrize(
    ("verdict", "until", "wanted", "step"),
    [
        ("fix", "propose", True, "opinion"), ("ignore", "propose", True, "opinion"), ("fix", "map", True, ""),
        ("fix", "propose", False, "investigate"), ("ignore", "propose", False, ""),
    ],
)  # fmt: skip
async def test_it_is_asked_once_for_each_decision_where_a_run_is_to_draft(
    bench: Bench, verdict: Verdict, until: Until, wanted: bool, step: str
) -> None:
    await decided(bench, verdict)
    found = next_step(bench.case, until, opinion=wanted)
    assert ("" if isinstance(found, End) else found.name) == step
    if step == "opinion":
        await bench.recorder.record(OpinionGiven(Opinion(None, "no model answers")))
        after = next_step(bench.case, until, opinion=True)
        assert isinstance(after, End) or after.name != "opinion"
