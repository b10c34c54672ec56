"""A screen over one case: follows its journal, knows its budget, appends what a human says."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, ProofAsked, Redone, StopAsked, Undone, Until
from rootcase.tui.render.budget import BudgetView, header_meter
from rootcase.tui.render.checks import is_live
from rootcase.tui.render.draft_run import Live
from rootcase.tui.render.facts import evidence, run_seconds
from rootcase.tui.render.header import about_case, cost, first_row, time_of_day
from rootcase.tui.render.layout import seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.screens.act_keys import ActKeys
from rootcase.tui.screens.confirm import Answer, Question
from rootcase.tui.widgets.line_pane import LinePane

TICK_S = 0.1
CLOCK_TICKS = 10
MARGIN = 2


class FollowedScreen(ActKeys):
    """Base of Case, Draft and Proposal. A screen gives `redraw()`, called at most ten times a second.

    case: the fold so far, empty before the first; tab: what a narrow screen shows;
    budget: what is used of its caps; live: the stream.
    """

    def __init__(self, key: str) -> None:
        super().__init__()
        self._rooms: dict[LinePane, int] = {}
        self._begin(key)

    def _begin(self, key: str) -> None:
        self.key = key
        self.case = Case(key=key)
        self.budget = BudgetView()
        self.live = Live()
        self.tab = 0
        self._live_id = 0
        self._dirty = False
        self._ticks = 0
        self._drawn_s = 0.0

    # -- for a screen to give

    def redraw(self) -> None:
        """Draw every pane from the case as it is now."""
        raise NotImplementedError

    def case_changed(self, old: Case) -> None:
        """Called when the journal has grown, before `redraw`."""

    # -- following

    def on_mount(self) -> None:
        # Textual calls the handler of every class of the screen by itself, so none calls its parent's
        if self.key:
            self.hold()
            self.work(self._follow(), "follow")
        self.set_interval(TICK_S, self._tick, name="tick")

    def take_up(self, key: str) -> None:
        """Follow another case from here on; a screen that keeps its widgets clears those itself."""
        self.workers.cancel_node(self)
        self._end_notice()
        if self._zoomed:
            self.do_zoom()
        self._begin(key)
        self.hold()
        self.work(self._follow(), "follow")

    def on_screen_suspend(self) -> None:
        """Closed for good or kept for the next case: nobody looks at this one any more."""
        if self not in self.app.screen_stack:
            self.workers.cancel_node(self)
            self._begin("")

    async def read_first(self) -> None:
        """Read what the first drawing needs beside the case, so that there is one drawing and not two."""

    async def _follow(self) -> None:
        desk = await self.rootcase.open_desk()  # whoever is quick opens a case before the store is there
        first = await desk.case(self.key)
        await self.read_first()
        self._take(first, await self._spending(first))
        async for case in desk.follow(self.key):
            if case.seq != self.case.seq:
                self._take(case, await self._spending(case))

    def _take(self, case: Case, budget: BudgetView) -> None:
        old, self.case, self.budget = self.case, case, budget
        if len(case.runs) > len(old.runs):
            # what was said of its start has come true
            self._notice = None
        if _said_anew(old, case):
            self.live = Live(tests=self.live.tests if case.proving == old.proving else "")
        self.case_changed(old)
        # a lone entry shows at once; a burst is drawn together at the next tick
        if monotonic() - self._drawn_s >= TICK_S:
            self.draw()
        else:
            self._dirty = True

    async def _spending(self, case: Case) -> BudgetView:
        spend = await self.rootcase.desk.spend(case)
        caps, settings = case.caps, self.rootcase.desk.settings.budget
        return BudgetView(
            spend.usd, spend.held_usd, spend.cap_usd, run_seconds(case, self.now_us), caps.minutes or settings.minutes,
            case.spent.steps, caps.steps or settings.steps, spend.tokens, caps.tokens or settings.tokens,
            spend.today_usd, spend.today_cap_usd,
        )  # fmt: skip

    async def _tick(self) -> None:
        if not self.key:
            return
        self._ticks += 1
        if is_live(self.case):
            await self._read_live()
            if self._ticks % CLOCK_TICKS == 0:
                self.budget = await self._spending(self.case)
                self._dirty = True
        elif self._ticks % (CLOCK_TICKS * 60) == 0:
            self._dirty = True
        if self._dirty and self.is_current:
            self.draw()

    async def _read_live(self) -> None:
        pieces = await self.rootcase.desk.live(self.key, after=self._live_id)
        if not pieces:
            return
        self._live_id = pieces[-1].id
        text, tests, tool = self.live.text, self.live.tests, self.live.tool
        for piece in pieces:
            if piece.channel == "model":
                text = (text + piece.text)[-4000:]
            elif piece.channel == "tests":
                tests = piece.text
            else:
                tool = piece.text
        self.live = Live(text, tests, tool)
        self._dirty = True

    def draw(self) -> None:
        """Everything anew from the case; cheap, since panes draw only the rows in view."""
        self._dirty = False
        # an empty screen is nothing that the first entries would have to wait for
        self._drawn_s = monotonic() if self.case.seq else 0.0
        if self.is_mounted:
            self.redraw()
            self.refresh_chrome()
            if self.case.seq:
                self.show_now()

    def on_line_pane_resized(self, message: LinePane.Resized) -> None:
        """Lines are wrapped and cut for a width; several panes that change at once are drawn together."""
        message.stop()
        if not self._dirty:
            self._dirty = True
            self.call_after_refresh(self._draw_if_dirty)

    def _draw_if_dirty(self) -> None:
        if self._dirty:
            self.draw()

    @property
    def now_us(self) -> int:
        return self.rootcase.clock()

    @property
    def me(self) -> str:
        """Who decides here, as entries name them."""
        return self.rootcase.desk.actor if self.rootcase.has_desk else ""

    # -- drawing

    @property
    def roomy(self) -> bool:
        """A blank row around groups: wide and high enough."""
        return self.fold == "wide" and self.app.size.height >= 45

    def room(self, pane: LinePane) -> int:
        """Cells for text in a pane; for one behind a tab, what it had when it last showed."""
        if pane.size.width:
            self._rooms[pane] = max(8, pane.size.width - MARGIN)
        return self._rooms.get(pane, self.app.size.width - MARGIN)

    def first_header(self, here: str, width: int, *, meter: bool = False) -> Line:
        """Where you are, the case, its cost with its cap, the day's, the time."""
        about = about_case(self.key, self.case.title if width >= 100 else "")
        right: list[Seg] = []
        if width < 100:
            right.extend((*evidence(self.case, width), seg("  ")))
        if meter or width >= 160:
            right.append(seg("case ", "muted"))
        right.extend(cost(self.budget.usd, self.budget.cap_usd))
        if meter and width >= 100:
            right.extend((seg("  "), *header_meter(self.budget, 24 if width >= 160 else 14)))
            if self.budget.held_usd and width >= 160:
                right.append(seg(f" ${self.budget.held_usd:.2f} held", "muted"))
        if width >= 160:
            today = cost(self.budget.today_usd, self.budget.today_cap_usd, today=True)
            right.extend((seg("   today ", "muted"), *today))
        right.extend((seg("  "), time_of_day(self.now_us, width)))
        return first_row(here, width, middle=about, right=tuple(right))

    # -- panes

    def _pane_by(self, by: int) -> None:
        """On a narrow screen tabs turn by what is shown, wherever the keys are."""
        if self.fold != "narrow":
            super()._pane_by(by)
            return
        panes = self.panes()
        self.go_to_pane(panes[(self.tab + by) % len(panes)])

    def go_to_pane(self, pane: LinePane) -> None:
        """Focus a pane; on a narrow screen its tab is shown first."""
        panes = self.panes()
        self.tab = panes.index(pane) if pane in panes else self.tab
        if self.fold == "narrow":
            self.lay_out(self.fold)
        pane.focus()
        self.draw()

    # -- saying

    async def say(self, *bodies: Body) -> None:
        """Append decisions; the follower shows what the fold makes of them."""
        await self.rootcase.desk.say(self.key, *bodies)

    async def do_undo(self) -> None:
        """The last decision, or what was done at a source where that came later."""
        from rootcase.core.model.acts import undoable_act

        last = undoable_act(self.case.acts)
        if last and last[0].seq > self.case.undoable:
            await self.do_undo_act()
        elif self.case.undoable:
            await self.say(Undone(self.case.undoable))

    def acted_case(self) -> str:
        return self.key

    async def do_redo(self) -> None:
        if self.case.redoable:
            await self.say(Redone(self.case.redoable))

    # -- runs

    async def start_run(self, until: Until = "propose") -> None:
        """Start a run unless one is live; it shows when its first entry arrives."""
        if is_live(self.case):
            self.notice("a run is live already; it takes this up at its next step", "muted")
            return
        await self.rootcase.desk.start_run(self.key, until)
        self.notice("the run is starting", "accent")

    async def do_run(self) -> None:
        await self.start_run()

    async def prove_again(self) -> None:
        draft = self.case.draft
        if draft is not None:
            await self.say(ProofAsked(draft.number))
            if not is_live(self.case):
                await self.start_run("propose")

    async def do_stop(self) -> None:
        """Ask, then stop the run after its step; all it has done stays."""
        question = Question(
            f"Stop the run of {self.key}?", "It ends after the step it is in. Everything it has done stays.",
            (Answer("y", "stop it", "t goes on later"),), stay="let it run", opened_by="ctrl+x",
        )  # fmt: skip
        if await self.confirm(question) == "y":
            await self.say(StopAsked())

    def do_refresh(self) -> None:
        self.work(self._reread(), "reread")

    async def _reread(self) -> None:
        case = await self.rootcase.desk.case(self.key)
        self._take(case, await self._spending(case))
        self.draw()

    def copy_text(self) -> str:
        """What `c` copies: the case's key and title where a screen has nothing better."""
        return f"{self.key} {self.case.title}"

    def browser_url(self) -> str:
        """The case at its source."""
        return next((signal.url for signal in self.case.signals if signal.url), "")


def _said_anew(old: Case, new: Case) -> bool:
    """Whether what was streaming has become an entry: a call settled, a tool answered, a phase ended."""

    def mark(case: Case) -> Sequence[int]:
        last = case.phases[-1] if case.phases else None
        return (
            len(case.phases),
            len(last.tools) if last else 0,
            last.ended_us if last else 0,
            case.spent.steps,
        )

    return mark(old) != mark(new)
