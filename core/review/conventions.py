"""The repository's own format, lint and type commands on the changed files: what fails with the draft alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from rootcase.core.model.drafts import Draft, Hunk
from rootcase.core.model.errors import RootcaseError
from rootcase.core.model.ports import CommandResult, Workspace
from rootcase.core.review.change import Found

CHECK = "the repository's own check"
DEADLINE_S = 90.0
MOST_LINES = 5
PYTHON = (".py", ".pyi")
SCRIPT = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte")
# What a tool reads, by its name; a tool not named here is given every changed file.
READS: Mapping[str, tuple[str, ...]] = {
    "ruff": PYTHON, "black": PYTHON, "isort": PYTHON, "flake8": PYTHON, "pylint": PYTHON, "mypy": PYTHON,
    "pyright": PYTHON, "bandit": PYTHON, "eslint": SCRIPT, "prettier": SCRIPT, "biome": SCRIPT, "tsc": SCRIPT,
    "gofmt": (".go",), "rubocop": (".rb",), "rustfmt": (".rs",), "phpstan": (".php",), "ktlint": (".kt",),
}  # fmt: skip
# Tools that name what is wrong and still exit with 0.
SAYS_ONLY = ("gofmt",)
_RUNNERS = ("python", "python3", "-m", "npx", "uv", "uvx", "run", "poetry", "pnpm", "yarn", "exec", "bundle")
_PLACE = re.compile(r"(?:^|[\s(])(?P<path>[\w./@+-]+\.\w+):(?P<line>\d+)(?::\d+)?[:\s]*(?P<text>.*)")


async def conventions(
    draft: Draft, workspace: Workspace, commands: Sequence[Sequence[str]], *, deadline_s: float = DEADLINE_S
) -> tuple[Found, ...]:
    """Findings of commands that pass on the base and fail with the draft's accepted hunks.

    Args: commands: as the user's configuration names them, without paths; the changed files are added.
    A command that fails on the base too says nothing about the draft and is only remarked on. The worktree
    holds the draft afterwards.
    """
    hunks = draft.accepted
    paths = list(dict.fromkeys(hunk.path for hunk in hunks))
    if not commands or not paths:
        return ()
    before = await _ran(workspace, (), paths, commands, deadline_s)
    after = await _ran(workspace, hunks, paths, commands, deadline_s)
    found: list[Found] = []
    for command in commands:
        name = " ".join(command)
        was, now = before.get(name), after.get(name)
        if now is not None and _bad(command, now):
            found += _findings(name, hunks, now, failed_before=was is not None and _bad(command, was))
    return tuple(found)


def reads(command: Sequence[str]) -> tuple[str, ...]:
    """The endings of the files that a command is given, empty for all."""
    tool = next((PurePosixPath(word).name for word in command if _names_a_tool(word)), "")
    return READS.get(tool, ())


def _names_a_tool(word: str) -> bool:
    return PurePosixPath(word).name not in _RUNNERS and not word.startswith("-")


async def _ran(
    workspace: Workspace,
    hunks: Sequence[Hunk],
    paths: Sequence[str],
    commands: Sequence[Sequence[str]],
    deadline_s: float,
) -> dict[str, CommandResult]:
    """Each command on the files of one side that are there; those that read none of them are left out."""
    await workspace.apply(hunks)
    there = [path for path in paths if await workspace.read(path) is not None]
    results: dict[str, CommandResult] = {}
    for command in commands:
        endings = reads(command)
        given = [path for path in there if not endings or path.endswith(endings)]
        if given:
            # `./` keeps a file whose name begins with a dash from being read as an option.
            call = [*command, *(f"./{path}" for path in given)]
            results[" ".join(command)] = await workspace.run(call, deadline_s=deadline_s)
    return results


def _bad(command: Sequence[str], result: CommandResult) -> bool:
    says_only = any(PurePosixPath(word).name in SAYS_ONLY for word in command)
    return result.exit_code != 0 or (says_only and bool(result.output.strip()))


def _findings(name: str, hunks: Sequence[Hunk], result: CommandResult, *, failed_before: bool) -> list[Found]:
    settle = f"Make `{name}` pass on these files, or waive this with the reason."
    if failed_before:
        text = f"`{name}` fails on these files with the draft, and failed on them before."
        return [Found(CHECK, "info", hunks[0].path, hunks[0].id, text, settle, said=name)]
    if result.exit_code is None:
        text = f"`{name}` did not end in time."
        return [Found(CHECK, "info", hunks[0].path, hunks[0].id, text, settle, said=name)]
    named: list[Found] = []
    above = ""
    for line in result.output.splitlines():
        match = _PLACE.search(line)
        hunk = _hunk_at(hunks, match["path"], int(match["line"])) if match else None
        if match and hunk is not None and len(named) < MOST_LINES:
            # Some tools say what is wrong on the line before the place.
            text = f"`{name}`: {(match['text'].strip() or above)[:200] or 'fails here'}"
            at = int(match["line"]) - _first_new_line(hunks, hunk)
            named.append(Found(CHECK, "warn", hunk.path, hunk.id, text, settle, at, said=f"{name} {line}"))
        above = line.strip()
    if named:
        return named
    words = next(
        (line.strip() for line in result.output.splitlines() if line.strip()), "it exits with an error"
    )
    text = f"`{name}` passed before and fails with the draft: {words[:200]}"
    return [Found(CHECK, "warn", hunks[0].path, hunks[0].id, text, settle, said=name)]


def _hunk_at(hunks: Sequence[Hunk], path: str, line: int) -> Hunk | None:
    """The hunk that a place in the new file lies in, None for lines that the draft left alone."""
    plain = path.removeprefix("./")
    for hunk in hunks:
        first = _first_new_line(hunks, hunk)
        if (hunk.path == plain or plain.endswith(f"/{hunk.path}")) and first <= line < first + max(
            1, len(hunk.new)
        ):
            return hunk
    return None


def _first_new_line(hunks: Sequence[Hunk], hunk: Hunk) -> int:
    earlier = [other for other in hunks if other.path == hunk.path and other.start < hunk.start]
    return hunk.start + sum(len(other.new) - len(other.old) for other in earlier)


def could_not_run(hunk: Hunk, fault: RootcaseError) -> Found:
    """That the checks could not run is said on the draft; it is no fault of the draft's."""
    text = f"The repository's own checks could not run: {fault.title}"
    return Found(CHECK, "info", hunk.path, hunk.id, text, fault.hint, said="could not run")
