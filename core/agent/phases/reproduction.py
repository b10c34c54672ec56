"""Reproduce: a test that is red today for the reason production fails; starts the draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.agent.brief import brief
from rootcase.core.agent.conventions import conventions
from rootcase.core.agent.deps import Deps
from rootcase.core.agent.phases import earlier_test
from rootcase.core.agent.phases.copied import COPIED, copied_values
from rootcase.core.agent.phases.rounds import agent_round
from rootcase.core.agent.prompts import prompt
from rootcase.core.agent.talk import Talk, Terms
from rootcase.core.agent.tools.editing import Editor
from rootcase.core.agent.tools.ending import Done, GiveUp
from rootcase.core.agent.tools.offer import (
    any_tool,
    create_tool,
    edit_tool,
    reading_tools,
    server_tools,
    test_tool,
)
from rootcase.core.agent.tools.places import Places, code_of, is_test
from rootcase.core.agent.tools.testing import Runs
from rootcase.core.agent.tools.tool import AnyTool, Ending, Tool, ToolResult, failure
from rootcase.core.agent.tools.toolbox import Toolbox
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft, Hunk
from rootcase.core.model.entries import (
    Body,
    DraftAbandoned,
    DraftStarted,
    DraftWritten,
    PhaseEnded,
    PhaseStarted,
    PlanMade,
)
from rootcase.core.model.errors import ModelError
from rootcase.core.model.hunks import numbered
from rootcase.core.model.ports import Stage, Workspace
from rootcase.core.safety.paths import matches
from rootcase.core.safety.text import clean_line

STEPS = 20
OUTPUT_TOKENS = 4_000
HISTORY = ("diff_window", "show_commit", "log", "blame")


async def reproduce(case: Case, deps: Deps, workspace: Workspace) -> Stage:
    """Yields the draft with its test hunks and test ids; an abandoned draft where it cannot be reproduced.

    A later round keeps the test of the draft before it, where that test still stands and is still red.
    """
    plan = _plan_of(case)
    base = code_of(case).head_commit
    current = case.draft
    if current is not None and case.another == current.number:
        current = None  # it stays as it is, and another one is written beside it
    number = current.number if current else max((draft.number for draft in case.drafts), default=0) + 1
    terms = Terms("reproduce", "strong", agent_round(case, number), STEPS, OUTPUT_TOKENS)
    yield PhaseStarted("reproduce", number, deps.model.name(terms.role), terms.round)
    if current is None:
        yield DraftStarted(number, base)
    await workspace.reset(base)
    runs = Runs(workspace, plan.test_file, [plan.test_file], deps.fingerprinter, case.fingerprint)
    runs.deadline_s = min(runs.deadline_s, deps.settings.budget.proof_minutes * 60)
    reused = await earlier_test.reuse(case, workspace, runs)
    if reused is not None:
        yield DraftWritten(number, _with_kept(current, reused.hunks), reused.test_ids)
        yield PhaseEnded("reproduce", True, reused.summary, number)
        return
    work = _Work(deps, runs, workspace, Places(deps.repository, code_of(case), "draft", workspace), plan)
    extra = await conventions(deps.repository, base)
    talk = work.talk(case, terms, await server_tools(deps), extra)
    async for body in talk.run():
        yield body
    ending = talk.ending or Ending(False, f"no test was red after {STEPS} answers")
    if not ending.ok:
        yield DraftAbandoned(number, f"Not reproduced: {ending.summary}")
    else:
        hunks = await workspace.hunks(tests=[work.plan.test_file])
        yield DraftWritten(number, _with_kept(current, hunks), work.test_ids())
    yield PhaseEnded("reproduce", ending.ok, ending.summary, number)


def _plan_of(case: Case) -> PlanMade:
    if case.plan is None or case.plan.no_fix or not case.plan.test_file:
        raise ModelError(
            "There is no plan to draft by", case.plan.no_fix if case.plan else "The plan phase has not ended.",
            "Start the run again; it plans first.",
        )  # fmt: skip
    return case.plan


def _with_kept(current: Draft | None, tests: tuple[Hunk, ...]) -> tuple[Hunk, ...]:
    """The test's hunks beside what the draft already changes, such as a prepared revert."""
    kept = [hunk for hunk in current.accepted if not hunk.test] if current else []
    return numbered([*kept, *tests])


class _Work:
    """The tools of this phase over one editor and one series of test runs. plan: with the test where it went."""

    def __init__(self, deps: Deps, runs: Runs, workspace: Workspace, places: Places, plan: PlanMade) -> None:
        self.plan = plan
        self._deps = deps
        self._runs = runs
        self._workspace = workspace
        self._editor = Editor(workspace, places, [plan.test_file], runs, self._moved)
        self._warned = False

    async def _moved(self, path: str) -> tuple[Body, ...] | None:
        """The test goes into another test file than planned: no code can be changed so, and the plan says where."""
        rules = self._deps.settings.guardrails.protected_files
        if not is_test(path) or matches(path, rules):
            return None
        await self._workspace.reset(self._workspace.base_commit)
        self._editor.places.changed.clear()
        self.plan = replace(self.plan, test_file=path)
        self._runs.test_file, self._runs.usual = path, [path]
        return (self.plan,)

    def talk(self, case: Case, terms: Terms, servers: Sequence[AnyTool], extra: tuple[str, str]) -> Talk:
        places = self._editor.places
        tools = [
            *reading_tools(case, self._deps, places, without=HISTORY), *servers,
            edit_tool(self._editor), create_tool(self._editor),
            test_tool(self._runs),
            any_tool(Tool("done", "The test is red; ends this phase.", Done, self._done, ends=True)),
            any_tool(Tool("give_up", "It cannot be reproduced; ends the draft.", GiveUp, self._give_up, ends=True)),
        ]  # fmt: skip
        toolbox = Toolbox(tools, self._deps.redactor)
        return Talk(
            self._deps,
            terms,
            toolbox,
            case,
            system=prompt("reproduce"),
            brief=brief("reproduce", case, self._deps, [extra]),
        )

    def test_ids(self) -> tuple[str, ...]:
        """The red tests; the file where tests cannot run here."""
        return tuple(result.id for result in self._runs.red()) or (self._runs.test_file,)

    async def _done(self, ask: Done) -> ToolResult:
        summary = self._line(ask.summary)
        if not self._editor.edits:
            return failure("Not ended: no test was written. Use create or edit, then run_tests.")
        copied = await copied_values(self._deps, self._workspace, self.plan.test_file)
        if copied:
            return failure(COPIED.format(", ".join(map(repr, copied[:5]))))
        if self._runs.cannot:
            words = f"written, but tests cannot run here: {clean_line(self._runs.cannot, limit=200)}"
            return ToolResult("Ended without a run.", ending=Ending(True, words))
        if self._runs.last is None:
            return failure("Not ended: the test was not run since the last edit. Call run_tests.")
        if not self._runs.red():
            why = self._runs.last.problem or "no test of the file is red"
            return failure(f"Not ended: {why}. A test must run and fail before the patch, and pass after it.")
        if not self._warned and all(self._runs.same_error(result) is False for result in self._runs.red()):
            self._warned = True
            return failure(
                "Not ended: it is red, but not with the production error (another fingerprint). Go in where "
                "production went in. Call done again if this is as near as it gets; proof will then say so."
            )
        return ToolResult("Ended.", ending=Ending(True, summary))

    async def _give_up(self, ask: GiveUp) -> ToolResult:
        return ToolResult("Ended.", ending=Ending(False, self._line(ask.reason)))

    def _line(self, text: str) -> str:
        return self._deps.redactor.text(clean_line(text, limit=400))
