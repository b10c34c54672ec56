"""The Stats screen: what came of the cases of a period, as figures, as plots over time, by repository and by rule."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal

from rootcase.core.model.stats import Group, Stats
from rootcase.tui.catalogue.command import Context
from rootcase.tui.render import stats as render
from rootcase.tui.render.header import first_row, time_of_day
from rootcase.tui.render.layout import seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.tabs import tab_row
from rootcase.tui.render.title import Title
from rootcase.tui.render.words import clock
from rootcase.tui.screens.base import Fold, RootScreen
from rootcase.tui.widgets.bar import Bar
from rootcase.tui.widgets.divider import Divider
from rootcase.tui.widgets.line_pane import LinePane

TABS = ("Figures", "Over time", "By repository", "Rules")
PANES = ("figures", "trend", "groups", "rules")
DAY_US = 86_400_000_000
PERIODS = (
    ("the last 7 days", 7), ("the last 30 days", 30), ("the last 90 days", 90), ("the last year", 365),
    ("all time", 0),
)  # fmt: skip
MARGIN = 2
LEAST_UPPER = 21


class StatsScreen(RootScreen):
    """period: number of the period; by: `repository` or `service`; only: the one that is shown, "" for all."""

    place = "stats"

    def __init__(self) -> None:
        super().__init__()
        self.stats: Stats | None = None
        self.period = 1
        self.by = "repository"
        self.only = ""
        self.tab = 0
        self._groups: tuple[Group, ...] = ()

    # -- layout

    def body(self) -> ComposeResult:
        yield Bar("tabs", ("panel",))
        with Horizontal(id="upper"):
            yield LinePane("figures", cursor=False)
            yield Divider("upper-rule")
            yield LinePane("trend", cursor=False)
        with Horizontal(id="lower"):
            yield LinePane("groups")
            yield Divider("lower-rule")
            yield LinePane("rules", cursor=False)

    def on_mount(self) -> None:
        self.hold()
        self.pane("groups").focus()
        self.work(self._read(), "statistics")

    def pane(self, name: str) -> LinePane:
        return self.query_one(f"#{name}", LinePane)

    def panes(self) -> Sequence[LinePane]:
        return tuple(self.pane(name) for name in PANES)

    def lay_out(self, fold: Fold) -> None:
        narrow = fold == "narrow"
        shows = {"tabs": narrow, "upper-rule": not narrow, "lower-rule": not narrow}
        shows |= {name: not narrow or self.tab == number for number, name in enumerate(PANES)}
        shows |= {"upper": not narrow or self.tab < 2, "lower": not narrow or self.tab >= 2}
        for name, there in shows.items():
            self.query_one(f"#{name}").display = there
        width, height = self.app.size
        self.pane("figures").styles.width = "1fr" if narrow else round(width * 0.38)
        self.pane("groups").styles.width = "1fr" if narrow else round(width * 0.56)
        upper = max(LEAST_UPPER, round((height - 3) * 0.6))
        self.query_one("#upper").styles.height = "1fr" if narrow else upper
        self.query_one("#lower").styles.height = "1fr"
        self.draw()

    def go_to_pane(self, pane: LinePane) -> None:
        if self.fold == "narrow":
            self.tab = PANES.index(pane.id or "figures")
            self.lay_out(self.fold)
        pane.focus()
        self.draw()

    # -- reading

    async def _read(self) -> None:
        desk = await self.rootcase.open_desk()
        await self._look()
        if self.stats is not None and self.stats.uncounted:
            # Written by a version that counted nothing; a process of its own looks through their journals.
            await desk.count_cases()
            await self._look()

    async def _look(self) -> None:
        now_us = self.rootcase.clock()
        days = PERIODS[self.period][1]
        where = {self.by: self.only} if self.only else {}
        desk = await self.rootcase.open_desk()
        stats = await desk.stats(max(1, now_us - days * DAY_US) if days else 0, now_us, **where)
        if not self.only:
            self._groups = stats.repositories if self.by == "repository" else stats.services
        self.stats = stats
        self.draw()
        self.show_now()

    # -- drawing

    def header(self, width: int) -> tuple[Line, Line]:
        now_us = self.rootcase.clock()
        read = self.stats.until_us if self.stats else 0
        right = (seg(f"as of {clock(read)} UTC", "muted"),) if read else ()
        first = first_row("Stats", width, right=(time_of_day(now_us, width),))
        return first, Line(render.scope(self.stats, PERIODS[self.period][0], width - 20), right)

    def context(self) -> Context:
        focused = self.focused
        pane = focused if isinstance(focused, LinePane) else None
        return Context("stats", selected=pane.cursor_id if pane else "", pane=(pane.id or "") if pane else "")

    def draw(self) -> None:
        stats = self.stats
        if stats is None or not self.is_mounted:
            return
        narrow = self.fold == "narrow"
        tabs = (*TABS[:2], f"By {self.by}", TABS[3])
        self.query_one("#tabs", Bar).show([tab_row(tabs, self.tab)])
        for number, name in enumerate(PANES, 1):
            title = Title(tabs[number - 1], str(number), right=self._said(name))
            self.pane(name).set_title(None if narrow else title)
        rooms = {name: self.pane(name).size.width - MARGIN for name in PANES}
        self.pane("figures").show(render.figures(stats.all, rooms["figures"]))
        trend = self.pane("trend")
        trend.show(render.over_time(stats, rooms["trend"], trend.rows))
        self.pane("groups").show(render.groups(self._groups, self.by, rooms["groups"], chosen=self.only))
        self.pane("rules").show(render.rules(stats.rules, rooms["rules"]))
        self.refresh_chrome()

    def _said(self, name: str) -> tuple[Seg, ...]:
        """What stands at the right of a pane's title."""
        if name == "groups" and self.only:
            return (seg("enter", "accent bold"), seg(" all of them", "muted"))
        return ()

    def on_line_pane_resized(self, message: LinePane.Resized) -> None:
        self.draw()

    def on_line_pane_moved(self, message: LinePane.Moved) -> None:
        self.refresh_chrome()

    def on_line_pane_chosen(self, message: LinePane.Chosen) -> None:
        self.do_only()

    # -- commands

    def do_period(self, key: str) -> None:
        """The next longer period, with shift the next shorter one."""
        self.period = (self.period + (1 if key == "v" else -1)) % len(PERIODS)
        self.work(self._look(), "statistics")

    def do_by(self) -> None:
        self.by = "service" if self.by == "repository" else "repository"
        self.only = ""
        self.work(self._look(), "statistics")

    def do_only(self) -> None:
        """Only what is under the cursor; once more brings all of them back."""
        name = self.pane("groups").cursor_id.removeprefix("group:")
        if self._groups:
            self.only = "" if self.only == name else name
            self.work(self._look(), "statistics")

    def do_refresh(self) -> None:
        self.work(self._read(), "statistics")

    def do_back(self) -> None:
        """Back to all of them first."""
        if self.only and not self._zoomed:
            self.only = ""
            self.work(self._look(), "statistics")
        else:
            super().do_back()

    def copy_text(self) -> str:
        """The figures as lines of text."""
        if self.stats is None:
            return ""
        lines = render.figures(self.stats.all, 60)
        return "\n".join("".join(s.text for s in (*line.segs, Seg("  "), *line.right)) for line in lines)
