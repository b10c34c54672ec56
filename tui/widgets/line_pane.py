"""The list and text pane: draws only the rows in view, and repaints only the rows that changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from rootcase.tui.keys import key_name
from rootcase.tui.render.line import Line
from rootcase.tui.render.title import Title, title_line
from rootcase.tui.widgets import place as places
from rootcase.tui.widgets.look import look_of
from rootcase.tui.widgets.paint import Picked, paint
from rootcase.tui.widgets.place import Place
from rootcase.tui.widgets.source import Lines, LineSource

WHEEL_ROWS = 3


class Painted(NamedTuple):
    """A row as it stands on the screen."""

    line: Line
    picked: Picked
    strip: Strip


class LinePane(Widget, can_focus=True):
    """Lines with a cursor that stands on an id: all rows that carry it are its block.

    title: a row of its own above the lines. surface: background token. tail: the view stays at the end
    while it is there. cursor: False for a pane that only scrolls, as one whose lines have no ids does.
    active: the cursor looks focused even while a text field has the keys.
    """

    DEFAULT_CSS = "LinePane { height: 1fr; width: 1fr; }"
    ALLOW_SELECT = False

    class Moved(Message):
        """The cursor stands on another id. by_user: a key or click did it, not new content."""

        def __init__(self, pane: LinePane, id: str, by_user: bool) -> None:
            super().__init__()
            self.pane = pane
            self.line_id = id
            self.by_user = by_user

        @property
        def control(self) -> LinePane:
            return self.pane

    class Resized(Message):
        """The pane has another width or height; its lines may want drawing anew."""

        def __init__(self, pane: LinePane) -> None:
            super().__init__()
            self.pane = pane

    class Chosen(Message):
        """Enter, or a click on the row under the cursor."""

        def __init__(self, pane: LinePane, id: str, *, by_click: bool = False) -> None:
            super().__init__()
            self.pane = pane
            self.line_id = id
            self.by_click = by_click

        @property
        def control(self) -> LinePane:
            return self.pane

    def __init__(
        self, id: str, *, title: Title | None = None, surface: str = "bg", tail: bool = False,
        cursor: bool = True, active: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(id=id)
        self.surface = surface
        self.tail = tail
        self.cursor = cursor
        self.active = active
        self._title = title
        self._source: LineSource = Lines()
        self._place = Place()
        self._cursor_id = ""
        self._painted: dict[int, Painted] = {}

    # -- content

    def show(self, lines: Sequence[Line] | LineSource) -> None:
        """Show other lines; the cursor stays with its id and, as far as it can, on its row of the screen."""
        at_end = self.tail and self.at_end
        self._source = Lines(lines) if isinstance(lines, Sequence) else lines
        place = (
            places.kept(self._source, self._place, self._cursor_id, self.rows) if self.cursor else self._place
        )
        if at_end:
            place = Place(self._source.line_count(), place.row, place.end)
        old_top = self._place.top
        if not self.rows:
            # behind a tab nothing can be brought into view; what was at the top stays there
            place = Place(old_top, place.row, place.end)
        self._place = places.clamp(self._source, place, self.rows)
        self._repaint_changed(old_top)
        self._note_id(by_user=False)

    def empty(self) -> None:
        """As it was at first: no lines, and nothing remembered of where the cursor stood."""
        self._source, self._place, self._cursor_id = Lines(), Place(), ""
        self.repaint()

    def _repaint_changed(self, old_top: int) -> None:
        """Paint anew the rows of the screen that differ from what stands there."""
        before, self._painted = self._painted, {}
        top = self._place.top
        for y in range(self.rows):
            old = before.get(old_top + y)
            line, picked = self._line(top + y), self._picked(top + y)
            if old is not None and old.line == line and old.picked == picked:
                self._painted[top + y] = old
            else:
                self.refresh(Region(0, y + self._title_rows, self.size.width, 1))

    def set_title(self, title: Title | None) -> None:
        """Another title row; adding or removing it shifts the content by one row."""
        if title == self._title:
            return
        shifted = (title is None) != (self._title is None)
        self._title = title
        self.refresh() if shifted else self.refresh(Region(0, 0, self.size.width, 1))

    def touch(self, id: str) -> None:
        """The rows of that id look different now; only they are painted anew."""
        row = self._source.index_of(id)
        if row < 0:
            return
        first, end = places.block(self._source, row)
        self._repaint(range(first, end))

    def repaint(self) -> None:
        """Everything that shows looks different now."""
        self._painted.clear()
        self.refresh()

    # -- cursor

    @property
    def cursor_id(self) -> str:
        """The id the cursor stands on, "" where nothing can hold it."""
        return self._cursor_id

    @property
    def rows(self) -> int:
        """Rows of content that fit."""
        return max(0, self.size.height - self._title_rows)

    @property
    def top(self) -> int:
        """Number of the first line that shows."""
        return self._place.top

    @property
    def at_end(self) -> bool:
        return self._place.top + self.rows >= self._source.line_count()

    @property
    def below(self) -> int:
        """How many lines are below the view."""
        return max(0, self._source.line_count() - self._place.top - self.rows)

    def select(self, id: str) -> bool:
        """Put the cursor on an id; says whether it is there."""
        row = self._source.index_of(id)
        if row < 0:
            return False
        self._go(places.put(self._source, self._place, row, self.rows), by_user=False)
        return True

    def reveal(self, row: int, *, always: bool = False) -> None:
        """Bring a line into view, about a third from the top, without moving the cursor.

        always: also where it is in view already, so that it stands at the same height.
        """
        if always or not self._place.top <= row < self._place.top + self.rows:
            top = Place(row - self.rows // 3, self._place.row, self._place.end)
            self._go(places.clamp(self._source, top, self.rows), by_user=False)

    # -- keys and mouse

    def move(self, key: str) -> bool:
        """Move by a key; says whether it is one that moves. A held key's repeats end up in one paint."""
        source, place, rows = self._source, self._place, self.rows
        match key:
            case "j" | "down":
                new = places.step(source, place, 1, rows)
            case "k" | "up":
                new = places.step(source, place, -1, rows)
            case "g" | "home" | "G" | "end":
                new = places.ends(source, place, rows, last=key in ("G", "end"))
            case "ctrl+d" | "ctrl+u":
                new = places.page(source, place, rows // 2 * (1 if key == "ctrl+d" else -1), rows)
            case "pagedown" | "pageup":
                new = places.page(source, place, max(1, rows - 1) * (1 if key == "pagedown" else -1), rows)
            case _:
                return False
        self._go(new, by_user=True)
        return True

    def on_key(self, event: events.Key) -> None:
        if self.move(key_name(event)):
            event.stop()
        elif event.key == "enter" and self._cursor_id and self.cursor:
            event.stop()
            self.post_message(self.Chosen(self, self._cursor_id))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -WHEEL_ROWS)

    def _wheel(self, event: events.MouseEvent, by: int) -> None:
        event.stop()
        moved = Place(self._place.top + by, self._place.row, self._place.end)
        self._go(places.clamp(self._source, moved, self.rows), by_user=True)

    def on_click(self, event: events.Click) -> None:
        row = event.y - self._title_rows + self._place.top
        if not self.cursor or event.y < self._title_rows or row >= self._source.line_count():
            return
        event.stop()
        id = self._source.id_at(row)
        if not id:
            return
        if id == self._cursor_id:
            self.post_message(self.Chosen(self, id, by_click=True))
        else:
            self._go(places.put(self._source, self._place, row, self.rows), by_user=True)

    # -- painting

    def render_line(self, y: int) -> Strip:
        theme, width = look_of(self), self.size.width
        if self._title is not None and y == 0:
            return paint(title_line(self._title, self.has_focus), width, theme, surface="panel")
        row = y - self._title_rows + self._place.top
        painted = self._painted.get(row)
        if painted is None:
            line, picked = self._line(row), self._picked(row)
            strip = paint(line, width, theme, surface=self.surface, picked=picked)
            painted = self._painted[row] = Painted(line, picked, strip)
        return painted.strip

    def _line(self, row: int) -> Line:
        return self._source.line_at(row) if 0 <= row < self._source.line_count() else Line()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width

    def on_resize(self) -> None:
        self.post_message(self.Resized(self))
        if not self.rows:
            # hidden behind a tab: its place is kept for when it shows again
            return
        self._painted.clear()
        place = self._place
        if place.row >= 0:
            place = places.put(self._source, place, place.row, self.rows)
        self._place = places.clamp(self._source, place, self.rows)

    def on_focus(self, event: events.Focus) -> None:
        """Textual's own way would paint the whole pane anew."""
        event.prevent_default()
        self.has_focus = True
        if self.parent is not None:
            self.parent.post_message(events.DescendantFocus(self))
        self._refocused()

    def on_blur(self, event: events.Blur) -> None:
        event.prevent_default()
        self.has_focus = False
        if self.parent is not None:
            self.parent.post_message(events.DescendantBlur(self))
        self._refocused()

    def _refocused(self) -> None:
        if self._title is not None:
            self.refresh(Region(0, 0, self.size.width, 1))
        self._repaint(range(self._place.row, self._place.end))

    def _picked(self, row: int) -> Picked:
        if not self.cursor or not self._place.row <= row < self._place.end:
            return ""
        return "select" if self.has_focus or self.active else "select-idle"

    @property
    def _title_rows(self) -> int:
        return 0 if self._title is None else 1

    def _go(self, new: Place, *, by_user: bool) -> None:
        """Take a new place with the least repainting: two blocks when the view stays, else the pane."""
        old, self._place = self._place, new
        if new.top != old.top:
            self._painted.clear()
            self.refresh()
        elif new.row != old.row:
            self._repaint(range(old.row, old.end))
            self._repaint(range(new.row, new.end))
        self._note_id(by_user=by_user)

    def _note_id(self, *, by_user: bool) -> None:
        row = self._place.row
        id = self._source.id_at(row) if 0 <= row < self._source.line_count() else ""
        if id != self._cursor_id:
            self._cursor_id = id
            self.post_message(self.Moved(self, id, by_user))

    def _repaint(self, rows: range) -> None:
        for row in rows:
            self._painted.pop(row, None)
            y = row - self._place.top + self._title_rows
            if self._title_rows <= y < self.size.height:
                self.refresh(Region(0, y, self.size.width, 1))
