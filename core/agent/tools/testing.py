"""Running tests in the draft's worktree, and what the phase may conclude from the last run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from rootcase.core.agent.fencing import fence
from rootcase.core.agent.tools.places import tidy
from rootcase.core.agent.tools.tool import ToolResult
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.ports import Fingerprinter, Workspace
from rootcase.core.model.proofs import TestResult, TestRun

DEADLINE_S = 300.0  # of one run, where the minutes for proof allow as much
FAILURES = 3
FAILURE_CHARACTERS = 1_800
ALL = ["all"]


@dataclass(frozen=True, slots=True)
class RunTests:
    selection: Annotated[
        tuple[str, ...],
        Meta(description='test ids or files; [] for the reproduction test, ["all"] for the whole suite'),
    ] = ()


@dataclass(slots=True)
class Runs:
    """The test runs of one phase. usual: what an empty selection means; test_file: the reproduction's.

    last: the last run that covered the reproduction test since the last edit (`edited` forgets it).
    deadline_s: of one run of tests.
    """

    workspace: Workspace
    test_file: str
    usual: Sequence[str]
    fingerprinter: Fingerprinter | None = None
    wanted: Fingerprint | None = None
    last: TestRun | None = None
    cannot: str = ""
    deadline_s: float = DEADLINE_S

    def edited(self) -> None:
        self.last = None

    async def run(self, ask: RunTests) -> ToolResult:
        names = list(ask.selection)
        if [name.strip().lower() for name in names] == ALL:
            selection: tuple[str, ...] = ()
        else:
            selection = tuple(
                _tidy_id(name, str(self.workspace.root)) for name in names if name.strip()
            ) or tuple(self.usual)
        words = " ".join(selection) or "all tests"
        run = await self.workspace.run_tests(selection, deadline_s=self.deadline_s)
        if not selection or any(name.partition("::")[0] == self.test_file for name in selection):
            self.last = run
        self.cannot = cannot_run(run)
        return ToolResult(self._told(run, words), ok=not run.problem)

    def red(self) -> tuple[TestResult, ...]:
        """Failing tests of the reproduction's file in the last run."""
        return tuple(r for r in (self.last.failed if self.last else ()) if self._mine(r) and "::" in r.id)

    def mine(self) -> tuple[TestResult, ...]:
        """All tests of the reproduction's file in the last run."""
        return tuple(r for r in (self.last.results if self.last else ()) if self._mine(r))

    def same_error(self, result: TestResult) -> bool | None:
        """Whether a failure is the case's own error by fingerprint; None where nobody can tell."""
        if self.fingerprinter is None or self.wanted is None or not result.text:
            return None
        found = self.fingerprinter.text(result.text, root=str(self.workspace.root))
        return found is not None and found.key == self.wanted.key

    def _mine(self, result: TestResult) -> bool:
        return result.id.partition("::")[0] == self.test_file

    def _told(self, run: TestRun, words: str) -> str:
        rows = [summary(run)]
        if run.problem:
            rows.append(fence("what the tests printed last", run.output_tail[-FAILURE_CHARACTERS:]))
        for result in run.failed[:FAILURES]:
            same = self.same_error(result)
            note = {
                True: " (the production error, same fingerprint)",
                False: " (not the production error)",
                None: "",
            }[same]
            text = result.text
            if len(text) > FAILURE_CHARACTERS:
                text = "… " + text[-FAILURE_CHARACTERS:]
            rows.append(f"{result.outcome}: {result.id}{note}\n{fence('test output', text)}")
        others = [result.id for result in run.failed[FAILURES:]]
        if others:
            rows.append(f"also failed: {', '.join(others[:20])}" + (" …" if len(others) > 20 else ""))
        return f"{words}: " + "\n".join(rows)


def summary(run: TestRun) -> str:
    """One line: how many passed and failed, or why nothing could be read."""
    if run.problem and not run.results:
        return f"no result: {run.problem}"
    skipped = sum(r.outcome == "skipped" for r in run.results)
    parts = [
        f"{len(run.passed)} passed",
        f"{len(run.failed)} failed",
        *([f"{skipped} skipped"] if skipped else []),
    ]
    return ", ".join(parts) + f" in {run.seconds:.1f} s" + (f"; {run.problem}" if run.problem else "")


def cannot_run(run: TestRun) -> str:
    """Why no test of this repository can run here, "" where the fault is the test's or there is none.

    Exit codes 2, 4 and 5 and a deadline are a test's own doing (pytest's exit codes).
    """
    if not run.problem or run.results or run.exit_code in (0, 2, 4, 5):
        return ""
    stopped_at_deadline = run.exit_code is None and run.seconds > 0
    return "" if stopped_at_deadline else run.problem


def _tidy_id(name: str, root: str) -> str:
    """A test id with its path as the repository names it; what follows `::` is left alone."""
    path, colons, rest = name.strip().strip("`'\"").removeprefix(root.rstrip("/") + "/").partition("::")
    return tidy(path) + colons + rest
