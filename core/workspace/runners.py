"""Which test runner a test command starts, and how it is told where to report and what to run."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["pytest", "node", "jest", "vitest", "mocha"]
SCRIPTS = frozenset({"npm", "pnpm", "yarn"})
OF_THEIR_OWN: Mapping[str, Kind] = {"jest": "jest", "vitest": "vitest", "mocha": "mocha"}
STARTERS = frozenset({"npx", "exec", "run", "cross-env", "dotenv", "--", "pnpx", "c8", "nyc"})
SCRIPT_SUFFIXES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx")
# Options of `node` and of the runners whose value is the next word.
_VALUED = frozenset({
    "--import", "--require", "-r", "--loader", "--experimental-loader", "-C", "--conditions", "--config", "-c",
    "--env-file", "--timeout", "-t", "--ui", "-u", "--reporter", "-R", "--reporter-option", "--project", "--root",
    "--environment", "--testTimeout", "--maxWorkers", "-w", "--extension", "--spec", "--test-name-pattern",
})  # fmt: skip
_BETWEEN = re.compile(r"&&|\|\||[;|\n]")
_ASSIGNED = re.compile(r"[A-Za-z_]\w*=")


@dataclass(frozen=True, slots=True)
class Runner:
    """kind: `pytest` for whatever is not known better. words: its own arguments, as configured or in the script."""

    kind: Kind
    words: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()


def runner_of(command: Sequence[str], root: Path) -> Runner:
    """What a test command starts; for `npm test` and the like, what the script of the tree's package.json starts."""
    if command and Path(command[0]).name in SCRIPTS:
        script, more = _script(command, root)
        for part in reversed(_BETWEEN.split(script)):
            found = _named(_split(part), more)
            if found is not None:
                return found
        direct = _named(tuple(command[1:]), ())
        return direct or Runner("pytest")
    return _named(tuple(command), ()) or Runner("pytest")


def is_script_runner(command: Sequence[str], root: Path) -> bool:
    """Whether the tests run on node."""
    return runner_of(command, root).kind != "pytest"


def files_of(selection: Sequence[str]) -> tuple[str, ...]:
    """The files of a selection of test ids or files."""
    return tuple(dict.fromkeys(name.partition("::")[0] for name in selection))


def invocation(
    runner: Runner, selection: Sequence[str], *, root: Path, report: Path, plugin: Path
) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """(command, variables) of a run on node that reports to `report`. It runs the files of the selection.

    plugin: the folder of our reporters. The program is `node` or stands in the tree's node_modules.
    """
    files = files_of(selection)
    words = _options(runner.words) if files else runner.words
    variables = dict(runner.variables) | {
        "ROOTCASE_REPORT": str(report),
        "NO_COLOR": "1",
        "FORCE_COLOR": "0",
        "CI": "1",
    }
    if runner.kind == "node":
        ours = (f"--test-reporter={plugin / 'rootcase_node.mjs'}", f"--test-reporter-destination={report}")
        theirs = tuple(w for w in words if not w.startswith("--test-reporter"))
        return ("node", *ours, *theirs, *files), variables
    program = str(root / "node_modules" / ".bin" / runner.kind)
    if runner.kind == "jest":
        chosen = ("--runTestsByPath", *files) if files else ()
        theirs = tuple(w for w in words if not w.startswith(("--watch", "--reporters")))
        return (program, *theirs, f"--reporters={plugin / 'rootcase_jest.cjs'}", *chosen), variables
    if runner.kind == "vitest":
        theirs = tuple(w for w in words if w not in ("run", "watch", "--watch"))
        return (program, "run", *theirs, "--reporter=junit", f"--outputFile={report}", *files), variables
    return (
        program,
        *words,
        "--reporter",
        "xunit",
        "--reporter-option",
        f"output={report}",
        *files,
    ), variables


def _script(command: Sequence[str], root: Path) -> tuple[str, tuple[str, ...]]:
    """(the script's text, the words that the command adds to it); "" where package.json has none."""
    rest = [w for w in command[1:] if w not in ("run", "run-script", "--silent", "-s")]
    name = {"t": "test", "tst": "test"}.get(rest[0], rest[0]) if rest else "test"
    try:
        package = json.loads((root / "package.json").read_text(encoding="utf-8", errors="replace"))
        script = package["scripts"][name]
    except (OSError, ValueError, KeyError, TypeError):
        return "", ()
    return (script if isinstance(script, str) else ""), tuple(w for w in rest[1:] if w != "--")


def _split(part: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(part))
    except ValueError:
        return ()


def _named(words: Sequence[str], more: Sequence[str]) -> Runner | None:
    """The runner that words start; leading assignments and starters are passed over."""
    variables: list[tuple[str, str]] = []
    for index, word in enumerate(words):
        if _ASSIGNED.match(word):
            name, _, value = word.partition("=")
            variables.append((name, value))
            continue
        plain = Path(word).name.removesuffix(".js").removesuffix(".cmd")
        rest = (*words[index + 1 :], *more)
        kind = OF_THEIR_OWN.get(plain)
        if kind is not None:
            return Runner(kind, rest, tuple(variables))
        if plain == "node" and "--test" in rest:
            return Runner("node", rest, tuple(variables))
        if plain not in STARTERS and plain != "node" and not word.startswith("-"):
            return None
    return None


def _options(words: Sequence[str]) -> tuple[str, ...]:
    """Options without the files and folders that they are followed by."""
    out: list[str] = []
    valued = False
    for word in words:
        if word.startswith("-") or valued:
            out.append(word)
        valued = not valued and word in _VALUED
    return tuple(word for word in out if word != "--")
