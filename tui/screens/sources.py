"""`S` in the Inbox: every source with its state, its trouble and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.journal.store import SourceState
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.sources import source_lines
from rootcase.tui.screens.listing import Listing


class SourcesScreen(Listing):
    """Shows the sources as they were when it was opened."""

    keys = (("j k", "scroll"), ("esc", "close"))

    def __init__(self) -> None:
        super().__init__()
        self.sources: Sequence[SourceState] = ()
        self.now_us = 0

    def look_at(self, sources: Sequence[SourceState], now_us: int) -> None:
        """Show these, as they are at that moment."""
        self.sources, self.now_us = sources, now_us
        self.filled()

    def title_line(self) -> Line:
        return Line(
            (Seg("Sources", "strong bold"), Seg("  those in trouble first", "muted")),
            (Seg("esc", "accent bold"), Seg(" close", "muted")),
        )

    def lines(self, width: int) -> tuple[Line, ...]:
        return source_lines(self.sources, self.now_us, width)
