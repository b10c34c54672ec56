"""What the Inbox shows: order, view, filter and marks over the index; no widget in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rootcase.core.journal.store import InboxRow
from rootcase.tui.inbox_filter import extends, narrow, suggestion, tokens
from rootcase.tui.inbox_reader import FIRST_ROWS, GROUPS, SORTS, InboxReader, Index

# A view is a filter with a name; the words are those of the search string.
VIEWS: tuple[tuple[str, str], ...] = (
    ("On call", ""), ("Needs you", "is:needs_you"), ("Running", "is:running"), ("Waiting", "is:waiting"),
    ("Quiet", "is:quiet"),
)  # fmt: skip


@dataclass(slots=True)
class InboxState:
    """shown: positions in the index that view and filter leave. new, moved: cases since the list was put in
    order. marked: keys chosen for a merge. complete: all cases are in the index, not only those of the first paint."""

    reader: InboxReader
    index: Index = field(default_factory=Index)
    sort: str = SORTS[0]
    view: int = 0
    text: str = ""
    shown: Sequence[int] = ()
    complete: bool = False
    new: int = 0
    moved: int = 0
    marked: dict[str, None] = field(default_factory=dict)
    # what showed after each word that was typed, the widest first
    _trail: list[tuple[tuple[str, ...], Sequence[int]]] = field(default_factory=list)

    def load_first(self) -> None:
        """Enough for the first paint; `load` follows."""
        self.index = self.reader.first()
        self.complete = len(self.index.keys) < FIRST_ROWS
        self.shown = range(len(self.index.keys))

    async def load(self) -> None:
        """Read the index anew and put it in order; what waited is in it."""
        index = await self.reader.index(self.sort)
        self.index, self.complete = index, True
        self.reader.forget()
        self.new = self.moved = 0
        self._trail = []
        self._narrow()

    def set_text(self, text: str) -> bool:
        """Another filter; says whether it asks for something else than the one before."""
        self.text = text
        return self._narrow()

    async def next_sort(self) -> None:
        self.sort = SORTS[(SORTS.index(self.sort) + 1) % len(SORTS)]
        await self.load()

    def next_view(self) -> None:
        self.view = (self.view + 1) % len(VIEWS)
        self._narrow()

    @property
    def view_name(self) -> str:
        return VIEWS[self.view][0]

    @property
    def total(self) -> int:
        return len(self.index.keys)

    @property
    def waiting(self) -> str:
        """What R would show, in words."""
        if self.new:
            return f"{self.new} new, R shows {'it' if self.new == 1 else 'them'}"
        return f"{self.moved} moved, R regroups" if self.moved else ""

    def mark(self, key: str) -> bool:
        """Mark a case, or take the mark back; says whether it is marked now."""
        if key in self.marked:
            del self.marked[key]
            return False
        self.marked[key] = None
        return True

    def meant(self) -> tuple[str, int] | None:
        """The filter that was probably meant where nothing matches."""
        return suggestion(self.index.searches, self.text) if self.text.strip() else None

    def catch_up(self) -> set[str]:
        """Rows may have changed: read those at hand anew; returns the keys that look different.

        Order and groups stay as they are, so that no row moves under a finger.
        """
        old = self.reader.forget()
        fresh = self.reader.rows(old)
        self.new = max(0, self.reader.count() - self.total)
        self.moved = sum(1 for key, row in fresh.items() if self._group(key) != row.group)
        return {key for key, row in fresh.items() if row != old.get(key)}

    def _group(self, key: str) -> str:
        try:
            return GROUPS[self.index.groups[self.index.keys.index(key)]]
        except ValueError:
            return ""

    def row(self, key: str) -> InboxRow | None:
        return self.reader.row(key) if key else None

    def _narrow(self) -> bool:
        """Look only at what shows where the words have grown; what a word taken back had hidden is still known."""
        wanted = tokens(f"{VIEWS[self.view][1]} {self.text}")
        if not self._trail:
            self._trail = [((), range(self.total))]
        before = self._trail[-1][0]
        while not extends(wanted, self._trail[-1][0]):
            self._trail.pop()
        known, within = self._trail[-1]
        if wanted != known:
            new = [word for word in wanted if word not in known]
            self._trail.append((wanted, narrow(self.index.searches, new, within)))
        self.shown = self._trail[-1][1]
        return wanted != before
