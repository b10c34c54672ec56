"""The steps of proof as lines, each with its evidence, its time and what is stale."""

from __future__ import annotations

import re

from rootcase.core.model.case import Case
from rootcase.core.model.proofs import ProofResult
from rootcase.tui.render.layout import cells, chips, cut, one_line, paragraph, seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.marks import STEP
from rootcase.tui.render.words import duration

ORDER = ("baseline", "red", "green", "revert", "suite", "necessity", "mutation")
NAMES = {
    "baseline": "suite before the patch", "red": "red without the patch", "green": "green with the patch",
    "revert": "red again with the patch reverted", "suite": "suite with the patch",
    "necessity": "each hunk dropped in turn", "mutation": "mutants of the changed lines",
}  # fmt: skip
PROGRESS = re.compile(r"(\d+) of (\d+)")


def proof_lines(case: Case, width: int, *, tests: str = "") -> list[Line]:
    """Each step once, its newest result. tests: live progress of the step that runs, `214 of 391`."""
    draft = case.draft
    rows: list[Line] = []
    for step in ORDER:
        results = [p for p in reversed(case.proofs) if p.step == step]
        mine = (p for p in results if draft is None or p.draft == draft.number)
        result = next(mine, results[0] if results else None)
        if step == case.proving:
            rows.extend(_running(step, width, tests))
        elif result is not None:
            rows.extend(_result(result, width, is_stale(case, result)))
    if draft is not None and not case.proving and any(row.segs and row.segs[0].text == "~ " for row in rows):
        rows.append(
            Line(
                (seg("  edited since; ", "muted"), seg("P", "accent bold"), seg(" proves it again", "muted"))
            )
        )
    return rows


def is_stale(case: Case, result: ProofResult) -> bool:
    """Whether the draft has changed since; the red test's proof stands while the test is the same."""
    draft = case.draft
    if draft is None or result.step == "baseline" or result.digest == draft.digest:
        return False
    tests = dict(case.test_digests)
    return (
        result.step != "red" or draft.digest not in tests or tests.get(result.digest) != tests[draft.digest]
    )


def _running(step: str, width: int, tests: str) -> list[Line]:
    found = PROGRESS.search(tests)
    told = f"{NAMES[step]}, {tests}" if tests else NAMES[step]
    rows = [Line((seg("► ", "accent bold"), seg(cut(one_line(told), width - 2))))]
    if found:
        done, total = int(found[1]), max(1, int(found[2]))
        share = min(1.0, done / total)
        rows.append(
            Line((seg("  "), *bar(share, 0.0, max(4, width - 8)), seg(f"  {share:.0%}", "strong bold")))
        )
    return rows


def _result(result: ProofResult, width: int, stale: bool) -> list[Line]:
    mark = STEP[result.outcome]
    glyph, style = ("~", "warn bold") if stale else (mark.glyph, f"{mark.style} bold")
    right = (
        *(chips([result.evidence]) if result.evidence else ()),
        seg(f" {duration(result.seconds)}", "muted"),
    )
    text = result.summary or NAMES[result.step]
    room = width - cells(right) - 3
    rows = [
        Line((seg(f"{glyph} ", style), seg(cut(one_line(text), room), "muted" if stale else "fg")), right)
    ]
    if stale:
        return rows
    for told in (result.problem, result.fingerprint_note if result.same_fingerprint is False else ""):
        if told:
            rows.extend(paragraph(told, width, indent=2, style="warn"))
    for name in result.newly_failed[:3]:
        rows.append(Line((seg("  × ", "bad"), seg(cut(one_line(name), width - 4)))))
    if result.survivors:
        rows.extend(paragraph(f"no test would notice: {result.survivors[0]}", width, indent=2, style="muted"))
    return rows


def bar(share: float, held: float, width: int) -> tuple[Seg, ...]:
    """A meter: used as `■`, held as `□`, the rest as dots."""
    used = min(width, round(share * width) or (1 if share > 0 else 0))
    kept = min(width - used, max(1, round(held * width)) if held > 0 else 0)
    style = "bad" if share >= 1 else "warn" if share + held >= 0.8 else "accent"
    return tuple(
        Seg(text, tone)
        for text, tone in (("■" * used, style), ("□" * kept, style), ("·" * (width - used - kept), "faint"))
        if text
    )
