"""Judge: a second reader in a clean context, who sees case, change and conventions, and has to cite."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from msgspec import Meta

from rootcase.core.agent.brief import brief
from rootcase.core.agent.conventions import conventions
from rootcase.core.agent.deps import Deps
from rootcase.core.agent.phases.rounds import finished_rounds
from rootcase.core.agent.prompts import prompt
from rootcase.core.agent.quotes import stands_in
from rootcase.core.agent.talk import Talk, Terms
from rootcase.core.agent.tools.hunk_names import hunk_named
from rootcase.core.agent.tools.offer import any_tool
from rootcase.core.agent.tools.tool import Ending, Tool, ToolResult, failure
from rootcase.core.agent.tools.toolbox import Toolbox
from rootcase.core.model.case import Case
from rootcase.core.model.draft_entries import Judged
from rootcase.core.model.drafts import Draft
from rootcase.core.model.entries import PhaseEnded, PhaseStarted
from rootcase.core.model.errors import ModelError
from rootcase.core.model.ports import Stage
from rootcase.core.model.proofs import Finding, Severity
from rootcase.core.safety.text import clean_line

STEPS = 3
OUTPUT_TOKENS = 2_000
MOST_FINDINGS = 8
TEXT_LIMIT = 400
SEVERITIES: dict[str, Severity] = {"must": "block", "should": "warn", "remark": "info"}


@dataclass(frozen=True, slots=True)
class Remark:
    hunk: Annotated[str, Meta(description="hunk id such as h1")]
    weight: Annotated[
        Literal["must", "should", "remark"],
        Meta(description="must: it is wrong as it is; should: doubtful; remark: by the way"),
    ]
    text: Annotated[str, Meta(description="what is wrong and why, one or two sentences")]
    quote: Annotated[str, Meta(description="the words of the change that it is about, exactly as they stand")]
    evidence: Annotated[str, Meta(description="id of evidence that shows it, such as s1, or empty")] = ""
    settle: Annotated[str, Meta(description="what would settle it")] = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Annotated[
        Literal["offer", "hold", "refuse"],
        Meta(description="offer it to a reviewer, hold it for a human's look, or refuse it"),
    ]
    reason: Annotated[str, Meta(description="why, in one or two sentences")]
    remarks: tuple[Remark, ...] = ()


async def judge(case: Case, deps: Deps) -> Stage:
    """Yields a Judged for the current draft's exact text. ModelError where the model brings no judgement."""
    draft = case.draft
    if draft is None or not draft.accepted:
        raise ModelError(
            "There is no draft to judge", "No hunk is accepted.", "Draft first, or accept a hunk."
        )
    model = deps.model.name("judge")
    bench = _Bench(deps, case, draft, model)
    terms = Terms("review", "judge", 1 + finished_rounds(case, "review"), STEPS, OUTPUT_TOKENS)
    tool = Tool(
        "judgement", "Your judgement of the change; ends this phase.", Judgement, bench.judge, ends=True
    )
    extra = [await conventions(deps.repository, draft.base_commit)]
    talk = Talk(
        deps, terms, Toolbox([any_tool(tool)], deps.redactor), case,
        system=prompt("review"), brief=brief("review", case, deps, extra),
    )  # fmt: skip
    yield PhaseStarted("review", draft.number, model, terms.round)
    async for body in talk.run():
        yield body
    if talk.ending is None:
        yield PhaseEnded("review", False, "no judgement was given", draft.number)
        raise ModelError(
            "The judge gave no judgement", f"{STEPS} answers of {model} brought none.",
            "Start the run again, or take `models.judge` out of config.yaml.",
        )  # fmt: skip
    yield PhaseEnded("review", True, talk.ending.summary, draft.number)


class _Bench:
    def __init__(self, deps: Deps, case: Case, draft: Draft, model: str) -> None:
        self._redactor = deps.redactor
        self._draft = draft
        self._model = model
        self._evidence = {item.id for item in case.evidence}
        self._hunks = {hunk.id: hunk for hunk in draft.accepted}

    async def judge(self, ask: Judgement) -> ToolResult:
        """Record it. What quotes nothing of the change counts as a remark alone, whatever weight it was given."""
        remarks = [replace(r, hunk=hunk_named(r.hunk, self._hunks)) for r in ask.remarks]
        unknown = [remark.hunk for remark in remarks if remark.hunk not in self._hunks]
        if unknown:
            return failure(f"There is no hunk {unknown[0]}; the draft has {', '.join(sorted(self._hunks))}.")
        if not ask.reason.strip():
            return failure("A reason is needed.")
        findings = tuple(
            self._finding(number, remark) for number, remark in enumerate(remarks[:MOST_FINDINGS], 1)
        )
        cited = {finding.severity for finding in findings}
        verdict, reason = ask.verdict, self._line(ask.reason)
        if verdict != "offer" and not cited & {"block", "warn"}:
            verdict, reason = (
                "hold",
                f"{reason} (it cites nothing of the change, so this is its opinion alone)",
            )
        said = Judged(self._draft.number, self._draft.digest, verdict, findings, reason, self._model)
        return ToolResult("Recorded.", bodies=(said,), ending=Ending(True, f"{verdict}: {reason}"))

    def _finding(self, number: int, remark: Remark) -> Finding:
        hunk = self._hunks[remark.hunk]
        line, holds = self._place(remark)
        evidence = remark.evidence.strip().strip("[]")
        text, severity = self._line(remark.text), SEVERITIES[remark.weight]
        if not holds:
            text, severity = f"{text} (its quote does not stand in {hunk.id})", "info"
        return Finding(
            f"j{self._draft.digest[:6]}-{number}", "judge", severity, hunk.id, text, self._line(remark.settle), line,
            by=self._model, cites=(evidence,) if evidence in self._evidence else (),
        )  # fmt: skip

    def _place(self, remark: Remark) -> tuple[int, bool]:
        """(index of the quoted line, whether the quote stands in the hunk)."""
        hunk = self._hunks[remark.hunk]
        holds = any(stands_in(remark.quote, "".join(lines)) for lines in (hunk.new, hunk.old))
        first = next((part for part in remark.quote.splitlines() if part.strip()), "")
        line = next((i for i, text in enumerate(hunk.new) if first and stands_in(first, text)), -1)
        return line, holds

    def _line(self, text: str) -> str:
        return self._redactor.text(clean_line(text, limit=TEXT_LIMIT))
