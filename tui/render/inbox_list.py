"""The Inbox's rows as a source of lines: headings of who must act, then the cases, made when looked at."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from rootcase.core.journal.store import InboxRow
from rootcase.tui.inbox_reader import GROUPS, InboxReader, Index
from rootcase.tui.render.inbox_row import row_line
from rootcase.tui.render.line import Line, Seg

NAMES = {"needs_you": "Needs you", "running": "Running", "waiting": "Waiting on others", "quiet": "Quiet"}
READ_AHEAD = 40


@dataclass(frozen=True, slots=True)
class Group:
    """start: line of the heading; first: place in `shown` of its first case."""

    name: str
    start: int
    first: int
    count: int


class InboxList:
    """Lines over an index. shown: positions in the index, in order. roomy: a blank row between groups."""

    def __init__(
        self, reader: InboxReader, index: Index, shown: Sequence[int], *, width: int, roomy: bool,
        clock: Callable[[], int], stale: Callable[[InboxRow], bool] | None = None,
        marked: Collection[str] = (),
    ) -> None:  # fmt: skip
        self._reader = reader
        self._index = index
        self._shown = shown
        self._width = width
        self._clock = clock
        self._stale = stale
        self._marked = marked
        self._groups = _groups(index, shown, roomy)
        last = self._groups[-1] if self._groups else None
        self._count = last.start + 1 + last.count if last else 0

    def line_count(self) -> int:
        return self._count

    def id_at(self, index: int) -> str:
        at = self._case_at(index)
        return self._index.keys[self._shown[at]] if at >= 0 else ""

    def line_at(self, index: int) -> Line:
        group = self._group_of(index)
        if group is None or index < group.start:
            return Line()
        if index == group.start:
            return group_heading(group, self._width)
        at = group.first + index - group.start - 1
        key = self._index.keys[self._shown[at]]
        near = [self._index.keys[i] for i in self._shown[at : at + READ_AHEAD]]
        row = self._reader.row(key, near)
        if row is None:
            return Line((Seg(key, "faint"), Seg("  is gone", "faint")), id=key)
        stale = self._stale(row) if self._stale else False
        line = row_line(row, self._width, self._clock(), stale=stale)
        return replace(line, mark="warn") if key in self._marked else line

    def index_of(self, id: str) -> int:
        try:
            position = self._index.keys.index(id)
        except ValueError:
            return -1
        at = position if isinstance(self._shown, range) else bisect_left(self._shown, position)
        if at >= len(self._shown) or self._shown[at] != position:
            return -1
        group = next((g for g in self._groups if g.first <= at < g.first + g.count), None)
        return group.start + 1 + at - group.first if group else -1

    def _case_at(self, index: int) -> int:
        group = self._group_of(index)
        return group.first + index - group.start - 1 if group and index > group.start else -1

    def _group_of(self, index: int) -> Group | None:
        return next((g for g in self._groups if index <= g.start + g.count), None)


def _groups(index: Index, shown: Sequence[int], roomy: bool) -> tuple[Group, ...]:
    """Where each group starts; the index is ordered by group."""
    out: list[Group] = []
    line = first = 0
    for number, name in enumerate(GROUPS):
        end = bisect_left(shown, number + 1, lo=first, key=lambda at: index.groups[at])
        if end > first:
            out.append(Group(name, line, first, end - first))
            line += 1 + end - first + (1 if roomy else 0)
        first = end
    return tuple(out)


def group_heading(group: Group, width: int) -> Line:
    """`Needs you 4 ─────`."""
    name, count = NAMES[group.name], f" {group.count:,} "
    rule = "─" * max(0, width - len(name) - len(count))
    return Line((Seg(name, "fg bold"), Seg(count, "muted"), Seg(rule, "rule")))
