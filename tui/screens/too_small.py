"""Below 80×20 there is only this; its one key is Q."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from rootcase.tui.leaving import leave_now
from rootcase.tui.render.layout import cells
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.widgets.line_pane import LinePane

if TYPE_CHECKING:
    from rootcase.tui.app import RootcaseApp

MIN_WIDTH, MIN_HEIGHT = 80, 20


def is_too_small(width: int, height: int) -> bool:
    return width < MIN_WIDTH or height < MIN_HEIGHT


class TooSmall(Screen[None]):
    """Says what is missing; all else keeps its place beneath."""

    DEFAULT_CSS = "TooSmall { background: transparent; }"

    def compose(self) -> ComposeResult:
        yield LinePane("small", surface="panel", cursor=False)

    def on_mount(self) -> None:
        self._show()

    def on_resize(self) -> None:
        self._show()
        cast("RootcaseApp", self.app).resized()

    def _show(self) -> None:
        size = self.app.size
        self.query_one("#small", LinePane).show(small_lines(size.width, size.height))

    async def on_key(self, event: events.Key) -> None:
        event.stop()
        if event.character == "Q":
            await leave_now(cast("RootcaseApp", self.app))


def small_lines(width: int, height: int) -> tuple[Line, ...]:
    """The message in the middle of whatever there is."""
    texts: tuple[tuple[Seg, ...], ...] = (
        (Seg(f"This window is {width}×{height}.", "strong bold"),),
        (Seg(f"Rootcase needs {MIN_WIDTH}×{MIN_HEIGHT}."),),
        (),
        (Seg("Make it larger, or the font smaller.", "muted"),),
        (
            Seg("Your place is kept. Keys do nothing here but ", "muted"),
            Seg("Q", "accent bold"),
            Seg(".", "muted"),
        ),
    )
    above = max(0, (height - len(texts)) // 2)
    return (*(Line() for _ in range(above)), *(_centred(text, width) for text in texts))


def _centred(text: tuple[Seg, ...], width: int) -> Line:
    left = max(0, (width - 2 - cells(text)) // 2)
    return Line((Seg(" " * left), *text))
