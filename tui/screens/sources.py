"""`S` in the Inbox: every source with its state, its trouble and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult

from rootcase.core.journal.store import SourceState
from rootcase.tui.keys import key_name
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.sources import source_lines
from rootcase.tui.screens.overlay import WIDTH, Overlay
from rootcase.tui.widgets.bar import Bar
from rootcase.tui.widgets.line_pane import LinePane


class SourcesScreen(Overlay):
    """Shows the sources as they were when it was opened."""

    DEFAULT_CSS = """
    SourcesScreen #sources { margin: 0 1; }
    """
    keys = (("j k", "scroll"), ("esc", "close"))

    def __init__(self) -> None:
        super().__init__()
        self.sources: Sequence[SourceState] = ()
        self.now_us = 0

    def look_at(self, sources: Sequence[SourceState], now_us: int) -> None:
        """Show these, as they are at that moment."""
        self.sources, self.now_us = sources, now_us
        if self.is_mounted:
            self._fill()
            self.fit()

    def box(self) -> ComposeResult:
        yield Bar("sources-title", ("bar", "panel"))
        yield LinePane("sources", surface="panel", cursor=False, active=True)

    def box_height(self, screen_height: int) -> int:
        return min(screen_height - 6, len(self._lines()) + 4)

    def on_mount(self) -> None:
        head = Line(
            (Seg("Sources", "strong bold"), Seg("  those in trouble first", "muted")),
            (Seg("esc", "accent bold"), Seg(" close", "muted")),
        )
        self.query_one("#sources-title", Bar).show([head, Line()])
        self._fill()
        self.fit()

    def on_resize(self, event: events.Resize) -> None:
        self._fill()
        super().on_resize(event)

    def _lines(self) -> tuple[Line, ...]:
        return source_lines(self.sources, self.now_us, min(WIDTH, self.app.size.width - 4) - 4)

    def _fill(self) -> None:
        self.query_one("#sources", LinePane).show(self._lines())

    def on_key(self, event: events.Key) -> None:
        event.prevent_default()
        if not self.query_one("#sources", LinePane).move(key_name(event)):
            super().on_key(event)
        event.stop()
