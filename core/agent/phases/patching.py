"""Patch: the smallest repair of the cause, in the plan's files alone, green against the reproduction."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.agent.brief import brief
from rootcase.core.agent.citations import Citations
from rootcase.core.agent.conventions import conventions
from rootcase.core.agent.deps import Deps
from rootcase.core.agent.phases.copied import COPIED, copied_values
from rootcase.core.agent.phases.rounds import agent_round
from rootcase.core.agent.prompts import prompt
from rootcase.core.agent.steering import marked
from rootcase.core.agent.talk import Talk, Terms
from rootcase.core.agent.tools.claim import Claims
from rootcase.core.agent.tools.editing import Editor
from rootcase.core.agent.tools.ending import Done, GiveUp
from rootcase.core.agent.tools.offer import (
    any_tool,
    claim_tool,
    edit_tool,
    reading_tools,
    server_tools,
    test_tool,
)
from rootcase.core.agent.tools.places import Places, code_of
from rootcase.core.agent.tools.testing import Runs
from rootcase.core.agent.tools.tool import AnyTool, Ending, Tool, ToolResult, failure
from rootcase.core.agent.tools.toolbox import Toolbox
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft
from rootcase.core.model.entries import DraftAbandoned, DraftWritten, PhaseEnded, PhaseStarted, PlanMade
from rootcase.core.model.errors import ModelError
from rootcase.core.model.ports import Stage, Workspace
from rootcase.core.safety.text import clean_line

STEPS = 24
OUTPUT_TOKENS = 4_000


async def patch(case: Case, deps: Deps, workspace: Workspace) -> Stage:
    """Yields the whole draft as it stands at the end; an abandoned draft where no patch was found."""
    plan, draft = _given(case)
    await workspace.reset(draft.base_commit)
    await workspace.apply([hunk for hunk in draft.accepted if hunk.test])
    places = Places(deps.repository, code_of(case), "draft", workspace, {plan.test_file})
    terms = Terms("patch", "strong", agent_round(case, draft.number), STEPS, OUTPUT_TOKENS)
    citations = Citations(places, case.evidence)
    claims = Claims(citations, case.claims, "patch", deps.redactor, marked(case))
    runs = Runs(workspace, plan.test_file, draft.test_ids, deps.fingerprinter, case.fingerprint)
    runs.deadline_s = min(runs.deadline_s, deps.settings.budget.proof_minutes * 60)
    editor = Editor(workspace, places, [*plan.files, plan.test_file, *case.widened], runs)
    work = _Work(deps, runs, editor, claims, plan)
    extra = await conventions(deps.repository, draft.base_commit)
    talk = work.talk(case, terms, await server_tools(deps, citations.add), extra)
    yield PhaseStarted("patch", draft.number, deps.model.name(terms.role), terms.round)
    async for body in talk.run():
        yield body
    for body in claims.leftovers():
        yield body
    ending = talk.ending or Ending(False, f"no patch was ready after {STEPS} answers")
    if not ending.ok:
        yield DraftAbandoned(draft.number, f"No patch: {ending.summary}")
    else:
        yield DraftWritten(draft.number, await workspace.hunks(tests=[plan.test_file]), work.test_ids(draft))
    yield PhaseEnded("patch", ending.ok, ending.summary, draft.number)


def _given(case: Case) -> tuple[PlanMade, Draft]:
    if case.plan is None or case.draft is None or not case.draft.test_ids:
        raise ModelError(
            "There is no reproduction to patch against", "The reproduce phase has not ended.",
            "Start the run again; it reproduces first.",
        )  # fmt: skip
    return case.plan, case.draft


class _Work:
    """The tools of this phase over one editor and one series of test runs."""

    def __init__(self, deps: Deps, runs: Runs, editor: Editor, claims: Claims, plan: PlanMade) -> None:
        self._deps = deps
        self._runs = runs
        self._editor = editor
        self._claims = claims
        self._plan = plan

    def talk(self, case: Case, terms: Terms, servers: Sequence[AnyTool], extra: tuple[str, str]) -> Talk:
        tools = [
            *reading_tools(case, self._deps, self._editor.places, without=("event", "log")),
            *servers, claim_tool(self._claims), edit_tool(self._editor), test_tool(self._runs),
            any_tool(Tool("done", "The patch is ready; ends this phase.", Done, self._done, ends=True)),
            any_tool(Tool("give_up", "The plan cannot be done; ends the draft.", GiveUp, self._give_up, ends=True)),
        ]  # fmt: skip
        toolbox = Toolbox(tools, self._deps.redactor)
        return Talk(
            self._deps,
            terms,
            toolbox,
            case,
            system=prompt("patch"),
            brief=brief("patch", case, self._deps, [extra]),
        )

    def test_ids(self, draft: Draft) -> tuple[str, ...]:
        """The reproduction's ids; those of the last run where the patch renamed its tests."""
        now = {result.id for result in self._runs.mine()}
        kept = tuple(name for name in draft.test_ids if name in now)
        return kept or tuple(sorted(now)) or draft.test_ids

    async def _done(self, ask: Done) -> ToolResult:
        changed = await self._runs.workspace.hunks(tests=[self._plan.test_file])
        if not any(not hunk.test for hunk in changed):
            return failure("Not ended: nothing but the test is changed. Edit a file of the plan, or give_up.")
        copied = await copied_values(self._deps, self._runs.workspace, self._plan.test_file)
        if copied:
            return failure(COPIED.format(", ".join(map(repr, copied[:5]))))
        if self._runs.cannot:
            words = f"written, but tests cannot run here: {clean_line(self._runs.cannot, limit=200)}"
            return ToolResult("Ended without a run.", ending=Ending(True, words))
        if self._runs.last is None:
            return failure(
                "Not ended: the reproduction test was not run since the last edit. Call run_tests."
            )
        if self._runs.last.problem:
            return failure(f"Not ended: the last run brought no result: {self._runs.last.problem}")
        if self._runs.red():
            red = ", ".join(result.id for result in self._runs.red()[:5])
            return failure(f"Not ended: still red: {red}.")
        return ToolResult("Ended.", ending=Ending(True, self._line(ask.summary)))

    async def _give_up(self, ask: GiveUp) -> ToolResult:
        return ToolResult("Ended.", ending=Ending(False, self._line(ask.reason)))

    def _line(self, text: str) -> str:
        return self._deps.redactor.text(clean_line(text, limit=400))
