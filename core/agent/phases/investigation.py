"""Investigate: read code and history, claim with checked citations, keep what was refuted."""

from __future__ import annotations

from rootcase.core.agent.brief import brief
from rootcase.core.agent.citations import Citations
from rootcase.core.agent.deps import Deps
from rootcase.core.agent.phases.rounds import finished_rounds
from rootcase.core.agent.prompts import prompt
from rootcase.core.agent.steering import marked
from rootcase.core.agent.talk import Talk, Terms
from rootcase.core.agent.tools.claim import Claims
from rootcase.core.agent.tools.ending import Done
from rootcase.core.agent.tools.offer import any_tool, claim_tool, reading_tools, server_tools
from rootcase.core.agent.tools.places import Places, code_of
from rootcase.core.agent.tools.tool import Ending, Tool, ToolResult, failure
from rootcase.core.agent.tools.toolbox import Toolbox
from rootcase.core.model.case import Case
from rootcase.core.model.entries import PhaseEnded, PhaseStarted
from rootcase.core.model.errors import ModelError
from rootcase.core.model.ports import Stage
from rootcase.core.safety.text import clean_line

STEPS = 24
OUTPUT_TOKENS = 2_000


async def investigate(case: Case, deps: Deps) -> Stage:
    """Yields claims with their evidence. ModelError where the model ends without any claim."""
    places = Places(deps.repository, code_of(case), "release")
    citations = Citations(places, case.evidence)
    claims = Claims(citations, case.claims, "investigate", deps.redactor, marked(case))

    async def done(ask: Done) -> ToolResult:
        if not claims.made and not case.claims:
            return failure(
                "Not ended: there is no claim yet. Claim what you found, also what you only assume."
            )
        return ToolResult("Ended.", ending=Ending(True, clean_line(ask.summary, limit=400)))

    tools = [
        *reading_tools(case, deps, places), *await server_tools(deps, citations.add), claim_tool(claims),
        any_tool(Tool("done", "End this phase; at least one claim is needed.", Done, done, ends=True)),
    ]  # fmt: skip
    terms = Terms("investigate", "fast", 1 + finished_rounds(case, "investigate"), STEPS, OUTPUT_TOKENS)
    talk = Talk(
        deps,
        terms,
        Toolbox(tools, deps.redactor),
        case,
        system=prompt("investigate"),
        brief=brief("investigate", case, deps),
    )
    for fault in deps.servers.take_faults() if deps.servers else ():
        yield fault
    yield PhaseStarted("investigate", model=deps.model.name(terms.role), round=terms.round)
    async for body in talk.run():
        yield body
    for body in claims.leftovers():
        yield body
    if not claims.made and not case.claims:
        yield PhaseEnded("investigate", False, "no claim was made")
        raise ModelError(
            "The investigation ended without a claim",
            f"{STEPS} answers of {deps.model.name(terms.role)} brought none.",
            "Steer the run with what you know and start it again, or choose a stronger model.",
        )  # fmt: skip
    ending = talk.ending or Ending(True, f"stopped after {STEPS} answers")
    yield PhaseEnded("investigate", ending.ok, deps.redactor.text(ending.summary))
