"""Small real crashes with a history and a fix, to see how often the code map names what was fixed.

Run: python -m bench.fault_set [--failed] [NAME …]   (half of the set was never looked at while the weights were set)

Each fault of `fault_data/*.txt` is a few files whose lines say since which commit they stand there (`#@2`) and
until which (`#@2-4`; `F` is the fix). The history is made with git, the fault's own script is run and crashes,
and what the map says is held against the fix: its functions, and the commits that `git blame` names for its lines.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rootcase.core.codemap.lines import parse_diff
from rootcase.core.codemap.mapping import Mapper
from rootcase.core.codemap.scopes import source_of
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.case import Case
from rootcase.core.model.code import CodePath
from rootcase.core.model.events import Event, ExceptionInfo, Frame
from rootcase.core.workspace.repository import open_repository

DATA = Path(__file__).parent / "fault_data"
PEOPLE = ("ana", "ben", "cem", "dee", "eli", "fay")
FIX = 99
_TAG = re.compile(r"[ ]*#@(\w+)(?:-(\w+))?$")
CRASH = """
import json, sys, traceback
sys.path.insert(0, ".")
text = open(sys.argv[1]).read()
def frames(error):
    out = []
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        if name != "<run>":
            out.append([frame.f_code.co_name, name, line])
    return out
try:
    exec(compile(text, "<run>", "exec"), {"__name__": "__main__"})
except BaseException as error:
    chain = []
    while error is not None and len(chain) < 5:
        chain.append([type(error).__name__, str(error), frames(error)])
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    print(json.dumps(chain))
"""


@dataclass
class Fault:
    """One fault. files: path → (text, first commit, last commit) of each line."""

    name: str
    files: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)
    run: str = ""

    @property
    def held_out(self) -> bool:
        """Half of them, by their names alone."""
        return hashlib.sha256(self.name.encode()).digest()[0] % 2 == 1

    @property
    def commits(self) -> list[int]:
        return sorted(
            {n for lines in self.files.values() for _, first, last in lines for n in (first, last) if n}
        )

    def at(self, commit: int) -> dict[str, str]:
        """The files as a commit leaves them."""
        return {
            path: "".join(
                f"{text}\n" for text, first, last in lines if first <= commit and not 0 < last <= commit
            )
            for path, lines in self.files.items()
        }


@dataclass(frozen=True)
class Truth:
    files: frozenset[str]
    functions: frozenset[tuple[str, str]]
    suspects: frozenset[str]
    people: frozenset[str]


@dataclass(frozen=True)
class Score:
    """Ranks from 1, 0 where it is not named at all."""

    name: str
    held_out: bool
    file: int
    function: int
    suspect: int
    owner: int
    in_trace: bool
    innermost: bool


def read() -> list[Fault]:
    return [fault for file in sorted(DATA.glob("*.txt")) for fault in _read(file.read_text())]


def _read(text: str) -> Iterator[Fault]:
    fault, path = Fault(""), ""
    for row in text.split("\n"):
        if row.startswith("##### "):
            if fault.name:
                yield fault
            fault, path = Fault(row[6:].strip()), ""
        elif row.startswith("=== "):
            path = row[4:].strip()
        elif path == "run":
            fault.run += row.encode().decode("unicode_escape") + "\n" if "\\u" in row else row + "\n"
        elif path:
            tag = _TAG.search(row)
            first, last = (_number(tag.group(1)), _number(tag.group(2))) if tag else (1, 0)
            fault.files.setdefault(path, []).append((_TAG.sub("", row), first, last))
    if fault.name:
        yield fault


def _number(word: str | None) -> int:
    return 0 if word is None else FIX if word == "F" else int(word)


def git(folder: Path, *arguments: str, who: str = "ana", year: int = 2018) -> str:
    stamp = f"{year}-03-01T12:00:00+0000"
    environment = {
        "PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(folder),
        "GIT_AUTHOR_NAME": who, "GIT_AUTHOR_EMAIL": f"{who}@example.com", "GIT_COMMITTER_NAME": who,
        "GIT_COMMITTER_EMAIL": f"{who}@example.com", "GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp,
    }  # fmt: skip
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"git {' '.join(arguments)}: {done.stderr}")
    return done.stdout.strip()


def build(fault: Fault, folder: Path) -> tuple[str, str]:
    """The history in `folder`; (the commit that crashes, the fix)."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    bad = ""
    for number in fault.commits:
        for path, text in fault.at(number).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        who = "gil" if number == FIX else PEOPLE[(number - 1) % len(PEOPLE)]
        git(folder, "add", "-A")
        git(
            folder,
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            f"Step {number}",
            who=who,
            year=2015 + min(number, 8),
        )
        bad = bad if number == FIX else git(folder, "rev-parse", "HEAD")
    return bad, git(folder, "rev-parse", "HEAD")


def crash(fault: Fault, folder: Path, bad: str) -> Event:
    """The event of the crash, from a real interpreter at the commit that crashes."""
    git(folder, "checkout", "-q", bad)
    script = folder.parent / f"{folder.name}.run"
    script.write_text(fault.run)
    command = [sys.executable, "-P", "-c", CRASH, str(script)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    if not done.stdout.strip():
        raise RuntimeError(f"{fault.name} does not crash: {done.stderr}")
    chain = tuple(
        ExceptionInfo(kind, value, frames=tuple(_frame(folder, *item) for item in raw[-200:]))
        for kind, value, raw in reversed(json.loads(done.stdout.splitlines()[-1]))
    )
    git(folder, "checkout", "-q", "main")
    return Event("e1", "python", exceptions=chain, release=bad)


def _frame(folder: Path, function: str, name: str, line: int) -> Frame:
    path = Path(name) if os.path.isabs(name) else folder / name
    inside = path.resolve().is_relative_to(folder.resolve())
    shown = path.resolve().relative_to(folder.resolve()).as_posix() if inside else name
    rows = path.read_text().split("\n") if path.is_file() else []
    around = tuple((n, rows[n - 1]) for n in range(max(1, line - 3), min(len(rows), line + 3) + 1))
    return Frame(function, filename=shown, abs_path=str(path), line=line, in_app=inside, context=around)


def truth(folder: Path, bad: str, fix: str) -> Truth:
    """What the fix changed, and who and what blame names for those lines."""
    diff = parse_diff(git(folder, "diff", "-U0", "--no-color", bad, fix))
    functions, suspects, people = set(), set(), {"gil"}
    for item in diff:
        old = source_of(git(folder, "show", f"{bad}:{item.old_path}"))
        assert old is not None
        for change in item.changes:
            lines = range(change.start, change.start + len(change.old)) or range(
                change.start, change.start + 1
            )
            for line in lines:
                functions.add((item.old_path, old.at(max(1, line)).qualified_name))
            blamed = git(
                folder, "blame", "-l", f"-L{max(1, lines[0])},{max(1, lines[-1])}", bad, "--", item.old_path
            )
            for row in blamed.split("\n"):
                sha = row.split(" ")[0].lstrip("^")
                full = git(folder, "rev-parse", sha)
                suspects.add(full)
                people.add(git(folder, "log", "-1", "--format=%an", full))
    return Truth(
        frozenset(i.old_path for i in diff), frozenset(functions), frozenset(suspects), frozenset(people)
    )


async def score(fault: Fault, folder: Path) -> tuple[Score, CodePath, Truth]:
    bad, fix = build(fault, folder / fault.name)
    event = crash(fault, folder / fault.name, bad)
    right = truth(folder / fault.name, bad, fix)
    settings = RepositorySettings(path=str(folder / fault.name))
    repository = await open_repository(settings, folder / "state")
    case = Case(key="C-1", title=fault.name, service="x")
    path = await Mapper(case, (event,), repository, settings, commit=bad, head=bad).map()
    files = list(dict.fromkeys(item.path for item in path.candidates))
    named = [(item.path, item.qualified_name) for item in path.candidates]
    ours = [(f.path, f.qualified_name) for f in path.frames if f.verdict != "not ours"]
    suspects, owners = [s.commit.sha for s in path.suspects], [o.name for o in path.owners]
    ranks = (_rank(files, right.files), _rank(named, right.functions), _rank(suspects, right.suspects),
             _rank(owners, right.people))  # fmt: skip
    in_trace, innermost = bool(set(ours) & right.functions), bool(ours) and ours[-1] in right.functions
    return Score(fault.name, fault.held_out, *ranks, in_trace, innermost), path, right


def _rank(
    found: Sequence[object], right: frozenset[object] | frozenset[str] | frozenset[tuple[str, str]]
) -> int:
    return next((n for n, item in enumerate(found, 1) if item in right), 0)


BARS = (("file", 1, 0.85), ("file", 5, 0.95), ("function", 1, 0.65), ("function", 5, 0.85), ("suspect", 1, 0.65),
        ("suspect", 3, 0.80), ("owner", 3, 0.60))  # fmt: skip


def table(scores: Sequence[Score]) -> str:
    in_trace, innermost = sum(s.in_trace for s in scores), sum(s.innermost for s in scores)
    told = f"innermost frame right in {innermost}, trace in {in_trace} of {len(scores)}"
    rows = [f"{'':14}{'bar':>6}{'set':>8}{'held out':>10}{'all':>6}   ({told})"]
    halves = [[s for s in scores if not s.held_out], [s for s in scores if s.held_out], list(scores)]
    for what, within, bar in BARS:
        shares = [sum(0 < getattr(s, what) <= within for s in half) / max(1, len(half)) for half in halves]
        rows.append(
            f"{what + '@' + str(within):14}{bar:>6.0%}{shares[0]:>8.0%}{shares[1]:>10.0%}{shares[2]:>6.0%}"
        )
    return "\n".join(rows)


async def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*")
    parser.add_argument("--failed", action="store_true", help="show what was named where it was wrong")
    args = parser.parse_args()
    scores = []
    with tempfile.TemporaryDirectory(prefix="rootcase-faults-") as folder:
        for fault in read():
            if args.names and fault.name not in args.names:
                continue
            result, path, right = await score(fault, Path(folder))
            scores.append(result)
            # What is held out is not looked at: its single results would teach us what it holds.
            wrong = result.function != 1 or result.suspect != 1
            if args.names or (args.failed and wrong and not result.held_out):
                show(result, path, right)
    print(table(scores))
    return 0


def show(result: Score, path: CodePath, right: Truth) -> None:
    print(f"\n{result.name}: function {result.function}, suspect {result.suspect}, owner {result.owner}")
    print(f"  fixed {sorted(right.functions)}, behind it {sorted(sha[:7] for sha in right.suspects)}")
    for item in path.candidates[:6]:
        print(
            f"    {item.score:.3f} {item.path}:{item.line} {item.qualified_name}: {'; '.join(item.reasons)}"
        )
    for suspect in path.suspects[:3]:
        told = f"{suspect.commit.short} {suspect.commit.subject}: {'; '.join(suspect.reasons)}"
        print(f"    {suspect.score:.3f} {told}")


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
