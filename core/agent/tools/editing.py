"""Changing files of the draft: only those that the phase allows, one block at a time."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from rootcase.core.agent.edit_text import replaced
from rootcase.core.agent.fencing import numbered_lines
from rootcase.core.agent.tools.located import located
from rootcase.core.agent.tools.places import Places
from rootcase.core.agent.tools.testing import Runs
from rootcase.core.agent.tools.tool import ToolResult, failure
from rootcase.core.model.entries import Body
from rootcase.core.model.errors import EditError
from rootcase.core.model.ports import Workspace

SHOWN_AROUND = 3
SIZE_LIMIT = 200_000
Moves = Callable[[str], Awaitable[tuple[Body, ...] | None]]


@dataclass(frozen=True, slots=True)
class Edit:
    path: str
    search: Annotated[
        str,
        Meta(
            description="the lines as they stand, without line numbers, enough of them to occur once; "
            "empty to add at the end of the file"
        ),
    ]
    replace: Annotated[str, Meta(description="what stands there instead; empty to delete")]


@dataclass(frozen=True, slots=True)
class Create:
    path: str
    text: Annotated[str, Meta(description="the whole file")]


class Editor:
    """Edits in one worktree. allowed: the files that may change; edits: how many changes were made.

    runs: forgets its last test run with every edit. moves: whether a test may go into another file than the
    planned one, which is asked with a path and answers with the entries that say so; None where it may not.
    """

    def __init__(
        self,
        workspace: Workspace,
        places: Places,
        allowed: Collection[str],
        runs: Runs,
        moves: Moves | None = None,
    ) -> None:
        self._workspace = workspace
        self.places = places
        self._runs = runs
        self._allowed = tuple(allowed)
        self._moves = moves
        self.edits = 0

    async def edit(self, ask: Edit) -> ToolResult:
        path = await located(self.places, ask.path, may_be_new=True)
        text = await self._workspace.read(path)
        if text is None and path in self._allowed:
            return failure(f"There is no {path} yet; write it with create.")
        if text is None:
            near = ", ".join(await self.places.near(path, "head"))
            return failure(f"There is no {path} to edit." + (f" Near: {near}." if near else ""))
        bodies = await self._permitted(path)
        if bodies is None:
            return self._refused(path)
        new = (
            replaced(path, text, ask.search, ask.replace)
            if ask.search.strip()
            else appended(text, ask.replace)
        )
        await self._write(path, new)
        told = f"Edited {path}. It now reads:\n{_around_change(text, new)}{unreadable(path, new)}"
        return ToolResult(told, bodies=bodies)

    async def create(self, ask: Create) -> ToolResult:
        path = await located(self.places, ask.path, may_be_new=True)
        text = await self._workspace.read(path)
        if text is not None:
            return failure(
                f"{path} is there already, {text.count(chr(10))} lines. Change it with edit; "
                "an edit with an empty search adds at its end."
            )
        if len(ask.text) > SIZE_LIMIT or not ask.text.strip():
            return failure(f"create writes text files of 1 to {SIZE_LIMIT:,} characters.")
        bodies = await self._permitted(path)
        if bodies is None:
            return self._refused(path)
        whole = ask.text if ask.text.endswith("\n") else ask.text + "\n"
        await self._write(path, whole)
        return ToolResult(
            f"Created {path}, {whole.count(chr(10))} lines.{unreadable(path, whole)}", bodies=bodies
        )

    async def _permitted(self, path: str) -> tuple[Body, ...] | None:
        """What is recorded with a change of that file, None where it may not be changed."""
        if path in self._allowed:
            return ()
        bodies = await self._moves(path) if self._moves is not None else None
        if bodies is not None:
            self._allowed = (path,)
        return bodies

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


def appended(text: str, more: str) -> str:
    """The text with more at its end, on lines of its own. EditError for nothing."""
    if not more.strip():
        raise EditError("The edit changes nothing", "search and replace are both empty.", "Give what to add.")
    end = "\r\n" if "\r\n" in text else "\n"
    start = text if not text or text.endswith("\n") else text + end
    return start + more.replace("\r\n", "\n").rstrip("\n").replace("\n", end) + end


def unreadable(path: str, text: str) -> str:
    """Where Python could not read the file, said at once and not only by the next run of tests; "" where it can."""
    if not path.endswith(".py"):
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError) as fault:
        line = getattr(fault, "lineno", 0) or 0
        return f"\nIt does not parse: {getattr(fault, 'msg', fault)}, line {line}."
    except (RecursionError, MemoryError):
        return ""
    return ""


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
