"""Second opinion: what a fast model would do with the case, beside the gate's verdict and never above it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from msgspec import Meta

from rootcase.core.agent.brief import brief
from rootcase.core.agent.deps import Deps
from rootcase.core.agent.phases.rounds import finished_rounds
from rootcase.core.agent.prompts import prompt
from rootcase.core.agent.talk import Talk, Terms
from rootcase.core.agent.tools.offer import any_tool
from rootcase.core.agent.tools.tool import Ending, Tool, ToolResult, failure
from rootcase.core.agent.tools.toolbox import Toolbox
from rootcase.core.model.case import Case
from rootcase.core.model.entries import OpinionGiven, PhaseEnded, PhaseStarted
from rootcase.core.model.errors import ModelError
from rootcase.core.model.ports import Stage
from rootcase.core.model.verdicts import Opinion, Verdict
from rootcase.core.safety.text import clean_line

STEPS = 2
OUTPUT_TOKENS = 500
REASON_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Say:
    verdict: Annotated[Verdict, Meta(description="what you would do with this case")]
    reason: Annotated[str, Meta(description="why, in one sentence that names a fact of the brief")]
    evidence: Annotated[tuple[str, ...], Meta(description="ids of the evidence it rests on, such as e1")] = ()


async def opinion(case: Case, deps: Deps) -> Stage:
    """Yields an OpinionGiven about the gate's present decision. ModelError where the model gives none."""
    model = deps.model.name("fast")
    known = {item.id for item in case.evidence}

    async def say(ask: Say) -> ToolResult:
        cites = tuple(name.strip("[] ") for name in ask.evidence)
        unknown = [name for name in cites if name not in known]
        if unknown:
            return failure(
                f"There is no evidence {unknown[0]}; there is {', '.join(sorted(known)) or 'none'}."
            )
        reason = deps.redactor.text(clean_line(ask.reason, limit=REASON_LIMIT))
        if not reason.strip():
            return failure("A reason is needed.")
        given = OpinionGiven(Opinion(ask.verdict, reason, model, cites))
        return ToolResult("Recorded.", bodies=(given,), ending=Ending(True, f"{ask.verdict}: {reason}"))

    tool = Tool("say", "What you would do; ends this phase.", Say, say, ends=True)
    terms = Terms("opinion", "fast", 1 + finished_rounds(case, "opinion"), STEPS, OUTPUT_TOKENS)
    talk = Talk(
        deps, terms, Toolbox([any_tool(tool)], deps.redactor), case,
        system=prompt("opinion"), brief=brief("opinion", replace(case, gate=None), deps),
    )  # fmt: skip
    yield PhaseStarted("opinion", 0, model, terms.round)
    async for body in talk.run():
        yield body
    if talk.ending is None:
        yield PhaseEnded("opinion", False, "no opinion was given")
        raise ModelError(
            "No second opinion was given", f"{STEPS} answers of {model} brought none.",
            "Take gate.second_opinion out of config.yaml, or choose another model.",
        )  # fmt: skip
    yield PhaseEnded("opinion", True, talk.ending.summary)
