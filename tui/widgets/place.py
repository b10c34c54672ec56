"""Where the cursor is in a list and which rows show: pure arithmetic, without a widget."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rootcase.tui.widgets.source import LineSource


@dataclass(frozen=True, slots=True)
class Place:
    """top: the first row that shows. row: the first row of the cursor's block, -1 where nothing can hold it.

    end: the row after the block's last.
    """

    top: int = 0
    row: int = -1
    end: int = 0


def block(source: LineSource, row: int) -> tuple[int, int]:
    """The rows around `row` that carry its id, as [first, after last)."""
    name = source.id_at(row)
    first, end, count = row, row + 1, source.line_count()
    while first > 0 and source.id_at(first - 1) == name:
        first -= 1
    while end < count and source.id_at(end) == name:
        end += 1
    return first, end


def seek(source: LineSource, row: int, step: int) -> int:
    """The nearest row from `row` on in the direction of `step` that can hold the cursor, -1 for none."""
    count = source.line_count()
    while 0 <= row < count:
        if source.id_at(row):
            return row
        row += step
    return -1


def put(source: LineSource, place: Place, row: int, height: int, *, jump: bool = False) -> Place:
    """The cursor on the block of `row`, which is brought into view.

    jump: when it is outside, the view goes on by half its height and not by a row, so that holding
    an arrow repaints the pane seldom.
    """
    if row < 0:
        return clamp(source, replace(place, row=-1, end=0), height)
    first, end = block(source, row)
    if height <= 0:
        return Place(place.top, first, end)
    top = place.top
    if first < top:
        top = min(_with_heading(source, first), first - _ahead(height) if jump else first)
    elif end > top + height:
        top = min(first, end - height + (_ahead(height) if jump else 0))
    return clamp(source, Place(top, first, end), height)


def _ahead(height: int) -> int:
    return max(0, height // 2 - 1)


def _with_heading(source: LineSource, first: int) -> int:
    """The rows without an id right above are the heading of what follows; they come into view with it."""
    while first > 0 and not source.id_at(first - 1):
        first -= 1
    return first


def step(source: LineSource, place: Place, by: int, height: int) -> Place:
    """The cursor one block on (by=1) or back (by=-1); inside a block taller than the view it scrolls first."""
    if place.row < 0:
        return clamp(source, replace(place, top=place.top + by), height)
    if by > 0 and place.end > place.top + height and place.end - place.row > height:
        return clamp(source, replace(place, top=place.top + 1), height)
    if by < 0 and place.row < place.top and place.end - place.row > height:
        return clamp(source, replace(place, top=place.top - 1), height)
    found = seek(source, place.end if by > 0 else place.row - 1, by)
    if found < 0:
        # Nothing further to select: show the rest of the lines all the same.
        return clamp(source, replace(place, top=place.top + by), height)
    return put(source, place, found, height, jump=True)


def page(source: LineSource, place: Place, by: int, height: int) -> Place:
    """The view and the cursor on by `by` rows."""
    moved = clamp(source, replace(place, top=place.top + by), height)
    if place.row < 0:
        return moved
    count = source.line_count()
    wanted = min(max(place.row + by, 0), count - 1)
    found = seek(source, wanted, 1 if by > 0 else -1)
    if found < 0:
        found = seek(source, wanted, -1 if by > 0 else 1)
    return put(source, moved, found, height)


def ends(source: LineSource, place: Place, height: int, *, last: bool) -> Place:
    """The cursor on the first or last block, and the view at that end."""
    count = source.line_count()
    if last:
        found = seek(source, count - 1, -1)
        return put(source, clamp(source, replace(place, top=count), height), found, height)
    return put(source, replace(place, top=0), seek(source, 0, 1), height)


def clamp(source: LineSource, place: Place, height: int) -> Place:
    """The view inside the lines."""
    top = max(0, min(place.top, source.line_count() - height))
    return place if top == place.top else replace(place, top=top)


def kept(source: LineSource, place: Place, id: str, height: int) -> Place:
    """The place in lines that have changed: the cursor stays with its id, and on its row of the screen."""
    row = source.index_of(id) if id else -1
    if row < 0:
        wanted = min(max(place.row, 0), source.line_count() - 1)
        row = seek(source, wanted, 1)
        if row < 0:
            row = seek(source, wanted, -1)
        return put(source, place, row, height)
    shifted = replace(place, top=place.top + row - place.row) if place.row >= 0 else place
    return put(source, clamp(source, shifted, height), row, height)
