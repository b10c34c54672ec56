"""Reading code: a part of a file, a search, a folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from rootcase.core.agent.fencing import fence, numbered_lines
from rootcase.core.agent.tools.located import located
from rootcase.core.agent.tools.places import At, Places
from rootcase.core.agent.tools.tool import ToolResult, failure
from rootcase.core.model.hunks import lines_of

LINES = 160
FITTING = 6_000
HITS = 30
HITS_READ = 400
ENTRIES = 120
LINE_LIMIT = 160

Where = At
Page = Annotated[int, Meta(ge=1, le=50)]


@dataclass(frozen=True, slots=True)
class ReadFile:
    path: str
    start: Annotated[int, Meta(description="first line")] = 1
    end: Annotated[int, Meta(description="last line")] = 0
    at: Where = ""


@dataclass(frozen=True, slots=True)
class Search:
    text: Annotated[str, Meta(description="what a line must contain")]
    regex: Annotated[bool, Meta(description="text is a POSIX regular expression")] = False
    path: Annotated[str, Meta(description="only in this file or folder")] = ""
    at: Where = ""
    page: Page = 1


@dataclass(frozen=True, slots=True)
class Tree:
    path: Annotated[str, Meta(description="a folder, empty for the root")] = ""
    at: Where = ""
    page: Page = 1


async def read_file(places: Places, ask: ReadFile) -> ToolResult:
    path = await located(places, ask.path, ask.at)
    text = await places.require(path, ask.at)
    lines = lines_of(text)
    if not lines:
        return ToolResult(f"{path} is empty in {places.label(ask.at)}.")
    start = max(1, ask.start)
    if start > len(lines):
        return failure(
            f"{path} has {len(lines)} lines in {places.label(ask.at)}; line {start} is behind its end."
        )
    end = max(start, min(len(lines), ask.end or start + LINES - 1, start + LINES - 1))
    end = start + fitting(lines[start - 1 : end]) - 1
    shown = numbered_lines("".join(lines[start - 1 : end]), start)
    more = (
        f"\n{len(lines) - end} more lines follow; read_file with start={end + 1}." if end < len(lines) else ""
    )
    return ToolResult(fence(f"{path}:{start}-{end} of {len(lines)}, {places.label(ask.at)}", shown) + more)


def fitting(lines: Sequence[str]) -> int:
    """How many of the lines fit into one answer with their numbers; at least one."""
    room = FITTING
    for count, line in enumerate(lines):
        room -= len(line) + 6
        if room < 0:
            return max(1, count)
    return len(lines)


async def search(places: Places, ask: Search) -> ToolResult:
    if not ask.text.strip() or "\n" in ask.text:
        return failure("search looks for one line of text; give some.")
    paths = [await located(places, ask.path, ask.at)] if ask.path.strip(" ./") else []
    hits = await places.grep(ask.text, ask.at, regex=ask.regex, paths=paths, limit=HITS_READ)
    where = f"{paths[0] if paths else 'the repository'}, {places.label(ask.at)}"
    if not hits:
        return ToolResult(f"No line contains {ask.text!r} in {where}.")
    first = (ask.page - 1) * HITS
    shown = hits[first : first + HITS]
    if not shown:
        return failure(f"There are only {len(hits)} lines; page {ask.page} is behind them.")
    rows = "\n".join(f"{hit.path}:{hit.line}: {hit.text.strip()[:LINE_LIMIT]}" for hit in shown)
    some = "at least " if len(hits) >= HITS_READ else ""
    more = f"\nNext: page={ask.page + 1}." if len(hits) > first + HITS else ""
    return ToolResult(
        fence(f"lines {first + 1}-{first + len(shown)} of {some}{len(hits)} in {where}", rows) + more
    )


async def tree(places: Places, ask: Tree) -> ToolResult:
    folder = await located(places, ask.path, ask.at) if ask.path.strip(" ./") else ""
    files = await places.files(ask.at)
    prefix = f"{folder}/" if folder else ""
    inside = [file[len(prefix) :] for file in files if file.startswith(prefix)]
    if not inside:
        return failure(f"There is no folder {folder or '/'} in {places.label(ask.at)}.")
    folders = Counter(name.partition("/")[0] for name in inside if "/" in name)
    names = [f"{name}/  {count} files" for name, count in sorted(folders.items())]
    names += sorted(name for name in inside if "/" not in name)
    first = (ask.page - 1) * ENTRIES
    shown = names[first : first + ENTRIES]
    more = f"\nNext: page={ask.page + 1}." if len(names) > first + ENTRIES else ""
    return ToolResult(
        fence(f"{folder or '/'} in {places.label(ask.at)}, {len(inside)} files", "\n".join(shown)) + more
    )
