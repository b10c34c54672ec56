"""What every screen has: two header rows, a footer, keys from the catalogue, a notice, a question.

Textual calls the handler of every class of a screen, the screen's own first: none calls its base's.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING, Literal, cast

from textual import events
from textual.app import ComposeResult
from textual.reactive import Reactive
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from rootcase.core.model.errors import RootcaseError
from rootcase.tui.catalogue.catalogue import CATALOGUE
from rootcase.tui.catalogue.command import Command, Context, ScreenName
from rootcase.tui.ending import comes_too_late
from rootcase.tui.keys import key_name
from rootcase.tui.render.footer import footer, notice_line
from rootcase.tui.render.line import Line
from rootcase.tui.widgets.bar import Bar
from rootcase.tui.widgets.field import Field
from rootcase.tui.widgets.line_pane import LinePane

if TYPE_CHECKING:
    from rootcase.tui.app import RootcaseApp
    from rootcase.tui.screens.confirm import Question

Fold = Literal["wide", "medium", "narrow"]
# How long a sentence that is no failure stays in the footer.
NOTICE_S = 4.0
# A screen that has nothing to show by then is shown as it is.
HOLD_S = 0.1
# So long after a screen was closed nobody waits for anything.
REST_S = 0.6
log = logging.getLogger("rootcase.tui")


class RootScreen(Screen[None]):
    """Base of Inbox, Case, Draft and Proposal.

    A screen gives `place`, `body()`, `header(width)` and `context()`, lays its panes out in
    `lay_out(fold)`, and has a method `do_NAME` for each command of its own in the catalogue.
    """

    CSS_PATH = None
    DEFAULT_CSS = """
    RootScreen { layout: vertical; overflow: hidden hidden; }
    RootScreen #ask { display: none; }
    .unzoomed { display: none; }
    """
    AUTO_FOCUS = None
    # Textual repaints a whole screen when the focus moves; here the two panes do that by themselves.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    place: ScreenName = "inbox"
    header_rows = 2

    def __init__(self) -> None:
        super().__init__()
        self._notice: Line | None = None
        self._answer: asyncio.Future[str | None] | None = None
        self._asked_from: LinePane | None = None
        self._zoomed = ""
        self._holding = False
        self._styled = False
        self.fold: Fold = "medium"

    @property
    def rootcase(self) -> RootcaseApp:
        return cast("RootcaseApp", self.app)

    # -- for a screen to give

    def body(self) -> ComposeResult:
        """The widgets between header and footer."""
        raise NotImplementedError

    def header(self, width: int) -> Sequence[Line]:
        """The header rows, two but for the Inbox, whose second is the filter."""
        raise NotImplementedError

    def context(self) -> Context:
        """What commands may look at."""
        return Context(self.place)

    def lay_out(self, fold: Fold) -> None:
        """Lay the panes out for a width; called before the first paint and whenever the size changes."""

    def panes(self) -> Sequence[LinePane]:
        """The panes in the order of their numbers, those that do not show included."""
        return tuple(self.query(LinePane))

    def go_to_pane(self, pane: LinePane) -> None:
        """Focus a pane; a screen with tabs shows it first."""
        if pane.display:
            pane.focus()

    def copy_text(self) -> str:
        """What `c` copies, "" for nothing."""
        return ""

    def browser_url(self) -> str:
        """What `o` opens, "" for nothing."""
        return ""

    # -- chrome

    def compose(self) -> ComposeResult:
        yield Bar("header", ("bar", "panel")[: self.header_rows])
        yield from self.body()
        yield Field("ask", surface="warn-area")
        yield Bar("footer", ("bar",))

    async def on_event(self, event: events.Event) -> None:
        """Screens are made ahead: one that an ending application left without widgets has nothing to lay out."""
        if not comes_too_late(self.app, event):
            await super().on_event(event)

    def on_mount(self) -> None:
        self._fit(self.app.size.width)

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size.width)
        self.rootcase.resized()

    def _fit(self, width: int) -> None:
        self.fold = "wide" if width >= 160 else "medium" if width >= 100 else "narrow"
        self.lay_out(self.fold)
        self.refresh_chrome()

    def on_screen_suspend(self) -> None:
        """Closed, not covered: a cache of Textual's keeps its last 1,024 widgets' rows, so give them up here."""
        if self not in self.app.screen_stack:
            for widget in self.walk_children(Widget):
                widget._styles_cache.clear()
            self.app.set_timer(REST_S, self.rootcase.when_at_rest)

    def refresh_chrome(self) -> None:
        """Header and footer as they should be now; only rows that changed are drawn."""
        if not self.is_mounted:
            return
        width = self.app.size.width
        self.query_one("#header", Bar).show(self.header(width))
        line = self._notice or footer(CATALOGUE.of(self.place), self.context(), width)
        self.query_one("#footer", Bar).show([line])

    def notice(self, text: str, style: str = "warn") -> None:
        """A sentence in the footer until the next key, which acts all the same; what failed stays until then,
        the rest for some seconds."""
        self._notice = line = notice_line(text, style)
        self.refresh_chrome()
        if style != "bad":
            self.set_timer(NOTICE_S, lambda: self._end_notice(line))

    def _end_notice(self, line: Line | None = None) -> None:
        """Give the footer back; only from that notice, where one is named."""
        if self._notice is not None and (line is None or line is self._notice):
            self._notice = None
            self.refresh_chrome()

    def show_fault(self, fault: RootcaseError) -> None:
        """An error of a command; a screen may show it as a card in the pane it belongs to."""
        self.notice(". ".join(part.rstrip(".") for part in (fault.title, fault.hint) if part), "bad")

    def render_line(self, y: int) -> Strip:
        """What shows between the widgets: nothing. Textual's own way to nothing takes 5 ms a frame."""
        return Strip.blank(self.size.width, self.rootcase.look.style("fg"))

    def hold(self) -> None:
        """Leave what is on the terminal until `show_now`: a screen opens in one paint, with something in it."""
        self._holding = True
        self.set_timer(HOLD_S, self.show_now)

    def show_now(self) -> None:
        if self._holding:
            self._holding = False
            self.refresh()

    def _compositor_refresh(self) -> None:
        if not self._holding:
            super()._compositor_refresh()

    def _on_timer_update(self) -> None:
        """Textual paints here what has changed; not before the terminal has drawn the frame before."""
        if not self.rootcase.terminal_is_behind:
            super()._on_timer_update()

    def update_node_styles(self, animate: bool = True) -> None:
        """Textual looks all styles up anew when a screen comes back; nothing of ours depends on that."""
        if not self._styled:
            self._styled = True
            super().update_node_styles(animate)

    # -- keys

    async def on_key(self, event: events.Key) -> None:
        self._end_notice()
        key = key_name(event)
        command = CATALOGUE.find(self.place, key)
        if command is not None and command.does and not (self.typing and not key.startswith("ctrl+")):
            event.stop()
            event.prevent_default()
            self.perform(command, key)

    def on_line_pane_moved(self, message: LinePane.Moved) -> None:
        """Keys that move end in their pane, but they are keys too."""
        if message.by_user:
            self._end_notice()

    @property
    def typing(self) -> bool:
        """A text field has the keys: only enter, esc and ctrl act."""
        return isinstance(self.focused, Field) or bool(self.focused and "typing" in self.focused.classes)

    def perform(self, command: Command, key: str = "") -> None:
        """Do a command, or say why it cannot be done. Its method may take the key that was pressed."""
        why = command.why_not(self.context())
        if why:
            self.notice(f"{command.key_text}  {command.label}: {why}")
            return
        method = getattr(self, f"do_{command.does}", None) or getattr(self.app, f"do_{command.does}", None)
        if method is None:
            raise AttributeError(f"{type(self).__name__} has no do_{command.does}")
        result = method(key) if inspect.signature(method).parameters else method()
        if inspect.isawaitable(result):
            self.work(result, command.id)

    def work(self, job: Awaitable[object], name: str) -> None:
        """Run something that waits, without holding up the screen; its RootcaseError is shown."""

        async def guarded() -> None:
            try:
                await job
            except RootcaseError as fault:
                self.show_fault(fault)

        self.run_worker(guarded(), group=name, description=name, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            log.error("%s failed", event.worker.description, exc_info=event.worker.error)
            self.notice(f"{event.worker.description} failed: {event.worker.error}. The log has more.", "bad")

    # -- a question with a typed answer

    async def ask(self, label: str, *, hint: str = "", text: str = "") -> str | None:
        """Ask for one line in the row above the footer; None when esc was pressed."""
        field = self.query_one("#ask", Field)
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(None)
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._answer = answer
        if isinstance(self.focused, LinePane):
            self._asked_from = self.focused
        field.set(text, label=label, hint=hint)
        field.styles.display = "block"
        field.focus()
        return await answer

    def on_field_done(self, message: Field.Done) -> None:
        if message.field.id != "ask":
            return
        message.stop()
        message.field.styles.display = "none"
        if self._asked_from is not None:
            self._asked_from.focus()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(message.text)

    # -- panes

    def do_next_pane(self, key: str) -> None:
        self._pane_by(-1 if key == "shift+tab" else 1)

    def do_pane_number(self, key: str) -> None:
        panes = self.panes()
        if int(key) <= len(panes):
            self.go_to_pane(panes[int(key) - 1])

    def _pane_by(self, by: int) -> None:
        panes = self.panes()
        if not panes:
            return
        at = next((n for n, pane in enumerate(panes) if pane is self.focused), -1 if by > 0 else 0)
        self.go_to_pane(panes[(at + by) % len(panes)])

    def do_back(self) -> None:
        if self._zoomed:
            self.do_zoom()
        else:
            self.app.pop_screen()

    def do_zoom(self) -> None:
        """The focused pane alone between header and footer, and back."""
        pane = self.focused
        if self._zoomed or not isinstance(pane, LinePane):
            self._zoomed = ""
            self.query(".unzoomed").remove_class("unzoomed")
            self.lay_out(self.fold)
            return
        self._zoomed = pane.id or ""
        above = {pane, *pane.ancestors}
        for widget in above:
            for other in widget.siblings if isinstance(widget, Widget) else ():
                if other not in above and not isinstance(other, Bar | Field):
                    other.add_class("unzoomed")

    # -- overlays

    def chosen(self, id: str | None) -> None:
        """An overlay ended with a command's id, or with nothing."""
        if id and CATALOGUE[id].does:
            self.perform(CATALOGUE[id], CATALOGUE[id].keys[0])

    async def confirm(self, question: Question) -> str:
        """Ask over this screen; the key of the answer, "" for esc."""
        from rootcase.tui.screens.confirm import ConfirmScreen  # not before the first paint

        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        overlays = self.rootcase.overlays
        asking = overlays.take(ConfirmScreen)
        asking.put(question)
        await overlays.open(asking, lambda key: answer.set_result(key or ""))
        return await answer
