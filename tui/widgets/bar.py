"""Header and footer: fixed rows without a cursor; only rows that changed are drawn anew."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from rootcase.tui.render.line import Line
from rootcase.tui.widgets.look import look_of
from rootcase.tui.widgets.paint import paint


class Bar(Widget):
    """Rows of lines, each on its own surface. surfaces: one token per row."""

    ALLOW_SELECT = False

    def __init__(self, id: str, surfaces: Sequence[str]) -> None:
        super().__init__(id=id)
        self._surfaces = tuple(surfaces)
        self._lines: tuple[Line, ...] = tuple(Line() for _ in surfaces)
        self.styles.height = len(self._surfaces)

    def show(self, lines: Sequence[Line]) -> None:
        """Other lines, as many as there are rows."""
        old, self._lines = self._lines, tuple(lines)
        for y, line in enumerate(self._lines):
            if y >= len(old) or line != old[y]:
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        line = self._lines[y] if y < len(self._lines) else Line()
        surface = self._surfaces[min(y, len(self._surfaces) - 1)]
        return paint(line, self.size.width, look_of(self), surface=surface)
