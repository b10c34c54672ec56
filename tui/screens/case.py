"""The Case screen: reasoning, stack and code side by side, what is cited lit everywhere; timeline below."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical

from rootcase.core.model.aftermath import told
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Commented
from rootcase.core.model.events import Event
from rootcase.core.model.evidence import Citation, Claim
from rootcase.tui.catalogue.command import Context
from rootcase.tui.render import timeline
from rootcase.tui.render.case_reasoning import lit_by, reasoning
from rootcase.tui.render.case_stack import stack, suspects_block
from rootcase.tui.render.claims import evidence_lines, evidence_title, find
from rootcase.tui.render.facts import case_facts
from rootcase.tui.render.frames import ShownFrame, failing_index, frames_of
from rootcase.tui.render.layout import blank, seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.tabs import tab_row
from rootcase.tui.render.title import Title
from rootcase.tui.screens import joining, others
from rootcase.tui.screens.base import Fold
from rootcase.tui.screens.case_code_map import CodeMapCommands
from rootcase.tui.screens.case_layout import arrange_case
from rootcase.tui.screens.claim_marks import ClaimMarks
from rootcase.tui.widgets.bar import Bar
from rootcase.tui.widgets.code_column import CodeColumn
from rootcase.tui.widgets.divider import Divider
from rootcase.tui.widgets.line_pane import LinePane

TABS = ("Reasoning", "Stack", "Code", "Timeline")


class CaseScreen(CodeMapCommands, ClaimMarks):
    """selected: id under the reasoning's cursor; frame: number of the selected frame; tab: on a narrow screen."""

    place = "case"

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.samples: tuple[Event, ...] = ()
        self.selected = ""
        self.frame = -1
        self._blame_asked: bool | None = None
        self._cited_at = -1
        self._read_on = False

    def put(self, key: str) -> None:
        """Show another case in the widgets that are there: making them anew takes longer than a key may wait."""
        self.take_up(key)
        self.samples, self.selected, self.frame, self.candidate = (), "", -1, -1
        self._blame_asked, self._cited_at, self._read_on = None, -1, False
        for pane in self.query(LinePane):
            pane.empty()
        self.column.empty()
        self.lay_out(self.fold)
        self.set_focus(self.pane("reasoning"))

    # -- layout

    def body(self) -> ComposeResult:
        yield Bar("tabs", ("panel",))
        with Horizontal(id="upper"):
            with Vertical(id="left"):
                yield LinePane("reasoning")
                yield LinePane("suspects")
            yield Divider("left-rule")
            with Container(id="rest"):
                yield LinePane("stack")
                yield Divider("stack-rule")
                yield CodeColumn()
        with Horizontal(id="lower"):
            yield LinePane("timeline", cursor=False)
            yield Divider("lower-rule")
            yield LinePane("bleeding", cursor=False)
        with Vertical(id="evidence"):
            yield Bar("evidence-head", ("panel",))
            yield LinePane("cited", cursor=False)

    def on_mount(self) -> None:
        self.pane("reasoning").focus()

    def panes(self) -> Sequence[LinePane]:
        return (self.pane("reasoning"), self.pane("stack"), self.column.pane, self.pane("timeline"))

    def lay_out(self, fold: Fold) -> None:
        size = self.app.size
        arrange_case(self, fold, size.width, size.height, self.tab)
        column = self.column
        column.as_tab = fold == "narrow"
        column.blame = fold == "wide" if self._blame_asked is None else self._blame_asked
        column.with_also = fold != "narrow"

    # -- drawing

    def header(self, width: int) -> tuple[Line, Line]:
        return self.first_header("Case", width), case_facts(self.case, width, self.now_us)

    def context(self) -> Context:
        focused = self.focused.id or "" if self.focused else ""
        facts = frozenset(("claim",)) if self.selected.startswith("claim:") else frozenset[str]()
        return Context("case", self.case, selected=self.selected, pane=focused, facts=facts, able=self.able)

    async def read_first(self) -> None:
        self.samples = await self.rootcase.desk.samples(self.key)
        self.able = await self.rootcase.desk.able()

    def case_changed(self, old: Case) -> None:
        self.say_revert(old)
        if not old.seq:
            self.work(self.rootcase.desk.look_at(self.key), "marking it as seen")
        if old.seq and (old.signals != self.case.signals or not self.samples):
            self.work(self._read_samples(), "samples")

    async def _read_samples(self) -> None:
        key = self.key
        self.able = await self.rootcase.desk.able()
        samples = await self.rootcase.desk.samples(key)
        if samples != self.samples and key == self.key:
            # with the first samples the frames are counted anew, those of libraries included
            self.frame = self.frame if self.samples else -1
            self.samples = samples
            self.draw()

    @property
    def frames(self) -> tuple[ShownFrame, ...]:
        return frames_of(self.case, self.samples)

    @property
    def lit(self) -> frozenset[str]:
        return lit_by(self.case, self.selected)

    def redraw(self) -> None:
        frames = self.frames
        if frames and not any(f.index == self.frame for f in frames):
            self.frame = failing_index(frames)
        self._draw_reasoning()
        self.draw_stack()
        self._draw_code(frames)
        self._draw_lower()
        if self.fold == "narrow":
            self._draw_narrow()

    def _draw_reasoning(self) -> None:
        pane = self.pane("reasoning")
        pane.show(self._reasoning_lines(pane))
        if not self.selected and pane.cursor_id:
            # what the cursor stands on lights its evidence from the first drawing on
            self.selected = pane.cursor_id
            pane.show(self._reasoning_lines(pane))
        if not self._read_on:
            # What stands above the first claim is read first, however often it wraps anew before anybody moves.
            pane.reveal(0, always=True)
        at = next((n for n, c in enumerate(self.case.claims, 1) if f"claim:{c.id}" == self.selected), 0)
        total = len(self.case.claims)
        right = (
            seg(
                f"claim {at} of {total}" if at else f"{total} claims" if total else "before any run", "muted"
            ),
        )
        pane.set_title(None if self.fold == "narrow" else Title("Reasoning", "1", right=right))

    def _reasoning_lines(self, pane: LinePane) -> Sequence[Line]:
        return reasoning(
            self.case, self.room(pane), selected=self.selected, lit=self.lit, roomy=self.roomy, me=self.me,
            expand=self.fold != "narrow", samples=self.samples,
        )  # fmt: skip

    def draw_stack(self) -> None:
        pane = self.pane("stack")
        ours = sum(1 for frame in self.frames if frame.ours)
        right = (seg(f"{ours} frame{'' if ours == 1 else 's'} of ours", "muted"),)
        pane.set_title(None if self.fold == "narrow" else Title("Stack", "2", right=right))
        medium = self.fold == "medium"
        lines = stack(
            self.case, self.samples, self.room(pane), frame=self.frame, lit=self.lit, now_us=self.now_us,
            roomy=self.roomy, only_frames=medium, candidate=self.candidate_shown,
        )  # fmt: skip
        pane.show(lines)
        if not pane.cursor_id or not pane.has_focus:
            pane.select(f"frame:{self.frame}")
        if medium:
            suspects = self.pane("suspects")
            rows = suspects_block(self.case, self.room(suspects), self.lit, self.now_us, rows=2, terse=True)
            suspects.show(rows)
            suspects.styles.height = len(rows)
            share = 3 if self.case.code else 2
            pane.styles.height = max(3, min(len(lines) + 1, self.app.size.height // share))

    def _draw_code(self, frames: Sequence[ShownFrame]) -> None:
        shown = next((f for f in frames if f.index == self.frame), None)
        self.column.update(self.case, shown, self.lit, roomy=self.roomy)

    def _draw_lower(self) -> None:
        pane, side = self.pane("timeline"), self.pane("bleeding")
        legend = (seg(timeline.rate(self.case), "muted"), seg("   ▼ ", "fg"), seg("deploy", "muted"))
        narrow = self.fold == "narrow"
        pane.set_title(None if narrow else Title("Timeline", "4", right=legend))
        rows = max(1, pane.rows - 3) if not narrow else 6
        lines = timeline.timeline(self.case, self.room(pane), min(rows, 8))
        pane.show((*lines, blank(), *timeline.bleeding(self.case, self.room(pane))) if narrow else lines)
        side.set_title(Title("Stop the bleeding"))
        side.show(timeline.bleeding(self.case, self.room(side)))

    def _draw_narrow(self) -> None:
        claim = self.claim
        at = next((n for n, c in enumerate(self.case.claims, 1) if c is claim), 0)
        told: tuple[Seg, ...] = (seg(f"claim {at} of {len(self.case.claims)}", "muted"),) if at else ()
        self.query_one("#tabs", Bar).show([tab_row(TABS, self.tab, told)])
        self.query_one("#evidence-head", Bar).show([evidence_title(claim)])
        cited = self.pane("cited")
        citations = claim.citations if claim else tuple(Citation(name, ok=True) for name in sorted(self.lit))
        rows = evidence_lines(self.case, citations, self.room(cited), 4) if claim or citations else ()
        rows = (*rows, *timeline.one_line(self.case, self.room(cited)))
        cited.show(rows)
        self.query_one("#evidence").styles.height = len(rows) + 1 if rows else 0

    # -- selecting

    @property
    def claim(self) -> Claim | None:
        """The claim under the cursor, or None."""
        return next((c for c in self.case.claims if f"claim:{c.id}" == self.selected), None)

    def marked_claim(self) -> str:
        return self.claim.id if self.claim else ""

    def on_line_pane_moved(self, message: LinePane.Moved) -> None:
        message.stop()
        name, id = message.pane.id, message.line_id
        self._read_on = self._read_on or (message.by_user and name == "reasoning")
        if name == "reasoning" and id != self.selected:
            self.selected, self._cited_at = id, -1
            self.draw()
        elif name == "stack" and message.by_user and id.startswith("frame:"):
            self._go_to_frame(int(id.removeprefix("frame:")))
        elif name == "stack" and message.by_user and id.startswith("candidate:"):
            self.go_to_candidate(int(id.removeprefix("candidate:")))
        elif name in ("stack", "suspects") and message.by_user and self.column.commit:
            self.open_commit(id)

    def on_line_pane_chosen(self, message: LinePane.Chosen) -> None:
        message.stop()
        kind, _, name = message.line_id.partition(":")
        if kind == "suspect":
            self.open_commit(message.line_id)
        elif kind in ("frame", "candidate"):
            self._go_to_frame(int(name)) if kind == "frame" else self.go_to_candidate(int(name))
            self.go_to_pane(self.column.pane)
        elif message.pane.id == "reasoning":
            self.do_evidence()

    def _go_to_frame(self, number: int) -> None:
        self.frame = number
        self.column.show_frame()
        self.draw()

    # -- commands

    def do_evidence(self) -> None:
        """Go to what the claim cites, the next one each time."""
        cited = sorted(self.lit) if self.claim is None else [c.evidence for c in self.claim.citations]
        if not cited:
            self.notice("it cites nothing", "muted")
            return
        self._cited_at = (self._cited_at + 1) % len(cited)
        self._show_evidence(cited[self._cited_at])

    def _show_evidence(self, name: str) -> None:
        frame = next((f for f in self.frames if name in f.evidence), None)
        suspects = self.case.code.suspects if self.case.code else ()
        suspect = next((s for s in suspects if s.evidence == name), None)
        if frame is not None:
            self._go_to_frame(frame.index)
            self.pane("stack").select(frame.id)
            if self.fold == "narrow":
                self.go_to_pane(self.column.pane)
        elif suspect is not None:
            self.open_commit(f"suspect:{suspect.commit.sha}")
            if self.fold == "narrow":
                self.go_to_pane(self.column.pane)
        elif (item := find(self.case, name)) is not None and item.path and item.commit:
            self.column.show_place(item.path, item.commit, item.line)
            if self.fold == "narrow":
                self.go_to_pane(self.column.pane)
        else:
            self.notice(f"[{name}] {item.label}: {item.text}" if item else f"[{name}] is not recorded", "fg")

    def do_view(self) -> None:
        self.column.turn()

    def do_blame(self) -> None:
        self._blame_asked = self.column.blame = not self.column.blame
        self.column.draw()

    def do_frame(self, key: str) -> None:
        ours = [f.index for f in self.frames if f.ours]
        if ours:
            at = ours.index(self.frame) if self.frame in ours else len(ours) - 1
            self._go_to_frame(ours[max(0, min(len(ours) - 1, at + (1 if key == "]" else -1)))])
            self.pane("stack").select(f"frame:{self.frame}")

    def do_draft(self) -> None:
        self.rootcase.open_draft(self.key)

    def do_proposal(self) -> None:
        self.rootcase.open_proposal(self.key)

    async def do_comment(self) -> None:
        claim = self.claim
        text = await self.ask("comment", hint=f"on claim {claim.id}" if claim else "on this case")
        if text and text.strip():
            await self.say(Commented(text.strip(), claim.id if claim else ""))

    async def do_merge(self) -> None:
        await joining.merge(self, self.rootcase.desk, self.key, ())

    async def do_unmerge(self) -> None:
        signal = self.selected.removeprefix("signal:") if self.selected.startswith("signal:") else ""
        await joining.part(self, self.rootcase.desk, self.key, signal)

    async def do_verdict(self) -> None:
        await joining.override(self, self.rootcase.desk, self.key)

    async def do_post(self) -> None:
        from rootcase.tui.screens.posting import post_note  # not before the first paint

        await post_note(self)

    async def do_agree(self) -> None:
        await joining.agree(self, self.rootcase.desk, self.key)

    async def do_watch(self) -> None:
        """Ask forge, remote and sources now; the journal shows what is new."""
        self.notice("looking at the forge, the deploys and the events…", "accent")
        before = self.case.seq
        await self.rootcase.desk.look_after(self.key)
        case = await self.rootcase.desk.case(self.key)
        if case.after is not None:
            self.notice(
                told(case.after) if case.seq > before else f"nothing is new: {told(case.after)}", "good"
            )

    async def do_address(self) -> None:
        await others.address(self, self.rootcase.desk, self.key)

    async def do_take(self) -> None:
        await others.take(self, self.rootcase.desk, self.key)

    def do_refresh(self) -> None:
        self.column.forget()
        super().do_refresh()
        if self.case.effect("pull_request") is not None:
            self.work(self.rootcase.desk.read_pull(self.key), "its pull request")

    def copy_text(self) -> str:
        focused = self.focused
        if focused is self.column.pane:
            path, commit, line = self.column.place
            cursor = focused.cursor_id.removeprefix("line:")
            return f"{path}:{cursor if cursor.isdigit() else line} at {commit[:12]}" if path else ""
        if focused is self.pane("timeline"):
            good = self.case.code.rollback if self.case.code else None
            return f"{good.release} {good.commit}".strip() if good else ""
        if focused is self.pane("stack"):
            shown = next((f for f in self.frames if f.index == self.frame), None)
            return f"{shown.where} {shown.function}" if shown else ""
        if self.claim:
            return self.claim.text
        if self.case.note:
            return "\n".join((super().copy_text(), *(f"{n.label}: {n.text}" for n in self.case.note)))
        return super().copy_text()
