"""Small real crashes, each with its human fix and bad patches, to see which of them review and proof stop.

Run: python -m bench.patch_set [--all] [--prove] [NAME …]   (half of it is held out: only its sums are shown)

The crashes of `fault_data/*.txt` bring history and fix; `patch_data/*.txt` brings bad patches for them, and crashes in
other languages of its own. A patch is a list of edits (`@@ path`, then `<<<` old `===` new `>>>`) under a kind.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import difflib
import hashlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.fault_set import FIX, Fault, build, git
from bench.fault_set import read as read_faults
from rootcase.core.cluster.stack_text import parse_stack
from rootcase.core.config.load import Loaded, load
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.events import Event, ExceptionInfo, Frame
from rootcase.core.pipeline.reviewing import Looked, look, patch_case, proved
from rootcase.core.workspace.view import opened_view

DATA = Path(__file__).parent / "patch_data"
HUMAN = "human"
PLUGINS = ("asyncio", "hypothesispytest", "xdist", "anyio", "textual-snapshot", "syrupy")
QUICK_PYTEST = ("python", "-m", "pytest", "-q", *(w for name in PLUGINS for w in ("-p", f"no:{name}")))
REPRODUCTION = "tests/test_reproduction.py"
CRASH = """
import json, sys, traceback
sys.path.insert(0, ".")
text = open(sys.argv[1]).read()
def shown(value):
    try:
        return repr(value)[:200]
    except BaseException:
        return "?"
def frames(error):
    out = []
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        if name != "<run>":
            names = [[k, shown(v)] for k, v in frame.f_locals.items() if not k.startswith("__")]
            out.append([frame.f_code.co_name, name, line, names if len(names) < 30 else []])
    return out
try:
    exec(compile(text, "<run>", "exec"), {"__name__": "__main__"})
except BaseException as error:
    print(json.dumps([type(error).__name__, str(error), frames(error)]))
"""


@dataclass
class Patch:
    """One patch of a bug. kind: `human`, or what is wrong with it. files: path → whole new text, None for deleted."""

    kind: str
    files: dict[str, str | None] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        return self.kind.startswith(HUMAN)


@dataclass
class Bug:
    """files: the base. stack: the crash as text where it is no fault of `fault_data`. asserts: what the fix gives."""

    name: str
    files: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None
    stack: str = ""
    asserts: str = ""
    patches: list[Patch] = field(default_factory=list)

    @property
    def held_out(self) -> bool:
        return hashlib.sha256(f"patch {self.name}".encode()).digest()[0] % 2 == 1

    @property
    def language(self) -> str:
        return "Python" if self.fault or self.stack.startswith("Traceback") else "other"


@dataclass(frozen=True)
class Result:
    bug: Bug
    patch: Patch
    looked: Looked

    @property
    def right(self) -> bool:
        return (self.looked.verdict == "offer") == self.patch.good


def read() -> list[Bug]:
    """All bugs: those with a history and those of other languages."""
    faults = {fault.name: fault for fault in read_faults()}
    bugs = {name: _of_fault(fault) for name, fault in faults.items()}
    for file in sorted(DATA.glob("*.txt")):
        for bug in _read(file.read_text(), bugs):
            bugs[bug.name] = bug
    return list(bugs.values())


def _of_fault(fault: Fault) -> Bug:
    before = {p: t for p, t in fault.at(FIX - 1).items() if t}
    after = fault.at(FIX)
    human = {path: text for path, text in after.items() if text != before.get(path, "")}
    modules = [p.removesuffix(".py").replace("/", ".") for p in before if p.endswith(".py")]
    imports = "".join(f"    import {name}  # noqa\n" for name in modules)
    before["tests/test_imports.py"] = f"def test_all_of_it_can_be_imported():\n{imports}"
    return Bug(
        fault.name,
        before,
        fault,
        patches=[Patch(HUMAN, dict(human)), Patch("human, as sent", _as_sent(fault, human))],
    )


def _as_sent(fault: Fault, human: Mapping[str, str]) -> dict[str, str | None]:
    """The fix as people send it: with a line in the changelog, and the test that it brings."""
    return {**human, "CHANGES.md": f"# Changes\n\n- Fixed `{fault.name}`.\n"}


def _read(text: str, known: Mapping[str, Bug]) -> Iterator[Bug]:
    """Sections: `##### name`, `=== path` (a file of the base), `stack`, `asserts`, `--- kind` with its edits."""
    bug: Bug | None = None
    where, patch, path, old, new, side = "", None, "", [], [], ""
    for row in text.split("\n"):
        if row.startswith("##### "):
            if bug:
                yield bug
            name = row[6:].strip()
            bug, where = known.get(name) or Bug(name), ""
        elif bug is None:
            continue
        elif row.startswith("=== ") and not side:
            where = row[4:].strip()
            if where not in ("stack", "asserts"):
                bug.files[where] = ""
        elif row.startswith("--- ") and not side:
            where, patch = "patch", Patch(row[4:].strip())
            bug.patches.append(patch)
        elif where == "patch" and patch is not None:
            if row.startswith("@@ "):
                path = row[3:].strip()
            elif row == "<<<":
                side, old, new = "old", [], []
            elif row == "===" and side == "old":
                side = "new"
            elif row == ">>>":
                side = ""
                _edit(bug, patch, path, "".join(f"{t}\n" for t in old), "".join(f"{t}\n" for t in new))
            elif row == "delete" and not side:
                patch.files[path] = None
            elif side:
                (old if side == "old" else new).append(row)
        elif where == "stack":
            bug.stack += row + "\n"
        elif where == "asserts":
            bug.asserts += row + "\n"
        elif where:
            bug.files[where] += row + "\n"
    if bug:
        yield bug


def _edit(bug: Bug, patch: Patch, path: str, old: str, new: str) -> None:
    present = patch.files.get(path, bug.files.get(path, ""))
    if old and (present or "").count(old) != 1:
        raise SystemExit(f"{bug.name}, {patch.kind}: {path} holds {(present or '').count(old)} times:\n{old}")
    patch.files[path] = (present or "").replace(old, new) if old else (present or "") + new


def diff(base: Mapping[str, str], patch: Patch) -> str:
    out = ""
    for path, text in patch.files.items():
        before = base.get(path)
        lines = difflib.unified_diff(
            (before or "").splitlines(True), (text or "").splitlines(True),
            f"a/{path}" if before is not None else "/dev/null", f"b/{path}" if text is not None else "/dev/null",
        )  # fmt: skip
        out += "".join(lines)
    return out


def committed(bug: Bug, folder: Path) -> str:
    """The bug's repository in `folder`; its base commit."""
    if bug.fault is not None:
        build(bug.fault, folder)
        git(folder, "checkout", "-q", "--detach", "HEAD~1")
    else:
        folder.mkdir(parents=True)
        git(folder, "init", "-q", "-b", "main")
    for path, text in bug.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "The base")
    return git(folder, "rev-parse", "HEAD")


def crashed(bug: Bug, folder: Path, base: str) -> Event:
    """The event: from a real interpreter with its variables, or the stack as it was printed."""
    if bug.fault is None:
        parsed = parse_stack(bug.stack)
        assert parsed is not None, bug.name
        return Event("e1", platform=parsed.platform, exceptions=parsed.exceptions)
    script = folder.parent / f"{folder.name}.run"
    script.write_text(bug.fault.run)
    command = [sys.executable, "-P", "-c", CRASH, str(script)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    if not done.stdout.strip():
        raise SystemExit(f"{bug.name} does not crash: {done.stderr}")
    kind, value, raw = json.loads(done.stdout.splitlines()[-1])
    frames = tuple(_frame(folder, *item) for item in raw[-60:])
    return Event("e1", "python", exceptions=(ExceptionInfo(kind, value, frames=frames),), release=base)


def _frame(folder: Path, function: str, name: str, line: int, variables: Sequence[Sequence[str]]) -> Frame:
    path = Path(name) if Path(name).is_absolute() else folder / name
    inside = path.resolve().is_relative_to(folder.resolve())
    shown = path.resolve().relative_to(folder.resolve()).as_posix() if inside else name
    rows = path.read_text().split("\n") if path.is_file() else []
    around = tuple((n, rows[n - 1]) for n in range(max(1, line - 3), min(len(rows), line + 3) + 1))
    held = tuple((k, v) for k, v in variables)
    return Frame(
        function, filename=shown, abs_path=str(path), line=line, in_app=inside, context=around, variables=held
    )


def reproduction(bug: Bug) -> str:
    """The crash as a test of the suite, with what the fix is to give."""
    assert bug.fault is not None
    rows = [row for row in (bug.fault.run + bug.asserts).split("\n") if row.strip()]
    stars = [row for row in rows if row.endswith("import *")]
    rest = "".join(f"    {row}\n" for row in rows if row not in stars)
    return "".join(f"{row}\n" for row in stars) + f"\n\ndef test_reproduction():\n{rest}"


async def looked_at(
    bug: Bug, patch: Patch, folder: Path, base: str, event: Event, loaded: Loaded, *, prove: bool
) -> Result:
    settings = RepositorySettings(path=str(folder), environment=sys.prefix, test_command=QUICK_PYTEST)
    if prove and bug.fault is not None:
        patch = Patch(patch.kind, {**patch.files, REPRODUCTION: reproduction(bug)})
    async with opened_view(folder) as repository:
        case, missing = await patch_case(
            diff(bug.files, patch), base, repository, settings, loaded.settings, (event,)
        )
        result = replace(await look(case, repository, loaded.settings.guardrails), missing=missing)
        if prove and bug.fault is not None:
            result = await proved(result, loaded, settings, _silent)
    return Result(bug, patch, result)


async def _silent(text: str) -> None:
    """Nobody watches."""


async def measured(names: Sequence[str], *, prove: bool) -> list[Result]:
    results = []
    with tempfile.TemporaryDirectory(prefix="rootcase-patches-") as scratch:
        loaded = load({"ROOTCASE_HOME": f"{scratch}/home", "HOME": scratch})
        for bug in read():
            if names and bug.name not in names:
                continue
            folder = Path(scratch) / bug.name
            base = committed(bug, folder)
            event = crashed(bug, folder, base)
            for patch in bug.patches:
                results.append(await looked_at(bug, patch, folder, base, event, loaded, prove=prove))
    return results


def table(results: Sequence[Result]) -> str:
    rows = [f"{'':30}{'tuned':>12}{'held out':>12}{'all':>12}"]
    halves = [
        [r for r in results if not r.bug.held_out],
        [r for r in results if r.bug.held_out],
        list(results),
    ]

    def row(name: str, good: bool, verdicts: Sequence[str]) -> str:
        cells = []
        for half in halves:
            mine = [r for r in half if r.patch.good == good]
            cells.append(f"{sum(r.looked.verdict in verdicts for r in mine)} of {len(mine)}")
        return f"{name:30}" + "".join(f"{cell:>12}" for cell in cells)

    rows += [row("bad patches stopped", False, ("hold", "refuse")), row("  refused", False, ("refuse",)),
             row("human fixes held", True, ("hold",)), row("human fixes refused", True, ("refuse",))]  # fmt: skip
    kinds = Counter(r.patch.kind.split(":")[0] for r in results if not r.patch.good)
    for kind, count in sorted(kinds.items()):
        mine = [r for r in results if r.patch.kind.split(":")[0] == kind]
        languages = sorted({r.bug.language for r in mine})
        rows.append(f"  {kind:28}{sum(r.right for r in mine)} of {count}  ({', '.join(languages)})")
    return "\n".join(rows)


async def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*")
    parser.add_argument("--all", action="store_true", help="show every finding, not only where it was wrong")
    parser.add_argument("--prove", action="store_true", help="prove those in Python too: some seconds each")
    args = parser.parse_args()
    results = await measured(args.names, prove=args.prove)
    for result in results:
        # What is held out is not looked at: its single results would teach us what it holds.
        if args.names or (not result.bug.held_out and (args.all or not result.right)):
            print(f"\n{result.bug.name}, {result.patch.kind}: {result.looked.verdict}")
            for item in result.looked.findings:
                print(f"    {item.severity:<5} {item.check}: {item.text}")
    print(table(results))
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        raise SystemExit(asyncio.run(main()))
