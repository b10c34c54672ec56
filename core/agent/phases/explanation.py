"""Explain: title, plain English, one sentence for each hunk, and what could be wrong."""

from __future__ import annotations

from rootcase.core.agent.brief import brief
from rootcase.core.agent.deps import Deps
from rootcase.core.agent.phases.rounds import agent_round
from rootcase.core.agent.prompts import prompt
from rootcase.core.agent.talk import Talk, Terms
from rootcase.core.agent.tools.ending import Explain
from rootcase.core.agent.tools.hunk_names import hunk_named
from rootcase.core.agent.tools.offer import any_tool
from rootcase.core.agent.tools.tool import Ending, Tool, ToolResult, failure
from rootcase.core.agent.tools.toolbox import Toolbox
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft
from rootcase.core.model.entries import DraftExplained, PhaseEnded, PhaseStarted
from rootcase.core.model.errors import ModelError
from rootcase.core.model.ports import Stage
from rootcase.core.safety.text import clean, clean_line

STEPS = 4
OUTPUT_TOKENS = 2_000
TITLE_LIMIT = 72
TEXT_LIMIT = 2_400


async def explain(case: Case, deps: Deps) -> Stage:
    """Yields a DraftExplained for the current draft, by the plan's words where the model brings none."""
    draft = case.draft
    if draft is None or not draft.accepted:
        raise ModelError(
            "There is no draft to explain", "No hunk is accepted.", "Draft first, or accept a hunk."
        )
    writer = _Writer(deps, draft)
    terms = Terms("explain", "fast", agent_round(case, draft.number), STEPS, OUTPUT_TOKENS)
    toolbox = Toolbox(
        [
            any_tool(
                Tool(
                    "explain",
                    "What the reviewer reads first; ends this phase.",
                    Explain,
                    writer.explain,
                    ends=True,
                )
            )
        ],
        deps.redactor,
    )
    talk = Talk(deps, terms, toolbox, case, system=prompt("explain"), brief=brief("explain", case, deps))
    yield PhaseStarted("explain", draft.number, deps.model.name(terms.role), terms.round)
    async for body in talk.run():
        yield body
    if talk.ending is None:
        # A proved draft is worth more than words about it: the plan's stand in, and that is said.
        yield writer.from_plan(case)
        told = f"{deps.model.name(terms.role)} wrote none in {STEPS} answers; the plan's words stand in"
        yield PhaseEnded("explain", False, told, draft.number)
        return
    yield PhaseEnded("explain", True, talk.ending.summary, draft.number)


class _Writer:
    def __init__(self, deps: Deps, draft: Draft) -> None:
        self._redactor = deps.redactor
        self._draft = draft

    async def explain(self, ask: Explain) -> ToolResult:
        """Record it; sentences about hunks that the draft does not have go back once told."""
        known = {state.hunk.id for state in self._draft.hunks}
        sentences = [(hunk_named(s.hunk, known), self._line(s.text, 300)) for s in ask.sentences]
        unknown = [hunk for hunk, _ in sentences if hunk not in known]
        if unknown:
            return failure(
                f"There is no hunk {', '.join(unknown)}; the draft has {', '.join(sorted(known))}."
            )
        if not ask.title.strip() or not ask.explanation.strip():
            return failure("A title and an explanation are needed.")
        explained = DraftExplained(
            self._draft.number, self._block(ask.explanation),
            tuple(sentences),
            self._block(ask.risk), self._line(ask.title, TITLE_LIMIT),
        )  # fmt: skip
        return ToolResult("Recorded.", bodies=(explained,), ending=Ending(True, explained.title))

    def from_plan(self, case: Case) -> DraftExplained:
        """What the plan said of the change, where the model did not explain it."""
        plan = case.plan
        summary = plan.summary if plan else "Repairs the cause that the claims name."
        words = " ".join(part for part in (plan.cause if plan else "", summary) if part)
        risk = (plan.risk if plan else "") or "The model wrote no explanation; read the change itself."
        return DraftExplained(
            self._draft.number, self._block(words), (), self._block(risk), self._line(summary, TITLE_LIMIT)
        )

    def _line(self, text: str, limit: int) -> str:
        return self._redactor.text(clean_line(text, limit=limit))

    def _block(self, text: str) -> str:
        return self._redactor.text(clean(text.strip(), limit=TEXT_LIMIT))
