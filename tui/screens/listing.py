"""An overlay of lines that scroll under a title."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult

from rootcase.tui.keys import key_name
from rootcase.tui.render.line import Line
from rootcase.tui.screens.overlay import WIDTH, Overlay
from rootcase.tui.widgets.bar import Bar
from rootcase.tui.widgets.line_pane import LinePane


class Listing(Overlay):
    """A child says the title and the lines. spare: rows of the screen that stay free around it."""

    DEFAULT_CSS = "Listing #listing { margin: 0 1; }"
    spare = 6

    def title_line(self) -> Line:
        raise NotImplementedError

    def lines(self, width: int) -> tuple[Line, ...]:
        """What it shows, in that many cells."""
        raise NotImplementedError

    def answer(self, key: str) -> bool:
        """Whether the key, which moves nothing, was an answer."""
        return False

    def filled(self) -> None:
        """Show what has been put into it, where it is open or kept."""
        if self.is_mounted:
            self._fill()
            self.fit()

    def box(self) -> ComposeResult:
        yield Bar("listing-title", ("bar", "panel"))
        yield LinePane("listing", surface="panel", cursor=False, active=True)

    def box_height(self, screen_height: int) -> int:
        return min(screen_height - self.spare, len(self._lines()) + 4)

    def on_mount(self) -> None:
        self.query_one("#listing-title", Bar).show([self.title_line(), Line()])
        self._fill()
        self.fit()

    def on_resize(self, event: events.Resize) -> None:
        self._fill()
        super().on_resize(event)

    def _lines(self) -> tuple[Line, ...]:
        return self.lines(min(WIDTH, self.app.size.width - 4) - 4)

    def _fill(self) -> None:
        self.query_one("#listing", LinePane).show(self._lines())

    def on_key(self, event: events.Key) -> None:
        event.prevent_default()
        key = key_name(event)
        if not self.query_one("#listing", LinePane).move(key) and not self.answer(key):
            super().on_key(event)
        event.stop()
