"""The Draft screen: the run live beside its hunks; every key on a hunk is an entry that undoes."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from rootcase.core.model import ladder
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft
from rootcase.core.model.entries import PauseAsked, ResumeAsked, Steered
from rootcase.tui.catalogue.command import Context
from rootcase.tui.render.budget import meters
from rootcase.tui.render.checks import before_proposing, check_lines, is_live, next_step_words
from rootcase.tui.render.draft_changes import changes, hunk_of, tally
from rootcase.tui.render.draft_run import run_lines
from rootcase.tui.render.drafts_beside import beside, drafts_lines
from rootcase.tui.render.facts import draft_facts
from rootcase.tui.render.ladder import ladder_lines
from rootcase.tui.render.layout import blank, paragraph, section, seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.tabs import tab_row
from rootcase.tui.render.title import Title
from rootcase.tui.screens.base import Fold
from rootcase.tui.screens.draft_again import DraftAgain
from rootcase.tui.screens.draft_layout import arrange_draft
from rootcase.tui.widgets.bar import Bar
from rootcase.tui.widgets.divider import Divider
from rootcase.tui.widgets.field import Field
from rootcase.tui.widgets.line_pane import LinePane

TABS = ("Run", "Changes", "Ladder")


class DraftScreen(DraftAgain):
    """following: the run's log stays at its end; opened: tool groups that are unfolded; split: two columns."""

    place = "draft"

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.opened: frozenset[str] = frozenset()
        self.split = False
        self._placed = False
        self._at_first = False

    # -- layout

    def body(self) -> ComposeResult:
        yield Bar("tabs", ("panel",))
        with Horizontal(id="draft-body"):
            with Vertical(id="run-side"):
                yield LinePane("run", tail=True)
                yield LinePane("ladder", cursor=False)
                yield LinePane("budget", cursor=False)
                yield Bar("steer-head", ("bg",))
                yield Field("steer", label="›", surface="select-idle")
            yield Divider("draft-rule")
            with Vertical(id="change-side"):
                yield LinePane("changes")
                yield Bar("next", ("bg",))
                with Horizontal(id="below"):
                    yield LinePane("ladder-wide", cursor=False)
                    yield Divider("ladder-rule")
                    yield LinePane("before", cursor=False)
        yield Field("steer-narrow", label="›", surface="select-idle")

    def on_mount(self) -> None:
        self.pane("run").focus()

    def pane(self, name: str) -> LinePane:
        return self.query_one(f"#{name}", LinePane)

    @property
    def steer_field(self) -> Field:
        return self.query_one("#steer-narrow" if self.fold == "narrow" else "#steer", Field)

    def panes(self) -> Sequence[LinePane]:
        main = (self.pane("run"), self.pane("changes"))
        return (*main, self.pane("ladder")) if self.fold == "narrow" else main

    def lay_out(self, fold: Fold) -> None:
        size = self.app.size
        arrange_draft(self, fold, size.width, size.height, self.tab, editing=self.editing)

    # -- drawing

    def header(self, width: int) -> tuple[Line, Line]:
        first = self.first_header("Draft", width, meter=True)
        return first, draft_facts(self.case, width, self.now_us, self.budget)

    def context(self) -> Context:
        focused = self.focused.id or "" if self.focused else ""
        facts = {"editing"} if self.editing else set[str]()
        facts |= {"claim"} if self.marked_claim() else set[str]()
        return Context("draft", self.case, selected=self.hunk_id, pane=focused, facts=frozenset(facts))

    def marked_claim(self) -> str:
        pane = self.pane("run")
        kind, _, name = pane.cursor_id.partition(":")
        return name if kind == "claim" and pane.has_focus else ""

    def case_changed(self, old: Case) -> None:
        draft = self.case.draft
        if draft is None or not draft.hunks:
            return
        another = _texts(old.draft) != _texts(draft)
        if not self._placed or (another and not self.pane("changes").has_focus):
            self._placed = self._at_first = True
            # a draft that is there already is what people come for; one that is being made is watched
            if not old.seq and not is_live(self.case):
                self.call_after_refresh(self.go_to_pane, self.pane("changes"))

    def redraw(self) -> None:
        self._draw_run()
        self._draw_changes()
        self._draw_ladder()
        if self.fold == "narrow":
            draft = self.case.draft
            right = tally(draft) if draft else ()
            self.query_one("#tabs", Bar).show([tab_row(TABS, self.tab, right)])

    def _draw_run(self) -> None:
        pane = self.pane("run")
        narrow = self.fold == "narrow"
        if not self.case.phases:
            pane.show(self._no_run(self.room(pane)))
        else:
            pane.show(
                run_lines(
                    self.case, self.room(pane), now_us=self.now_us, live=self.live, opened=self.opened,
                    fold_older=self.fold != "wide", roomy=self.roomy, me=self.me,
                )
            )  # fmt: skip
        told: tuple[Seg, ...] = ()
        if is_live(self.case):
            told = (seg("following ", "muted"), seg("F", "accent bold")) if pane.at_end else (
                seg("F", "accent bold"), seg(" follow", "muted"))  # fmt: skip
        pane.set_title(None if narrow else Title("Run", "1", right=told))
        budget = self.pane("budget")
        width = self.room(budget)
        head = section("Budget", width, (seg("at a cap the run pauses and asks", "muted"),))
        budget.show((head, *meters(self.budget, width)))
        hint = "the run reads it at its next step" if is_live(self.case) else "no run is live; t starts one"
        self.query_one("#steer-head", Bar).show([section("Steer", width, (seg(hint, "muted"),))])
        for field in self.query(Field):
            if field.id in ("steer", "steer-narrow"):
                field.hint = "say what to look at" if is_live(self.case) else "no run is live"
                field.right = (seg("enter", "accent bold"), seg(" steer", "muted")) if field.has_focus else (
                    seg("i", "accent bold"), seg(" steer", "muted"))  # fmt: skip
                field.refresh()

    def _no_run(self, width: int) -> tuple[Line, ...]:
        case = self.case
        if case.verdict in ("ignore", "wait") and case.gate is not None:
            told = f"The gate says {case.verdict}: {case.verdict_reason or case.gate.because}."
        else:
            told = (
                "No run yet. t starts one: it investigates, reproduces, drafts and proves within the budget."
            )
        return (blank(), *paragraph(told, width, style="muted"))

    def _draw_changes(self) -> None:
        pane = self.pane("changes")
        draft = self.case.draft
        narrow = self.fold == "narrow"
        if draft is None or not draft.hunks:
            pane.set_title(None if narrow else Title("Changes", "2"))
            pane.show(self._no_draft(self.room(pane)))
            return
        room = self.room(pane)
        split = self.split and room >= 80
        rows = drafts_lines(self.case, room)
        if self.beside and rows:
            pane.show((*rows, *beside(self.case, room, me=self.me)))
        else:
            pane.show((*rows, *changes(self.case, draft, room, roomy=self.roomy, split=split, me=self.me)))
        ids = [state.hunk.id for state in draft.hunks]
        if self._at_first and pane.rows:
            self._at_first = not pane.select(f"hunk:{ids[0]}")
        self._read_cursor()
        here = self.hunk_id
        at = f"hunk {ids.index(here) + 1} of {len(ids)}   " if here in ids else f"{len(ids)} hunks   "
        pane.set_title(None if narrow else Title("Changes", "2", right=(seg(at, "muted"), *tally(draft))))

    def _no_draft(self, width: int) -> tuple[Line, ...]:
        rows = [blank()]
        plan = self.case.plan
        if plan is not None and plan.no_fix:
            rows.extend(paragraph(f"No change is right: {plan.no_fix}", width, style="warn"))
        for old in self.case.drafts:
            if old.abandoned:
                rows.extend(
                    paragraph(f"draft {old.number} was abandoned: {old.abandoned}", width, style="muted")
                )
        if is_live(self.case):
            rows.extend(
                paragraph("No hunk yet: the run writes the test first, then the patch.", width, style="muted")
            )
        elif not rows[1:]:
            rows.extend(paragraph("No draft yet.", width, style="muted"))
        return tuple(rows)

    def _draw_ladder(self) -> None:
        case = self.case
        rungs = ladder.rungs(case)
        level = (seg(ladder.level(case), "strong bold"), seg(" now", "muted"))
        checks = before_proposing(case, tests=self.live.tests)
        name = "ladder-wide" if self.fold == "wide" else "ladder"
        pane, before = self.pane(name), self.pane("before")
        width = self.room(pane)
        title = "Evidence ladder" if self.fold == "wide" else "Ladder"
        rows = [section(title, width, level), *ladder_lines(rungs, width, terse=self.fold == "medium")]
        if self.fold == "narrow":
            rows.extend((blank(), section("Before you propose", width), *check_lines(checks, width), blank()))
            rows.extend((section("Budget", width), *meters(self.budget, width)))
        pane.show(rows)
        wide = self.room(before)
        before.show((section("Before you propose", wide), *check_lines(checks, wide)))
        self.query_one("#next", Bar).show(
            [Line((seg("enter ", "accent bold"), seg(next_step_words(case, checks), "muted")))]
        )

    # -- selecting

    def on_line_pane_moved(self, message: LinePane.Moved) -> None:
        message.stop()
        if message.pane.id == "changes":
            self._draw_changes()
        self.refresh_chrome()

    def _read_cursor(self) -> None:
        """Which hunk the cursor is on; hunks are numbered anew when the agent writes its draft again."""
        id = self.pane("changes").cursor_id
        self.row_id = id
        self.hunk_id = hunk_of(self.case, id) or self._hunk_of_file(id)

    def on_line_pane_chosen(self, message: LinePane.Chosen) -> None:
        message.stop()
        if message.by_click and message.line_id.startswith("tools:"):
            self.do_unfold()
        elif not message.by_click:
            self.do_proposal()

    def do_unfold(self) -> None:
        """The calls of the group of tools under the cursor, and back."""
        pane = self.pane("run")
        if not pane.cursor_id.startswith("tools:"):
            self.notice("no tool calls here; tab goes to the run", "muted")
            return
        self.opened ^= {pane.cursor_id}
        # what was unfolded stays in view, also where the log is followed
        pane.tail = False
        self._draw_run()
        pane.tail = True

    def on_field_done(self, message: Field.Done) -> None:
        if message.field.id not in ("steer", "steer-narrow"):
            return
        message.stop()
        message.field.set("")
        self.pane("run").focus()
        if message.text and message.text.strip():
            self.work(self.say(Steered(message.text.strip())), "steer")

    # -- commands of the run

    def do_steer(self) -> None:
        self.steer_field.focus()

    def do_follow_run(self) -> None:
        if self.fold == "narrow":
            self.go_to_pane(self.pane("run"))
        self.pane("run").focus()
        self.pane("run").move("G")

    async def do_pause(self) -> None:
        run = self.case.run
        paused = run is not None and run.state == "paused"
        if paused or self.case.pause_asked:
            await self.say(ResumeAsked())
            self.notice("it goes on", "accent")
        else:
            await self.say(PauseAsked())
            self.notice("it pauses after this step; p goes on", "accent")

    async def do_prove(self) -> None:
        await self.prove_again()

    def do_view(self) -> None:
        self.split = not self.split
        if self.split and self.room(self.pane("changes")) < 80:
            self.notice("two columns need a wider pane; z zooms it", "muted")
        self._draw_changes()

    def do_proposal(self) -> None:
        self.rootcase.open_proposal(self.key)

    def copy_text(self) -> str:
        from rootcase.core.model.hunks import unified

        draft = self.case.draft
        return (
            unified(draft.accepted) if draft and self.focused is self.pane("changes") else super().copy_text()
        )


def _texts(draft: Draft | None) -> tuple[object, ...]:
    """What the agent wrote, whatever was decided about it since."""
    return (
        tuple((s.hunk.id, s.hunk.path, s.hunk.old, s.agent_new or s.hunk.new) for s in draft.hunks)
        if draft
        else ()
    )
