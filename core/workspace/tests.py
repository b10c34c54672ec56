"""Running a repository's test command on the worktree, and reading what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import stat
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.errors import SandboxError, TestsCannotRun
from rootcase.core.model.ports import CommandResult
from rootcase.core.model.proofs import NO_TESTS, TestResult, TestRun
from rootcase.core.safety.text import clean_line
from rootcase.core.workspace.environment import TestEnvironment, import_path, program
from rootcase.core.workspace.junit import read_junit
from rootcase.core.workspace.removal import removed
from rootcase.core.workspace.runners import Kind, Runner, files_of, invocation, runner_of
from rootcase.core.workspace.sandbox import Sandbox, View

DEFAULT_COMMAND = ("python", "-m", "pytest", "-q")
TAIL_CHARACTERS = 4_000
PROGRESS_S = 0.3
_PLUGIN = "rootcase_progress"

Progress = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class TestBench:
    """What every run of one worktree's tests shares. out: a folder for reports, writable by the tests."""

    __test__ = False

    sandbox: Sandbox
    settings: RepositorySettings
    environment: TestEnvironment
    worktree: Path
    out: Path
    redact: Callable[[str], str]

    @property
    def command(self) -> tuple[str, ...]:
        return self.settings.test_command or DEFAULT_COMMAND

    async def run(
        self, selection: Sequence[str] = (), *, deadline_s: float = 300.0, progress: Progress | None = None
    ) -> TestRun:
        """Run all tests, or those ids or files. What keeps results from being read is `TestRun.problem`."""
        odd = next((name for name in selection if name.startswith("-") or "\0" in name or not name), None)
        if odd is not None:
            return self._unable(f"{clean_line(odd, limit=80)!r} is no test id and no file.")
        report, counter = self.out / "report.xml", self.out / "progress"
        self._fresh_out()
        runner = runner_of(self.command, self.worktree)
        command, variables = self._told(runner, report, selection)
        found = program(command[0], self.environment)
        if found is None:
            name = command[0].removeprefix(f"{self.worktree}/")
            return self._unable(
                f"The test command {name!r} does not exist in {self.environment.words} or on PATH. "
                "Set `test_command` or `environment` of the repository in config.yaml."
            )
        argv = [str(found), *command[1:]]
        view = self.view(variables | {"ROOTCASE_PROGRESS": str(counter)}, found)
        watching = asyncio.create_task(_watch(counter, progress)) if progress else None
        try:
            result = await self.sandbox.run(argv, view, deadline_s=deadline_s)
        except SandboxError as fault:
            return self._unable(f"{fault.title}: {fault.detail}")
        finally:
            if watching:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
        run = self._read(result, report, deadline_s, runner.kind)
        return run if runner.kind == "pytest" else _only(run, selection)

    def link_modules(self) -> None:
        """The environment's node_modules where the tests look for them; the next checkout takes the link away."""
        modules, link = self.environment.modules, self.worktree / "node_modules"
        if modules is not None and not os.path.lexists(link):
            link.symlink_to(modules)

    def _is_file(self, path: str) -> bool:
        return (self.worktree / path).is_file()

    def view(self, variables: dict[str, str], found: Path | None = None) -> View:
        """What commands on the worktree see; `found`: a program outside of the usual folders."""
        environment = self.environment
        paths = [*import_path(self.worktree, self.settings, environment), self.out / "plugin"]
        fixed = {"PYTHONPATH": ":".join(map(str, paths)), "PYTHONDONTWRITEBYTECODE": "1", "PY_COLORS": "0"}
        if environment.folder is not None and (environment.folder / "pyvenv.cfg").is_file():
            fixed["VIRTUAL_ENV"] = str(environment.folder)
        programs = (found, found.resolve()) if found is not None else ()
        hidden = tuple(p for p in programs if not any(p.is_relative_to(r) for r in environment.readable))
        return View(
            cwd=self.worktree,
            writable=(self.worktree, self.out),
            readable=(*environment.readable, *(p for p in hidden if not str(p).startswith("/usr/"))),
            path=environment.bin,
            variables=fixed | variables,
            on_node=runner_of(self.command, self.worktree).kind != "pytest",
        )

    def _fresh_out(self) -> None:
        """An empty folder with our plugin; nothing that an earlier run left there is written to or followed."""
        removed(self.out)
        self.out.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = self.out / "plugin"
        folder.mkdir()
        shutil.copyfile(Path(__file__).with_name("pytest_progress.py"), folder / f"{_PLUGIN}.py")
        for reporter in sorted(Path(__file__).with_name("reporters").glob("rootcase_*")):
            shutil.copyfile(reporter, folder / reporter.name)

    def _told(
        self, runner: Runner, report: Path, selection: Sequence[str]
    ) -> tuple[Sequence[str], dict[str, str]]:
        """(the command with our options, variables): pytest's options on its command line where it is named there."""
        if runner.kind != "pytest":
            self.link_modules()
            plugin = self.out / "plugin"
            command, named = invocation(runner, selection, root=self.worktree, report=report, plugin=plugin)
            return command, dict(named)
        options = [
            f"--junitxml={report}", "-o", "junit_family=xunit1", "--tb=native", "-p", "no:cacheprovider",
            "-p", _PLUGIN, f"--rootdir={self.worktree}", "--continue-on-collection-errors", "--color=no",
        ]  # fmt: skip
        names = [Path(word).name for word in self.command]
        if "pytest" in names or "py.test" in names:
            return [*self.command, *options, *selection], {}
        return self.command, {"PYTEST_ADDOPTS": shlex.join([*options, *selection])}

    def _unable(self, problem: str) -> TestRun:
        return TestRun(self.command, None, problem=problem, sandbox=self.sandbox.tier.words)

    def _read(self, result: CommandResult, report: Path, deadline_s: float, kind: Kind) -> TestRun:
        results: tuple[TestResult, ...] = ()
        problem = ""
        if result.exit_code is None:
            problem = f"The tests did not end within {deadline_s:g} s and were stopped."
        else:
            try:
                results = read_junit(report, self._is_file, self.redact, root=f"{self.worktree}/")
                problem = _problem(result, results, kind)
            except FileNotFoundError:
                problem = _without_report(result, kind)
            except TestsCannotRun as fault:
                problem = str(fault)
            except OSError as fault:
                problem = f"The test report cannot be read: {fault.strerror}."
        return TestRun(
            command=(*self.command, *result.command[len(self.command) :]) if result.command else self.command,
            exit_code=result.exit_code,
            results=results,
            seconds=result.seconds,
            problem=problem,
            output_tail=result.output[-TAIL_CHARACTERS:],
            sandbox=self.sandbox.tier.words,
        )


def _only(run: TestRun, selection: Sequence[str]) -> TestRun:
    """The results that a selection asks for, where the runner was given whole files."""
    ids = {name for name in selection if "::" in name}
    files = {name for name in selection if "::" not in name}
    if not ids:
        return run
    asked = tuple(
        r
        for r in run.results
        if r.id in ids or r.id.partition("::")[0] in files or r.id in files_of(selection)
    )
    missing = "" if asked or run.problem else "The runner knows no such test."
    return replace(run, results=asked, problem=run.problem or missing)


async def _watch(counter: Path, progress: Progress) -> None:
    """Pass on `214 of 391` as the plugin writes it; what it cannot read it waits for."""
    last = ""
    while True:
        await asyncio.sleep(PROGRESS_S)
        text = _counted(counter)
        if text and text != last:
            last = text
            await progress(text)


def _counted(counter: Path) -> str:
    # Whatever the tests put there: a link is not followed, and a pipe must not hold up the event loop.
    with contextlib.suppress(OSError, ValueError):
        handle = os.open(counter, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                done, total = map(int, file.read(64).split())
                return f"{done} of {total}" if total else f"{done}"
    return ""


def _problem(result: CommandResult, results: Sequence[TestResult], kind: Kind) -> str:
    code = result.exit_code or 0
    broken = [r for r in results if r.outcome == "error" and "::" not in r.id]
    if broken and len(broken) == len(results):
        first = (broken[0].text.strip().splitlines() or [""])[-1].removeprefix("E ")
        return f"No test could be collected; {broken[0].id}: {clean_line(first, limit=200)}"
    if (kind == "pytest" and code in (2, 3, 4)) or code < 0 or code >= 128:
        return _without_report(result)
    return "" if results else NO_TESTS


_PYTEST_SAYS = {
    2: "The test run was interrupted",
    3: "pytest had an internal error",
    4: "pytest refused its arguments, or knows no such test",
    5: "No test was collected",
}


def _without_report(result: CommandResult, kind: Kind = "pytest") -> str:
    code = result.exit_code or 0
    if code < 0 or code >= 128:
        return f"The test process was ended by signal {-code if code < 0 else code - 128}.{_last(result)}"
    said = {
        **(_PYTEST_SAYS if kind == "pytest" else {}),
        126: "The test command is not executable",
        127: "The test command was not found",
    }.get(code, f"No test report was written (exit code {code})")
    return f"{said}.{_last(result)}"


def _last(result: CommandResult) -> str:
    """The last thing the command said, for a human; nothing is concluded from it."""
    lines = [line.strip() for line in result.output.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower()] or lines
    return f" It said: {clean_line(telling[-1], limit=300)}" if telling else ""
