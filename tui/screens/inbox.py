"""The Inbox: cases grouped by who must act, a filter, and the preview of the one under the cursor."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal

from rootcase.core.journal.store import SourceState
from rootcase.core.model.errors import RootcaseError
from rootcase.tui.catalogue.command import Context
from rootcase.tui.inbox_state import InboxState
from rootcase.tui.keys import key_name
from rootcase.tui.render.inbox_header import counts, inbox_header
from rootcase.tui.render.inbox_list import InboxList
from rootcase.tui.render.inbox_row import heading
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.screens.act_keys import ActKeys
from rootcase.tui.screens.base import Fold
from rootcase.tui.screens.inbox_follow import InboxFollow
from rootcase.tui.screens.inbox_preview import PreviewPanes
from rootcase.tui.widgets.bar import Bar
from rootcase.tui.widgets.field import Field
from rootcase.tui.widgets.filter_field import FilterField
from rootcase.tui.widgets.line_pane import LinePane

ROOMY_HEIGHT = 45


class InboxScreen(ActKeys):
    """List over preview; below 100 cells the preview is a tab of its own."""

    DEFAULT_CSS = """
    InboxScreen #list { height: 1fr; }
    InboxScreen #preview-row { height: 1fr; }
    """
    place = "inbox"
    header_rows = 1

    def __init__(self) -> None:
        super().__init__()
        self.state: InboxState
        self.preview = PreviewPanes(self)
        self._follow = InboxFollow(self)
        self.sources: tuple[SourceState, ...] = ()
        self.today_usd = 0.0
        self.fault: RootcaseError | None = None
        self.fetching = ""

    # -- layout

    def body(self) -> ComposeResult:
        self.state = InboxState(self.rootcase.inbox)
        yield FilterField("filter", surface="panel")
        yield Bar("heading", ("bg",))
        yield LinePane("list")
        yield Bar("preview-title", ("bar",))
        yield Horizontal(id="preview-row")
        yield LinePane("preview", surface="panel", cursor=False)

    def on_mount(self) -> None:
        try:
            self.state.load_first()
        except RootcaseError as fault:
            self.fault = fault
        self.list_pane.focus()
        if self.rootcase.theme_fault is not None:
            self.show_fault(self.rootcase.theme_fault)
        self.call_after_refresh(self._follow.start)

    def lay_out(self, fold: Fold) -> None:
        height = self.app.size.height
        self.list_rows = max(6, 18 + round((height - 36) * 5 / 14))
        # below 100 cells a tab, and nothing at all where there is no case to preview
        beside = fold != "narrow" and bool(self.state.total)
        tab = fold == "narrow" and self.query_one("#preview").has_focus
        self.list_pane.styles.height = self.list_rows if beside else "1fr"
        for id, shown in (
            ("#preview-title", beside), ("#preview-row", beside), ("#preview", tab), ("#list", not tab),
        ):  # fmt: skip
            self.query_one(id).display = shown
        self.preview.lay_out()
        self.show_list()

    @property
    def list_pane(self) -> LinePane:
        return self.query_one("#list", LinePane)

    def panes(self) -> tuple[LinePane, ...]:
        other = self.query_one("#preview", LinePane) if self.fold == "narrow" else self.preview.pane
        return (self.list_pane, other) if other is not None else (self.list_pane,)

    def go_to_pane(self, pane: LinePane) -> None:
        if self.fold == "narrow":
            self.list_pane.display = pane is self.list_pane
            self.query_one("#preview").display = pane is not self.list_pane
        pane.focus()
        self.refresh_heading()

    # -- content

    async def load(self) -> None:
        """Read the index anew; what cannot be read is said in the list's place."""
        try:
            await self.state.load()
            self.fault = None
        except RootcaseError as fault:
            self.fault = fault
        self.lay_out(self.fold)

    def show_list(self) -> None:
        """The list as view, filter and order leave it."""
        width, height = self.app.size
        pane = self.list_pane
        if self.fault is not None:
            from rootcase.tui.render.inbox_empty import trouble

            pane.show(trouble(self.fault, width - 2))
        elif not self.state.shown:
            pane.show(self._empty(width - 2))
        else:
            roomy = width >= 160 and height >= ROOMY_HEIGHT
            pane.show(
                InboxList(
                    self.state.reader, self.state.index, self.state.shown, width=width - 2, roomy=roomy,
                    clock=self.rootcase.clock, stale=self._follow.is_stale, marked=self.state.marked,
                )
            )  # fmt: skip
        if not self.state.shown:
            self.preview.clear()
        self.refresh_chrome()
        self.refresh_heading()

    def _empty(self, width: int) -> tuple[Line, ...]:
        from rootcase.tui.render.inbox_empty import no_source, nothing_matches, nothing_needs_you

        state = self.state
        if state.text.strip():
            return nothing_matches(state.text, state.meant(), state.total, width)
        if not state.total and not self.rootcase.loaded.settings.sources:
            return no_source(width)
        return nothing_needs_you(state.view_name, state.total, self.sources, self.rootcase.clock(), width)

    def refresh_heading(self) -> None:
        """The columns' names, and the tabs below 100 cells."""
        width = self.app.size.width
        line = Line(heading(width - 2) if self.state.shown else ())
        if self.fold == "narrow":
            here = self.list_pane.display
            tabs = (*_tab("1", "Cases", here), Seg("    "), *_tab("2", "Preview", not here))
            right = heading(width - 2)[-3:] if here else ()
            line = Line(tabs, right)
        self.query_one("#heading", Bar).show([line])

    def header(self, width: int) -> tuple[Line, ...]:
        cap = self.rootcase.loaded.settings.budget.day_usd
        now_us = self.rootcase.clock()
        return (inbox_header(self.sources, self.today_usd, cap, now_us, width, self._follow.refresh),)

    def refresh_chrome(self) -> None:
        super().refresh_chrome()
        if not self.is_mounted:
            return
        field = self.query_one("#filter", FilterField)
        state = self.state
        waiting = self.fetching or state.waiting
        right = counts(
            len(state.shown), state.total, state.sort, state.view_name, waiting, self.app.size.width
        )
        if right != field.right:
            field.right = right
            field.refresh()

    def context(self) -> Context:
        key = self.list_pane.cursor_id if self.is_mounted else ""
        case = self.preview.case
        return Context(
            "inbox",
            case if case and case.key == key else None,
            self.state.row(key),
            key,
            "list",
            able=self.able,
        )

    def acted_case(self) -> str:
        return self.list_pane.cursor_id

    def act_shows(self) -> None:
        self._follow.look()

    # -- keys

    async def on_key(self, event: events.Key) -> None:
        """Moving works while the filter is typed."""
        if self.typing and key_name(event) in ("up", "down", "pageup", "pagedown"):
            event.stop()
            event.prevent_default()
            self.list_pane.move(key_name(event))

    def on_field_changed(self, message: Field.Changed) -> None:
        self.preview.wait()
        if self.state.set_text(message.text):
            self.show_list()
            self.list_pane.move("home")
        else:
            self.refresh_chrome()

    def on_field_done(self, message: Field.Done) -> None:
        if message.field.id != "filter":
            return
        message.stop()
        message.prevent_default()
        meant = self.state.meant() if not self.state.shown else None
        if message.text is None or meant:
            text = "" if message.text is None or meant is None else meant[0]
            message.field.set(text)
            self.state.set_text(text)
            self.show_list()
        self.list_pane.focus()

    def do_open(self) -> None:
        self.rootcase.open_case(self.list_pane.cursor_id)

    async def do_run(self) -> None:
        key = self.list_pane.cursor_id
        desk = await self.rootcase.open_desk()
        await desk.start_run(key)
        self.notice(f"A run of {key} starts; enter follows it", "accent")

    def do_filter(self) -> None:
        self.query_one("#filter", FilterField).focus()

    async def do_sort(self) -> None:
        await self.state.next_sort()
        self.show_list()

    def do_views(self) -> None:
        self.state.next_view()
        self.show_list()
        self.list_pane.move("home")

    async def do_owner(self) -> None:
        """Say who has it; an empty answer takes it back."""
        key = self.list_pane.cursor_id
        who = await self.ask(f"Who has {key}?", hint="a name, @team or ticket; empty takes it back")
        if who is not None:
            from rootcase.core.model.entries import OwnershipMarked

            await (await self.rootcase.open_desk()).say(key, OwnershipMarked(who.strip()))
            self._follow.look()

    def do_mark(self) -> None:
        key = self.list_pane.cursor_id
        self.state.mark(key)
        self.list_pane.touch(key)
        count = len(self.state.marked)
        told = (
            f"{count} marked; + merges them into the case under the cursor" if count else "nothing is marked"
        )
        self.notice(told, "accent")

    async def do_merge(self) -> None:
        from rootcase.tui.screens import joining

        desk = await self.rootcase.open_desk()
        if await joining.merge(self, desk, self.list_pane.cursor_id, tuple(self.state.marked)):
            self.state.marked.clear()
            await self.load()
            self.preview.again()

    async def do_unmerge(self) -> None:
        from rootcase.tui.screens import joining

        if await joining.part(self, await self.rootcase.open_desk(), self.list_pane.cursor_id):
            await self.load()
            self.preview.again()

    async def do_verdict(self) -> None:
        from rootcase.tui.screens import joining

        if await joining.override(self, await self.rootcase.open_desk(), self.list_pane.cursor_id):
            self._follow.look()

    async def do_refresh(self) -> None:
        """What waited comes in, and the sources are read."""
        await self.load()
        if self.rootcase.loaded.settings.sources:
            await (await self.rootcase.open_desk()).sync()
            self.notice("Reading the sources; what is new waits for R", "accent")

    async def do_sources(self) -> None:
        from rootcase.tui.screens.sources import SourcesScreen

        overlay = self.rootcase.overlays.take(SourcesScreen)
        overlay.look_at(self.sources, self.rootcase.clock())
        await self.rootcase.overlays.open(overlay, lambda word: None)

    async def fetch(self, name: str) -> None:
        """Open the case of a source's address or id once a process of its own has read it."""
        self.fetching = f"fetching {name}"
        self.refresh_chrome()
        desk = await self.rootcase.open_desk()

        def tell(words: str) -> None:
            self.fetching = words
            self.refresh_chrome()

        try:
            key = await desk.fetch(name, tell)
        finally:
            self.fetching = ""
            self.refresh_chrome()
        await self.load()
        if self.is_current:
            self.rootcase.open_case(key)
        else:
            self.notice(f"{name} is {key}", "good")

    def copy_text(self) -> str:
        row = self.state.row(self.list_pane.cursor_id)
        return f"{row.key} {row.title} {row.where}" if row else ""

    def browser_url(self) -> str:
        return self.preview.url

    def on_screen_resume(self) -> None:
        self._follow.come_back()

    def on_line_pane_moved(self, message: LinePane.Moved) -> None:
        if message.pane is self.list_pane:
            self.preview.soon(message.line_id)
            self.refresh_chrome()

    def on_line_pane_chosen(self, message: LinePane.Chosen) -> None:
        if message.pane is self.list_pane:
            self.do_open()


def _tab(number: str, name: str, here: bool) -> tuple[Seg, ...]:
    return (
        Seg(number, "accent bold" if here else "muted bold"), Seg(" "),
        Seg(name, "strong bold underline" if here else "muted"),
    )  # fmt: skip
