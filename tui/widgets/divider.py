"""The thin rule between two panes."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from rootcase.tui.widgets.look import look_of


class Divider(Widget):
    """One column of `│`. surface: background token."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Divider { width: 1; height: 1fr; }"

    def __init__(self, id: str | None = None, *, surface: str = "bg") -> None:
        super().__init__(id=id)
        self._surface = surface

    def render_line(self, y: int) -> Strip:
        look = look_of(self)
        return Strip([Segment("│", look.style("rule", self._surface))], 1)
