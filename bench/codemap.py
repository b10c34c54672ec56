"""Figures of the code map: a 40-frame trace on a generated repository of 10,000 files and 50,000 commits.

Run: .venv/bin/python -m bench.codemap [FOLDER]   (makes the repository there once; 400 MB, a minute)
Exits 1 where a bar is missed: 5 s cold, 1 s warm, 200 MB.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

FILES = 10_000
COMMITS = 50_000
FRAMES = 40
COLD_S, WARM_S, MEMORY_MB = 5.0, 1.0, 200
# Commits before the last that the release is: its lines have drifted, and some have changed.
BEHIND = 2_000


class Module:
    """One source file, whose functions call into other modules; `version` changes a line of it and shifts others."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.version = 0
        self.path = f"src/shop/area{number // 50:03d}/module_{number:05d}.py"

    def text(self) -> str:
        rows = [f'"""Part {self.number}."""', "", "from shop.base import check", ""]
        rows += [f"# change {n}" for n in range(self.version % 7)]
        for n in range(8):
            called = f"step_{(self.number * 7 + 13) % FILES}_{n}"
            rows += [
                "", f"class Worker{self.number}_{n}:", f'    """Does step {n} of {self.number}."""', "",
                "    def run(self, order, amount):", f"        total = amount + {self.version if n == 3 else n}",
                "        if order is None:", '            raise ValueError("no order")',
                f"        return step_{self.number}_{n}(order, total)", "",
                f"def step_{self.number}_{n}(order, amount):", "    check(order)",
                f"    return {called}(order, amount) if amount else order[{n}]",
            ]  # fmt: skip
        return "\n".join(rows) + "\n"

    def frame_line(self) -> int:
        """The line in `step_N_5` that calls on."""
        rows = self.text().split("\n")
        return next(n for n, row in enumerate(rows, 1) if row.startswith(f"def step_{self.number}_5")) + 2


def history() -> Iterator[bytes]:
    """The stream for `git fast-import`; the release is tagged on its way."""
    chance = random.Random(7)
    modules = [Module(number) for number in range(FILES)]
    authors = [f"dev{n} <dev{n}@example.com>" for n in range(40)]
    for commit in range(COMMITS):
        touched = modules if commit == 0 else [chance.choice(modules)]
        if commit:
            touched[0].version += 1
        message = f"Change {commit}".encode()
        when = f"{1_500_000_000 + commit * 3_000} +0000"
        head = f"commit refs/heads/main\nmark :{commit + 1}\nauthor {authors[commit % 40]} {when}\n"
        head += f"committer {authors[commit % 40]} {when}\ndata {len(message)}\n"
        yield head.encode() + message + b"\n"
        for module in touched:
            text = module.text().encode()
            yield f"M 100644 inline {module.path}\ndata {len(text)}\n".encode() + text + b"\n"
        if commit == COMMITS - BEHIND:
            yield f"reset refs/tags/v1.0.0\nfrom :{commit + 1}\n\n".encode()
    yield b"done\n"


def make(folder: Path) -> Path:
    """The repository, made where it is not there yet."""
    target = folder / "large"
    if (target / "done").is_file():
        return target
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(target)], check=True)
    with subprocess.Popen(
        ["git", "fast-import", "--quiet", "--done"], cwd=target, stdin=subprocess.PIPE
    ) as process:
        assert process.stdin
        for part in history():
            process.stdin.write(part)
        process.stdin.close()
    (target / "done").touch()
    return target


def event(repository: Path) -> dict[str, object]:
    """A crash of 40 frames, each in another file, with five source lines around each."""
    frames = []
    numbers = [(n * 241) % FILES for n in range(FRAMES)]
    for number in numbers:
        path = Module(number).path
        text = subprocess.run(
            ["git", "show", f"v1.0.0:{path}"], cwd=repository, capture_output=True, text=True, check=True
        ).stdout
        rows = text.split("\n")
        line = next(n for n, row in enumerate(rows, 1) if row.startswith(f"def step_{number}_5")) + 2
        frames.append(
            {
                "function": f"step_{number}_5", "abs_path": f"/app/{path.removeprefix('src/')}",
                "filename": path.removeprefix("src/"), "lineno": line, "in_app": True,
                "pre_context": rows[line - 6 : line - 1], "context_line": rows[line - 1],
                "post_context": rows[line : line + 5],
            }
        )  # fmt: skip
    trace = {"type": "IndexError", "value": "list index out of range", "stacktrace": {"frames": frames}}
    return {"event_id": "e" * 32, "platform": "python", "release": "v1.0.0", "timestamp": 1_649_000_000,
            "exception": {"values": [trace]}}  # fmt: skip


def cold(repository: Path, told: Path, state: Path) -> tuple[float, int]:
    """Seconds and peak memory in MB of `rootcase explain map` as a process of its own."""
    code = (
        "import sys, resource; from rootcase.core.commands.parser import run;"
        "code = run(sys.argv[1:]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr); sys.exit(code)"
    )
    began = time.perf_counter()
    command = ["explain", "map", str(told), "--repo", str(repository), "--head", "main", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        capture_output=True, text=True, check=True, env={**os.environ, "ROOTCASE_HOME": str(state)},
    )  # fmt: skip
    taken = time.perf_counter() - began
    found = json.loads(done.stdout)
    right = sum(frame["verdict"] == "confirmed" for frame in found["frames"])
    assert right == FRAMES, f"{right} of {FRAMES} frames confirmed"
    return taken, int(done.stderr.strip().split("\n")[-1])


async def warm(repository: Path, told: Path, state: Path) -> tuple[float, float]:
    """Seconds of a map through a new private clone, and of the next one in the same process."""
    from rootcase.core.codemap.stage import codemap
    from rootcase.core.commands.explain_map import read_events
    from rootcase.core.config.settings import RepositorySettings
    from rootcase.core.model.case import Case
    from rootcase.core.workspace.repository import open_repository

    settings = RepositorySettings(path=str(repository))
    events = read_events(str(told))
    began = time.perf_counter()
    opened = await open_repository(settings, state)
    first = second = 0.0
    for turn in range(2):
        bodies = [body async for body in codemap(Case(), events, opened, settings)]
        assert bodies
        if turn == 0:
            first, began = time.perf_counter() - began, time.perf_counter()
        else:
            second = time.perf_counter() - began
    return first, second


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        repository = make(folder)
        told = Path(scratch) / "event.json"
        told.write_text(json.dumps(event(repository)))
        cold_s, memory_mb = cold(repository, told, Path(scratch))
        again_s, _ = cold(repository, told, Path(scratch))
        first_s, warm_s = asyncio.run(warm(repository, told, Path(scratch) / "state"))
    print(f"a process of its own, read in place  {cold_s:6.2f} s   (bar {COLD_S:g}; again {again_s:.2f} s)")
    print(f"through a new private clone          {first_s:6.2f} s   (bar {COLD_S:g})")
    print(f"the next map in the same process     {warm_s:6.2f} s   (bar {WARM_S:g})")
    print(f"peak memory of the process           {memory_mb:6d} MB  (bar {MEMORY_MB})")
    return int(max(cold_s, first_s) > COLD_S or warm_s > WARM_S or memory_mb > MEMORY_MB)


if __name__ == "__main__":
    sys.exit(main())
