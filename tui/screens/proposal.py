"""The Proposal screen: the exact text, every write, and the bar in which only `y` sends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal

from rootcase.core.model.case import Case
from rootcase.core.model.entries import Approved, ProposalEdited, ReviewersChosen
from rootcase.tui.catalogue.command import Command, Context
from rootcase.tui.keys import key_name
from rootcase.tui.render.checks import is_live, why_not_send
from rootcase.tui.render.facts import proposal_facts
from rootcase.tui.render.footer import keys_line
from rootcase.tui.render.layout import seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.proposal_sending import confirm_lines, sending
from rootcase.tui.render.proposal_text import kind_words, proposal_text
from rootcase.tui.render.tabs import tab_row
from rootcase.tui.render.title import Title
from rootcase.tui.screens.base import Fold
from rootcase.tui.screens.proposal_needs import NeedKeys
from rootcase.tui.widgets.bar import Bar
from rootcase.tui.widgets.divider import Divider
from rootcase.tui.widgets.line_pane import LinePane

TABS = ("Text", "Sending")
BAR_ROWS = 3


class ProposalScreen(NeedKeys):
    """as_raw: the text exactly as it is sent; bar_open: the confirm bar holds the keys, for one digest."""

    place = "proposal"

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.as_raw = False
        self.bar_open = False
        self._bar_digest = ""

    # -- layout

    def body(self) -> ComposeResult:
        yield Bar("tabs", ("panel",))
        with Horizontal(id="proposal-body"):
            yield LinePane("text", cursor=False)
            yield Divider("proposal-rule")
            yield LinePane("sending")
        yield Bar("confirm", ("warn-area",) * BAR_ROWS)

    def on_mount(self) -> None:
        self.query_one("#confirm").display = False
        self.pane("text").focus()

    def pane(self, name: str) -> LinePane:
        return self.query_one(f"#{name}", LinePane)

    def panes(self) -> Sequence[LinePane]:
        return (self.pane("text"), self.pane("sending"))

    def lay_out(self, fold: Fold) -> None:
        width, narrow = self.app.size.width, fold == "narrow"
        self.query_one("#tabs").display = narrow
        self.query_one("#proposal-rule").display = not narrow
        self.pane("text").display = not narrow or self.tab == 0
        self.pane("sending").display = not narrow or self.tab == 1
        self.pane("text").styles.width = (
            "1fr" if narrow else round(width * (0.592 if fold == "wide" else 0.555))
        )
        self.pane("sending").styles.width = "1fr"

    # -- drawing

    def header(self, width: int) -> tuple[Line, Line]:
        return self.first_header("Proposal", width), proposal_facts(self.case, width)

    def context(self) -> Context:
        return Context("proposal", self.case, bar_open=self.bar_open)

    def case_changed(self, old: Case) -> None:
        proposal = self.case.proposal
        if self.bar_open and (proposal is None or proposal.digest != self._bar_digest):
            self._close_bar()
            self.notice("the proposal has changed; s shows it again", "warn")

    def redraw(self) -> None:
        text, side = self.pane("text"), self.pane("sending")
        narrow = self.fold == "narrow"
        text.set_title(None if narrow else Title(kind_words(self.case.proposal), "1", right=self._views()))
        text.show(proposal_text(self.case, self.room(text), as_raw=self.as_raw, roomy=self.roomy))
        side.set_title(None if narrow else Title("Sending", "2"))
        side.show(
            sending(
                self.case, self.room(side), with_ladder=self.fold != "medium", roomy=self.roomy, me=self.me
            )
        )
        if narrow:
            self.query_one("#tabs", Bar).show([tab_row(TABS, self.tab, self._views())])
        if self.bar_open:
            self._show_bar()

    def _views(self) -> tuple[Seg, ...]:
        on, off = "strong bold underline", "muted"
        return (
            seg("rendered", off if self.as_raw else on), seg("   "), seg("raw", on if self.as_raw else off),
            seg("   v", "accent bold"),
        )  # fmt: skip

    # -- sending

    def perform(self, command: Command, key: str = "") -> None:
        """While the bar is open other keys rest."""
        if self.bar_open and command.id != "proposal.yes":
            return
        super().perform(command, key)

    async def on_key(self, event: events.Key) -> None:
        if self.bar_open and key_name(event) == "esc":
            event.stop()
            event.prevent_default()
            self._close_bar()

    def do_back(self) -> None:
        if self.bar_open:
            self._close_bar()
        else:
            super().do_back()

    def do_send(self) -> None:
        """Open the bar for the proposal as it is now; only `y` sends it."""
        proposal = self.case.proposal
        if proposal is None:
            return
        self.bar_open, self._bar_digest = True, proposal.digest
        self.query_one("#confirm").display = True
        self._show_bar()
        self.refresh_chrome()

    def _show_bar(self) -> None:
        bar = self.query_one("#confirm", Bar)
        lines = confirm_lines(self.case, self.app.size.width - 2, with_writes=self.fold == "narrow")
        bar.styles.height = len(lines)
        bar.show(lines)

    def refresh_chrome(self) -> None:
        """While the bar is open the footer names the only two keys."""
        super().refresh_chrome()
        if self.bar_open and self.is_mounted:
            line = keys_line((("y", "send"), ("esc", "go back")))
            rest = (seg("other keys rest while this bar is open", "muted"),)
            self.query_one("#footer", Bar).show([replace(line, right=rest)])

    def _close_bar(self) -> None:
        self.bar_open = False
        self.query_one("#confirm").display = False
        self.refresh_chrome()

    async def do_yes(self) -> None:
        """Approve exactly what the bar showed, and let a run send it."""
        why = why_not_send(self.case)
        proposal = self.case.proposal
        self._close_bar()
        if proposal is None or proposal.digest != self._bar_digest or why:
            self.notice(why or "the proposal has changed; nothing was sent", "warn")
            return
        await self.say(Approved(proposal.digest))
        if not is_live(self.case):
            await self.rootcase.desk.start_run(self.key, "propose")
        self.notice("approved; it is being sent", "good")

    # -- changing

    def do_view(self) -> None:
        self.as_raw = not self.as_raw
        self.draw()

    async def do_edit(self) -> None:
        """Title and body in $EDITOR: the first line is the title."""
        proposal = self.case.proposal
        if proposal is None:
            return
        text = await self.rootcase.edit(f"{proposal.title}\n\n{proposal.body}", suffix=".md")
        if text is None:
            return
        title, _, body = text.partition("\n")
        title, body = title.strip(), body.strip("\n")
        if not title or not body.strip():
            self.notice("a proposal needs a title and a text; nothing was changed", "bad")
        elif (title, body) != (proposal.title, proposal.body.strip("\n")):
            await self.say(ProposalEdited(title, body))
            self.notice("your text stands; it is asked for approval anew", "accent")

    async def do_reviewers(self) -> None:
        proposal = self.case.proposal
        if proposal is None:
            return
        owners = " ".join(
            o.name for o in (self.case.code.owners if self.case.code else ()) if o.from_codeowners
        )
        hint = f"names with a space between; owners are {owners}" if owners else "names with a space between"
        answer = await self.ask("reviewers", hint=hint, text=" ".join(proposal.reviewers))
        if answer is None:
            return
        chosen = tuple(dict.fromkeys(answer.replace(",", " ").split()))
        if chosen != proposal.reviewers:
            await self.say(ReviewersChosen(chosen))

    def copy_text(self) -> str:
        proposal = self.case.proposal
        return f"{proposal.title}\n\n{proposal.body}" if proposal else super().copy_text()

    def browser_url(self) -> str:
        """What was sent last, else the case at its source."""
        sent = [effect.url for effect in self.case.effects if effect.url]
        return sent[-1] if sent else super().browser_url()
