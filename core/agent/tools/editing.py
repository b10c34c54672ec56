"""Changing files of the draft: only those that the phase allows, one block at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from rootcase.core.agent.edit_text import replaced
from rootcase.core.agent.fencing import numbered_lines
from rootcase.core.agent.tools.places import Places, tidy
from rootcase.core.agent.tools.testing import Runs
from rootcase.core.agent.tools.tool import ToolResult, failure
from rootcase.core.model.ports import Workspace

SHOWN_AROUND = 3
SIZE_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Edit:
    path: str
    search: Annotated[
        str, Meta(description="the exact lines as they stand, without line numbers; must occur once")
    ]
    replace: Annotated[str, Meta(description="what stands there instead; empty to delete")]


@dataclass(frozen=True, slots=True)
class Create:
    path: str
    text: Annotated[str, Meta(description="the whole file")]


class Editor:
    """Edits in one worktree. allowed: the files that may change; edits: how many changes were made.

    runs: forgets its last test run with every edit.
    """

    def __init__(self, workspace: Workspace, places: Places, allowed: Collection[str], runs: Runs) -> None:
        self._workspace = workspace
        self.places = places
        self._runs = runs
        self._allowed = tuple(allowed)
        self.edits = 0

    async def edit(self, ask: Edit) -> ToolResult:
        path = tidy(ask.path)
        if path not in self._allowed:
            return self._refused(path)
        text = await self._workspace.read(path)
        if text is None:
            near = ", ".join(await self.places.near(path, "head"))
            return failure(f"There is no {path} to edit." + (f" Near: {near}." if near else ""))
        new = replaced(path, text, ask.search, ask.replace)
        await self._write(path, new)
        return ToolResult(f"Edited {path}. It now reads:\n{_around_change(text, new)}")

    async def create(self, ask: Create) -> ToolResult:
        path = tidy(ask.path)
        if path not in self._allowed:
            return self._refused(path)
        if await self._workspace.read(path) is not None:
            return failure(f"{path} is there already; use edit.")
        if len(ask.text) > SIZE_LIMIT or not ask.text.strip():
            return failure(f"create writes text files of 1 to {SIZE_LIMIT:,} characters.")
        await self._write(path, ask.text if ask.text.endswith("\n") else ask.text + "\n")
        return ToolResult(f"Created {path}, {ask.text.count(chr(10)) + 1} lines.")

    async def _write(self, path: str, text: str) -> None:
        await self._workspace.write(path, text)
        self.places.changed.add(path)
        self.edits += 1
        self._runs.edited()

    def _refused(self, path: str) -> ToolResult:
        return failure(
            f"{path} may not be changed here; only {', '.join(self._allowed)}. "
            "Only the engineer can widen that. If it cannot be done within, say so with give_up."
        )


def _around_change(old: str, new: str) -> str:
    """The changed lines of the new text with a few around them."""
    before, after = old.split("\n"), new.split("\n")
    first = 0
    while first < min(len(before), len(after)) and before[first] == after[first]:
        first += 1
    tail = 0
    while tail < min(len(before), len(after)) - first and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    start = max(0, first - SHOWN_AROUND)
    end = min(len(after), len(after) - tail + SHOWN_AROUND)
    return numbered_lines("\n".join(after[start:end]), start + 1)
