"""What lies over a screen, which is dimmed: a box of at most 64 cells, with a footer of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, cast

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.strip import Strip

from rootcase.tui.ending import comes_too_late
from rootcase.tui.render.footer import keys_line
from rootcase.tui.render.line import Line
from rootcase.tui.widgets.bar import Bar

if TYPE_CHECKING:
    from rootcase.tui.app import RootcaseApp

WIDTH = 64


class Overlay(ModalScreen[str]):
    """Ends with a word: what was chosen, "" for nothing. keys: (key, words) for the footer."""

    DEFAULT_CSS = """
    Overlay { background: transparent; align: center middle; overflow: hidden hidden; }
    Overlay #box { width: 64; }
    Overlay #overlay-footer { dock: bottom; }
    """
    AUTO_FOCUS = None
    keys: tuple[tuple[str, str], ...] = (("esc", "close"),)

    def __init__(self) -> None:
        super().__init__()
        self._beneath: list[Strip] = []
        self._made = False

    def show(self) -> None:
        """Everything in it is there: it may be painted."""
        self._made = True
        self.refresh()

    def _compositor_refresh(self) -> None:
        """Textual paints a screen after each step of its making, three times in all; this one once."""
        if self._made:
            super()._compositor_refresh()

    def refresh(self, *regions: Region, **options: bool) -> Self:
        self._beneath = []
        return super().refresh(*regions, **options)

    def render_line(self, y: int) -> Strip:
        """The screen beneath, row by row, in one faint colour.

        Textual's own way through Rich takes 15 ms a frame; to let the widgets beneath draw themselves anew takes
        another 10, and the styles they keep would be most of the bytes.
        """
        if not self._beneath:
            below = self.app.screen_stack[-2] if len(self.app.screen_stack) > 1 else self
            style = cast("RootcaseApp", self.app).look.dim
            strips = below._compositor.render_strips() if below is not self else []
            self._beneath = [Strip([Segment(strip.text, style)], strip.cell_length) for strip in strips]
        return self._beneath[y] if y < len(self._beneath) else Strip.blank(self.size.width)

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield from self.box()
        yield Bar("overlay-footer", ("bar",))

    def box(self) -> ComposeResult:
        """The widgets in the box."""
        raise NotImplementedError

    def box_height(self, screen_height: int) -> int:
        """Rows of the box."""
        return screen_height - 8

    async def on_event(self, event: events.Event) -> None:
        """Screens are made ahead: one that an ending application left without widgets has nothing to lay out."""
        if not comes_too_late(self.app, event):
            await super().on_event(event)

    def on_mount(self) -> None:
        self.fit()

    def on_resize(self, event: events.Resize) -> None:
        self.fit()
        cast("RootcaseApp", self.app).resized()

    def fit(self) -> None:
        """Size and footer for what is in it now."""
        size = self.app.size
        box = self.query_one("#box")
        look = cast("RootcaseApp", self.app).look
        if look.depth == "full":
            box.styles.background = look.colours["panel"]
        box.styles.width = min(WIDTH, size.width - 4)
        box.styles.height = max(3, min(self.box_height(size.height), size.height - 3))
        self.query_one("#overlay-footer", Bar).show([self.footer_line()])

    def footer_line(self) -> Line:
        return keys_line(self.keys)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        if event.key == "escape":
            self.dismiss("")
