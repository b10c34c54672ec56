"""The Inbox's cases: keys and search strings of all of them in memory, whole rows only of those in view."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rootcase.core.journal.inbox import (
    inbox_count,
    inbox_group,
    inbox_index,
    read_inbox_keys,
    read_inbox_rows,
)
from rootcase.core.journal.store import InboxRow

GROUPS = ("needs_you", "running", "waiting", "quiet")
RUNNING = 1
SORTS = ("priority", "seen", "events", "users", "error")
CACHED_ROWS = 400
FIRST_ROWS = 60
SLICE = 2000


@dataclass(slots=True)
class Index:
    """All cases in one order: their keys, their group's number and what filtering looks in."""

    keys: list[str] = field(default_factory=list)
    groups: array[int] = field(default_factory=lambda: array("B"))
    searches: list[str] = field(default_factory=list)


class InboxReader:
    """Reads rows straight from the store's file: the list is there before the store is open.

    path: the store's file; where there is none, the list is empty.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rows: dict[str, InboxRow] = {}

    def first(self) -> Index:
        """The most urgent cases only: what the first paint needs."""
        rows = read_inbox_rows(self.path, FIRST_ROWS)
        self._rows = {row.key: row for row in rows}
        groups = array("B", (GROUPS.index(row.group) for row in rows))
        return Index([row.key for row in rows], groups, [row.search for row in rows])

    async def index(self, sort: str = "priority") -> Index:
        """All cases in an order, read in slices so that keys are answered meanwhile. StoreError."""
        index = Index()
        for number, (key, rank, search) in enumerate(inbox_index(self.path, sort), 1):
            index.keys.append(key)
            index.groups.append(min(rank // 100, len(GROUPS) - 1))
            index.searches.append(search)
            if number % SLICE == 0:
                await asyncio.sleep(0)
        return index

    def rows(self, keys: Iterable[str]) -> dict[str, InboxRow]:
        """Whole rows; those that were read before come from memory until `forget`."""
        wanted = list(keys)
        missing = [key for key in wanted if key not in self._rows]
        if missing:
            self._remember(missing)
        return {key: self._rows[key] for key in wanted if key in self._rows}

    def row(self, key: str, near: Sequence[str] = ()) -> InboxRow | None:
        """One row; `near` are keys that will be asked for next and are read with it."""
        if key not in self._rows:
            self._remember([key, *(k for k in near if k != key and k not in self._rows)])
        return self._rows.get(key)

    def forget(self) -> dict[str, InboxRow]:
        """Drop what was read; returns it, so that a caller can see what has changed."""
        old, self._rows = self._rows, {}
        return old

    def count(self) -> int:
        """How many cases there are now."""
        return inbox_count(self.path)

    def running(self) -> tuple[InboxRow, ...]:
        """The rows of cases with a run, as the store says."""
        return inbox_group(self.path, RUNNING)

    def _remember(self, keys: list[str]) -> None:
        if len(self._rows) + len(keys) > CACHED_ROWS:
            self._rows = {}
        self._rows.update((row.key, row) for row in read_inbox_keys(self.path, keys))
