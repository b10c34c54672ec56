"""Reading history: who changed a line, which commits touched a file, what a commit or the release changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from rootcase.core.agent.fencing import fence
from rootcase.core.agent.tools.located import located
from rootcase.core.agent.tools.places import Places
from rootcase.core.agent.tools.reading import Page, Where
from rootcase.core.agent.tools.tool import ToolResult, failure
from rootcase.core.model.code import Commit

BLAME_LINES = 40
COMMITS = 15
DIFF_PAGE = 6_000


@dataclass(frozen=True, slots=True)
class Blame:
    path: str
    start: Annotated[int, Meta(ge=1)]
    end: int = 0
    at: Where = ""


@dataclass(frozen=True, slots=True)
class Log:
    path: Annotated[str, Meta(description="only those of this file or folder")] = ""
    page: Page = 1


@dataclass(frozen=True, slots=True)
class ShowCommit:
    sha: Annotated[str, Meta(description="at least 7 digits")]
    path: Annotated[str, Meta(description="only this file or folder")] = ""


@dataclass(frozen=True, slots=True)
class DiffWindow:
    path: Annotated[str, Meta(description="a file or folder; empty lists the changed files")] = ""
    page: Page = 1


def one_line(commit: Commit) -> str:
    day = datetime.fromtimestamp(commit.at_us / 1e6, UTC).strftime("%Y-%m-%d")
    return f"{commit.short} {day} {commit.author}: {commit.subject}"


async def blame(places: Places, ask: Blame) -> ToolResult:
    path = await located(places, ask.path, ask.at)
    end = min(max(ask.end, ask.start), ask.start + BLAME_LINES - 1)
    lines = await places.repository.blame(places.commit(ask.at), path, ask.start, end)
    if not lines:
        return failure(f"{path} has no line {ask.start} at {places.commit(ask.at)[:7]}.")
    rows = "\n".join(
        f"{one_line(line.commit)[:60]:<60} {line.line:>5} {line.text.rstrip()}" for line in lines
    )
    return ToolResult(fence(f"blame of {path}:{ask.start}-{end} at {places.commit(ask.at)[:7]}", rows))


async def log(places: Places, ask: Log) -> ToolResult:
    paths = [await located(places, ask.path)] if ask.path.strip(" ./") else []
    last = ask.page * COMMITS
    commits = await places.repository.log(places.code.head_commit, paths, limit=last + 1)
    shown = commits[last - COMMITS : last]
    where = paths[0] if paths else "the repository"
    if not shown:
        return failure(f"No commits of {where} on page {ask.page}.")
    more = f"\nNext: page={ask.page + 1}." if len(commits) > last else ""
    origin = f"commits of {where} up to HEAD, newest first"
    return ToolResult(fence(origin, "\n".join(one_line(c) for c in shown)) + more)


async def show_commit(places: Places, ask: ShowCommit) -> ToolResult:
    if not re.fullmatch(r"[0-9a-fA-F]{7,64}", ask.sha.strip()):
        return failure("show_commit takes a commit id of at least 7 hexadecimal digits; log lists them.")
    sha = await places.repository.resolve(ask.sha.strip())
    commit = await places.repository.commit(sha) if sha else None
    if sha is None or commit is None:
        return failure(f"There is no commit {ask.sha}.")
    patch = await places.repository.patch(sha)
    if ask.path:
        patch = files_of_patch(patch, await located(places, ask.path))
    head = f"{one_line(commit)}\nfiles: {', '.join(commit.files) or 'not known'}\n"
    return ToolResult(fence(f"commit {commit.short}", head + patch))


async def diff_window(places: Places, ask: DiffWindow) -> ToolResult:
    code = places.code
    good = code.rollback.commit if code.rollback else ""
    if not good or not code.release_commit:
        return failure(
            "No earlier good release is known, so there is no window; log and show_commit show history."
        )
    window = f"{code.rollback.release if code.rollback else ''} {good[:7]}..{code.release} {code.release_commit[:7]}"
    paths = [await located(places, ask.path)] if ask.path.strip(" ./") else []
    diff = await places.repository.diff(good, code.release_commit, paths)
    if not diff:
        return ToolResult(f"Nothing changed in {ask.path or 'the repository'} in {window}.")
    text = diff if paths else _summary(diff)
    first = (ask.page - 1) * DIFF_PAGE
    if first >= len(text):
        return failure(f"Page {ask.page} is behind the end of this diff.")
    more = f"\nNext: page={ask.page + 1}." if len(text) > first + DIFF_PAGE else ""
    return ToolResult(fence(f"changes of {window}", text[first : first + DIFF_PAGE]) + more)


def files_of_patch(patch: str, path: str) -> str:
    """The parts of a unified diff that concern a file or a folder."""
    parts = re.split(r"(?m)^(?=diff --git )", patch)
    wanted = (f" b/{path}\n", f" b/{path}/")
    kept = [part for part in parts if any(name in part.partition("\n")[0] + "\n" for name in wanted)]
    return "".join(kept) or f"It does not touch {path}.\n"


def _summary(diff: str) -> str:
    rows = []
    for part in re.split(r"(?m)^diff --git ", diff)[1:]:
        name = part.partition("\n")[0].rpartition(" b/")[2]
        added = len(re.findall(r"(?m)^\+(?!\+\+ )", part))
        removed = len(re.findall(r"(?m)^-(?!-- )", part))
        rows.append(f"{name}  +{added} -{removed}")
    return "\n".join(rows)
