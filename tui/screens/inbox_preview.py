"""Fills the preview: waits until the cursor rests, reads the case, keeps the old one until then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.timer import Timer
from textual.widget import Widget

from rootcase.core.model.errors import RootcaseError
from rootcase.tui.render.fault import card, fault_of
from rootcase.tui.render.layout import blank
from rootcase.tui.render.line import Line
from rootcase.tui.widgets.bar import Bar
from rootcase.tui.widgets.divider import Divider
from rootcase.tui.widgets.line_pane import LinePane

# What draws a case needs the classes of all entries, 40 ms of import: the functions below fetch it once
# the list is on the screen.
if TYPE_CHECKING:
    from rootcase.core.model.case import Case
    from rootcase.tui.render.inbox_preview import Preview
    from rootcase.tui.screens.inbox import InboxScreen

# The cursor has to rest this long; together with reading and painting it stays under 150 ms.
REST_S = 0.09
ROOMY_ROWS = 18


class PreviewPanes:
    """The preview's panes of one Inbox."""

    def __init__(self, screen: InboxScreen) -> None:
        self._screen = screen
        self._timer: Timer | None = None
        self._wanted = ""
        self._shown: Preview | None = None
        self._made = False

    async def make(self) -> None:
        """Put the panes into their row: after the first paint, in which they would be empty."""
        await self._screen.query_one("#preview-row").mount(*self._widgets())
        self._made = True
        self.lay_out()

    @property
    def pane(self) -> LinePane | None:
        """The pane that a key goes to, None before the first paint."""
        return self._screen.query_one("#note", LinePane) if self._made else None

    @staticmethod
    def _widgets() -> Iterator[Widget]:
        yield LinePane("note", surface="panel", cursor=False)
        yield Divider("note-rule", surface="panel")
        yield LinePane("why", surface="panel", cursor=False)
        yield Divider("next-rule", surface="panel")
        yield LinePane("next", surface="panel", cursor=False)

    def widths(self) -> tuple[int, int, int]:
        """Cells of note, why and next: 76, 53 and 49 of 180; 71 and 48 of 120."""
        width = self._screen.app.size.width
        if self._screen.fold == "wide":
            note, why = width * 76 // 180, width * 53 // 180
            return note, why, width - note - why - 2
        note = width * 71 // 120
        return note, width - note - 1, 0

    def lay_out(self) -> None:
        """Two panes at 100 to 159 cells, three from 160 on."""
        if not self._made:
            return
        screen = self._screen
        for id in ("#next-rule", "#next"):
            screen.query_one(id).display = screen.fold == "wide"
        for id, width in zip(("#note", "#why", "#next"), self.widths(), strict=True):
            screen.query_one(id).styles.width = width
        if self._shown is not None:
            self._draw(self._shown)

    @property
    def case(self) -> Case | None:
        """The case that is previewed, as it was read last."""
        return self._shown.case if self._shown else None

    @property
    def url(self) -> str:
        """Where the source shows the case that is previewed, "" where that is not known."""
        case = self._shown.case if self._shown else None
        return next((signal.url for signal in case.signals if signal.url), "") if case else ""

    def soon(self, key: str) -> None:
        """The cursor stands on this case: show it once it rests."""
        self._wanted = key
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(REST_S, self._rested)

    def wait(self) -> None:
        """A key is being answered: what waits for a rest waits anew."""
        if self._timer is not None:
            self.soon(self._wanted)

    def clear(self) -> None:
        """No case is selected."""
        self._wanted, self._shown = "", None
        if not self._made:
            return
        self._screen.query_one("#preview-title", Bar).show([Line()])
        for id in ("note", "why", "next", "preview"):
            self._screen.query_one(f"#{id}", LinePane).show(())

    def again(self) -> None:
        """The case that shows may have changed."""
        if self._wanted:
            self._rested()

    def _rested(self) -> None:
        self._timer = None
        key = self._wanted
        if key:
            self._screen.work(self._read(key), "preview")

    async def _read(self, key: str) -> None:
        screen = self._screen
        row = screen.state.row(key)
        if row is None:
            return
        try:
            desk = await screen.rootcase.open_desk()
            case = await desk.case(key)
            samples = await desk.samples(key)
        except RootcaseError as fault:
            self._draw_fault(fault)
            return
        if key != self._wanted:
            return
        from rootcase.tui.render.inbox_preview import Preview

        settings = screen.rootcase.loaded.settings
        self._shown = Preview(
            row, case, samples[0] if samples else None, len(samples), settings.budget.usd,
            max(0.0, settings.budget.day_usd - screen.today_usd),
        )  # fmt: skip
        self._draw(self._shown)

    def _draw(self, preview: Preview) -> None:
        if not self._made:
            return
        from rootcase.tui.render import inbox_preview as draw

        screen = self._screen
        width, height = screen.app.size
        if screen.fold == "narrow":
            screen.query_one("#preview", LinePane).show(draw.narrow_preview(preview, width - 2, height))
            return
        screen.query_one("#preview-title", Bar).show([draw.preview_title(preview, width)])
        rows = height - 5 - screen.list_rows
        gap = (blank(),) if rows >= ROOMY_ROWS else ()
        note, why, following = self.widths()
        screen.query_one("#note", LinePane).show((*gap, *draw.note_pane(preview, note - 2, rows)))
        screen.query_one("#why", LinePane).show((*gap, *draw.why_pane(preview, why - 2, rows)))
        if following:
            screen.query_one("#next", LinePane).show((*gap, *draw.next_pane(preview, following - 2)))

    def _draw_fault(self, fault: RootcaseError) -> None:
        narrow = self._screen.fold == "narrow"
        pane = self._screen.query_one("#preview", LinePane) if narrow else self.pane
        if pane is not None:
            pane.show(card(fault_of(fault), min(70, pane.size.width - 2)))
