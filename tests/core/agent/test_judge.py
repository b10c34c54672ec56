"""The judge: reads the change in a clean context, has to quote it, and never overrules the checks."""

from __future__ import annotations

from typing import Any

import pytest

from rootcase.core.agent import phases
from rootcase.core.agent.brief import brief
from rootcase.core.agent.recording import RecordedCall, RecordedStep, Recording
from rootcase.core.agent.replay import ReplayClient
from rootcase.core.model import ladder
from rootcase.core.model.draft_entries import Judged
from rootcase.core.model.entries import (
    DraftStarted,
    DraftWritten,
    FindingWaived,
    HunkEdited,
    ModelCalled,
    PlanMade,
    Proved,
    Reviewed,
    ToolCalled,
)
from rootcase.core.model.errors import ModelError
from rootcase.core.model.hunks import hunks_between, numbered
from rootcase.core.model.proofs import Finding, ProofResult
from rootcase.core.run.steps import End, next_step

Bench = Any
LINE = '    return {row["sku"]: {"sku": row["sku"], "amount": row["amount"]} for row in ROWS if row["sku"] in skus}\n'
PLAN = PlanMade("Keep it.", ("shop/catalog.py",), "tests/test_currency.py", "The loader.")


def says(*arguments: dict[str, object]) -> ReplayClient:
    steps = tuple(RecordedStep("review", calls=(RecordedCall("judgement", one),)) for one in arguments)
    return ReplayClient(Recording("rootcase-recording/1", steps), pace=0)


async def drafted(bench: Bench) -> str:
    """A draft of one hunk that review has found well; returns the hunk's id."""
    head = bench.case.code.head_commit
    old = await bench.repository.read(head, "shop/catalog.py")
    new = old.replace('"amount": row["amount"]}', '"amount": row["amount"], "currency": row["currency"]}')
    hunks = numbered(hunks_between("shop/catalog.py", old, new, test=False))
    await bench.recorder.record(PLAN, DraftStarted(1, head), DraftWritten(1, hunks))
    await bench.recorder.record(Reviewed(1, bench.case.draft.digest, 1, (), "offer"))
    return hunks[0].id


def remark(
    hunk: str, weight: str = "must", quote: str = 'row["currency"]', **more: object
) -> dict[str, object]:
    return {"hunk": hunk, "weight": weight, "text": "It may be missing.", "quote": quote, **more}


async def test_a_remark_that_quotes_the_change_becomes_a_finding_at_its_line(bench: Bench) -> None:
    hunk = await drafted(bench)
    said = {"verdict": "refuse", "reason": "Rows may lack it.", "remarks": [remark(hunk, evidence="[f1]")]}
    bodies = await bench.run(phases.judge, says(said))
    finding = bench.case.findings[0]
    assert (finding.check, finding.severity, finding.hunk, finding.cites) == ("judge", "block", hunk, ("f1",))
    assert 'row["currency"]' in bench.case.draft.accepted[0].new[finding.line]
    assert next(b for b in bodies if isinstance(b, ModelCalled)).role == "judge"


async def test_the_checks_keep_their_word_and_the_difference_is_shown(bench: Bench) -> None:
    hunk = await drafted(bench)
    await bench.run(
        phases.judge, says({"verdict": "refuse", "reason": "No cause.", "remarks": [remark(hunk)]})
    )
    assert bench.case.review_verdict == "offer"
    assert bench.case.disagreement == "checks say offer, the judge says refuse: No cause."
    assert next(r for r in ladder.rungs(bench.case) if r.name == "E5").state != "on"


async def test_a_quote_that_is_not_in_the_change_counts_for_nothing(bench: Bench) -> None:
    hunk = await drafted(bench)
    said = {"verdict": "refuse", "reason": "Bad.", "remarks": [remark(hunk, quote="time.sleep(5)")]}
    await bench.run(phases.judge, says(said))
    assert [f.severity for f in bench.case.findings] == ["info"] and "does not stand" in bench.case.findings[
        0
    ].text
    assert bench.case.judged.verdict == "hold" and "cites nothing" in bench.case.judged.reason


async def test_a_hunk_that_is_not_there_goes_back_to_the_judge(bench: Bench) -> None:
    await drafted(bench)
    good = {"verdict": "offer", "reason": "It keeps the column."}
    bodies = await bench.run(phases.judge, says({**good, "remarks": [remark("h9")]}, good))
    told = [body.result for body in bodies if isinstance(body, ToolCalled)]
    assert "no hunk h9" in told[0] and bench.case.judged.verdict == "offer" and bench.case.disagreement == ""


async def test_the_judge_sees_case_change_and_conventions_and_no_other_talk(bench: Bench) -> None:
    await drafted(bench)
    text = brief("review", bench.case, bench.deps(says()))
    assert '"currency": row["currency"]' in text and "The change" in text
    assert "What the engineer said" not in text and "Earlier drafts" not in text


async def test_an_edited_draft_is_judged_anew_and_a_waiver_settles_a_remark(bench: Bench) -> None:
    hunk = await drafted(bench)
    said = {"verdict": "hold", "reason": "Doubtful.", "remarks": [remark(hunk, "should")]}
    await bench.run(phases.judge, says(said))
    await bench.say(FindingWaived(bench.case.findings[0].id, "all rows have it"))
    await bench.control.checkpoint()
    assert bench.case.findings[0].waived == "all rows have it"
    lines = tuple(line.replace("dict", "dict") for line in bench.case.draft.accepted[0].new)
    await bench.say(HunkEdited(1, hunk, (*lines, "# kept\n")))
    await bench.control.checkpoint()
    assert bench.case.judged.digest != bench.case.draft.digest and bench.case.disagreement == ""


def proved(case: Any) -> list[Proved]:
    digest = case.draft.digest
    steps = ("baseline", "red", "green", "revert", "suite", "necessity", "mutation")
    return [
        Proved(ProofResult(step, 1, digest, "tree", "ok", "fine", same_fingerprint=True)) for step in steps
    ]  # type: ignore[arg-type]


async def test_a_run_asks_the_judge_once_about_each_text_that_proof_found_well(bench: Bench) -> None:
    from rootcase.core.model.entries import GateDecided, NoteWritten, PhaseEnded, PhaseStarted
    from rootcase.core.model.evidence import NoteLine
    from rootcase.core.model.verdicts import GateDecision

    hunk = await drafted(bench)
    gate = GateDecided(GateDecision("after", "fix", "ours", "P2"))
    note = NoteWritten((NoteLine("what", "it fails"),))
    await bench.recorder.record(
        gate, note, PhaseStarted("investigate"), PhaseEnded("investigate", True, "ok"),
        DraftWritten(1, bench.case.draft.accepted, test_ids=("tests/test_currency.py::test_currency",)),
    )  # fmt: skip
    await bench.recorder.record(Reviewed(1, bench.case.draft.digest, 1, (), "offer"), *proved(bench.case))
    step = next_step(bench.case, "propose", judge=True)
    assert not isinstance(step, End) and step.name == "judge"
    assert next_step(bench.case, "propose", judge=False).name == "explain"  # type: ignore[union-attr]
    await bench.recorder.record(Judged(1, bench.case.draft.digest, "none", reason="no answer"))
    assert next_step(bench.case, "propose", judge=True).name == "explain"  # type: ignore[union-attr]
    assert bench.case.disagreement == "" and hunk


async def test_a_judge_that_gives_no_judgement_is_named(bench: Bench) -> None:
    hunk = await drafted(bench)
    bad = {"verdict": "offer", "reason": " ", "remarks": [remark(hunk)]}
    with pytest.raises(ModelError, match="no judgement"):
        await bench.run(phases.judge, says(bad, bad, bad))
    assert bench.case.judged is None and not [f for f in bench.case.findings if isinstance(f, Finding)]
