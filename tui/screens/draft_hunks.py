"""What the Draft screen does to hunks: decide, edit, split, comment, waive; each an entry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rootcase.core.model.drafts import Draft, HunkDecision, HunkState
from rootcase.core.model.entries import (
    Commented,
    FindingWaived,
    HunkDecided,
    HunkEdited,
    HunkSplit,
    ResumeAsked,
)
from rootcase.core.model.hunks import lines_of, split
from rootcase.core.model.proofs import Finding, mutant_id
from rootcase.tui.caps import raised, suggested
from rootcase.tui.render.checks import findings_of
from rootcase.tui.render.words import dollars
from rootcase.tui.screens.followed import FollowedScreen
from rootcase.tui.widgets.line_pane import LinePane

if TYPE_CHECKING:
    from rootcase.tui.widgets.hunk_editor import HunkEditor


class HunkCommands(FollowedScreen):
    """hunk_id: the hunk under the cursor; row_id: the row's id in the changes pane."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.hunk_id = ""
        self.row_id = ""
        self.editing = False

    @property
    def draft(self) -> Draft | None:
        return self.case.draft

    @property
    def hunk(self) -> HunkState | None:
        """The hunk under the cursor, or None."""
        states = self.draft.hunks if self.draft else ()
        return next((state for state in states if state.hunk.id == self.hunk_id), None)

    @property
    def finding(self) -> Finding | None:
        """The finding under the cursor, else the first open one of the hunk."""
        findings = findings_of(self.case, self.draft) if self.draft else ()
        named = next((f for f in findings if f"finding:{f.id}" == self.row_id), None)
        of_hunk = (f for f in findings if f.hunk == self.hunk_id and not f.waived)
        return named or next(of_hunk, None)

    def _hunk_of_file(self, id: str) -> str:
        """The first hunk of the file that a file's row stands for."""
        path = id.removeprefix("file:")
        states = self.draft.hunks if self.draft else ()
        return next((state.hunk.id for state in states if state.hunk.path == path), self.hunk_id)

    # -- moving

    def do_hunk(self, key: str) -> None:
        ids = [f"hunk:{state.hunk.id}" for state in self.draft.hunks] if self.draft else []
        self._step(ids, f"hunk:{self.hunk_id}", key == "]")

    def do_file(self, key: str) -> None:
        states = self.draft.hunks if self.draft else ()
        ids = list(dict.fromkeys(f"file:{state.hunk.path}" for state in states))
        here = f"file:{self.hunk.hunk.path}" if self.hunk else ""
        self._step(ids, here, key == "}")

    def _step(self, ids: list[str], here: str, forward: bool) -> None:
        pane = self.query_one("#changes", LinePane)
        if not ids:
            return
        if here in ids:
            at = ids.index(here)
            # the way back first goes to the head of the hunk one is in
            inside = not forward and pane.cursor_id != here
            at += 0 if inside else 1 if forward else -1
        else:
            at = 0
        self.go_to_pane(pane)
        pane.select(ids[max(0, min(len(ids) - 1, at))])

    # -- deciding

    async def _decide(self, hunks: Iterable[str], decision: HunkDecision) -> None:
        draft = self.draft
        named = tuple(hunks)
        if draft is not None and named:
            await self.say(HunkDecided(draft.number, named, decision))

    async def do_accept(self) -> None:
        await self._one("accepted")

    async def do_reject(self) -> None:
        await self._one("rejected")

    async def _one(self, decision: HunkDecision) -> None:
        if self.row_id.startswith("file:"):
            await self._decide(self._of_file(), decision)
        elif self.hunk is not None and self.hunk.decision != decision:
            await self._decide([self.hunk.hunk.id], decision)
        elif self.hunk is not None:
            self.notice(f"hunk {self.hunk.hunk.id.lstrip('h')} is {decision} already", "muted")

    async def do_accept_file(self) -> None:
        await self._decide(self._of_file(), "accepted")

    async def do_reject_file(self) -> None:
        await self._decide(self._of_file(), "rejected")

    def _of_file(self) -> list[str]:
        hunk, draft = self.hunk, self.draft
        if hunk is None or draft is None:
            return []
        return [state.hunk.id for state in draft.hunks if state.hunk.path == hunk.hunk.path]

    async def do_split(self) -> None:
        state, draft = self.hunk, self.draft
        if state is None or draft is None:
            return
        pieces = split(state.hunk)
        if len(pieces) < 2:
            self.notice(f"hunk {state.hunk.id.lstrip('h')} is one piece: its lines change together", "muted")
            return
        await self.say(HunkSplit(draft.number, state.hunk.id, pieces))

    # -- editing

    def do_edit(self) -> None:
        """A small editor over the hunk's new lines, under the changes."""
        # Textual's text area brings tree-sitter along, which no screen needs before the first edit
        from rootcase.tui.widgets.hunk_editor import HunkEditor

        state = self.hunk
        if state is None or self.editing:
            return
        if not HunkEditor.can_edit(state.hunk.new):
            self.notice("it holds characters that the screen does not show; ctrl+e edits it in $EDITOR")
            return
        self.editing = True
        editor = HunkEditor(state.hunk.id, state.hunk.new)
        editor.styles.dock = "bottom"
        self.query_one("#change-side").mount(editor)
        self.lay_out(self.fold)

    async def on_hunk_editor_done(self, message: HunkEditor.Done) -> None:
        message.stop()
        self.editing = False
        await self.query_one("#hunk-editor").remove()
        self.lay_out(self.fold)
        self.set_focus(self.query_one("#changes", LinePane))
        if message.new is not None:
            await self._edited(message.hunk, message.new)

    async def _edited(self, hunk: str, new: tuple[str, ...]) -> None:
        draft = self.draft
        state = next((s for s in draft.hunks if s.hunk.id == hunk), None) if draft else None
        if draft is None or state is None:
            self.notice("the draft has been replaced meanwhile; your text was not taken over", "bad")
        elif new == state.hunk.new:
            self.notice("nothing was changed", "muted")
        else:
            await self.say(HunkEdited(draft.number, hunk, new))

    async def do_editor(self) -> None:
        """The hunk's new lines in $EDITOR."""
        state = self.hunk
        if state is None:
            return
        suffix = "." + state.hunk.path.rsplit(".", 1)[-1] if "." in state.hunk.path else ".txt"
        text = await self.rootcase.edit("".join(state.hunk.new), suffix=suffix)
        if text is not None:
            await self._edited(state.hunk.id, lines_of(text))

    # -- words

    async def do_comment(self) -> None:
        state = self.hunk
        if state is None:
            return
        name = state.hunk.id
        text = await self.ask("comment", hint=f"on hunk {name.lstrip('h')}; the next round reads it")
        if text and text.strip():
            await self.say(Commented(text.strip(), name))

    async def do_waive(self) -> None:
        """Waive a finding, else say that a surviving mutant changes nothing; the reason is typed and stays."""
        finding = self.finding
        if finding is None:
            await self._mark_equivalent()
            return
        reason = await self.ask("waive", hint=f"why {finding.check} is fine here; it stands in the proposal")
        if reason is None:
            return
        if not reason.strip():
            self.notice("a waiver needs a reason; nothing was waived")
            return
        await self.say(FindingWaived(finding.id, reason.strip()))

    async def _mark_equivalent(self) -> None:
        mutation = self.case.proof("mutation")
        if mutation is None or not mutation.survivors:
            self.notice("no open finding at this hunk, and no mutant that survived", "muted")
            return
        words = mutation.survivors[0]
        reason = await self.ask("equivalent", hint=f"why it changes nothing when {words}")
        if reason and reason.strip():
            await self.say(FindingWaived(mutant_id(words), reason.strip()))

    async def do_raise_cap(self) -> None:
        """A new cap in dollars, tokens, minutes or steps; a run that waits at the old one goes on."""
        run = self.case.run
        paused = run is not None and run.state == "paused"
        waits = run.because if run is not None and paused else ""
        hint = f"now {dollars(self.budget.cap_usd)}; or 900k tokens, 40 minutes, 200 steps"
        answer = await self.ask("cap in dollars", hint=hint, text=suggested(waits, self.budget))
        if answer is None:
            return
        body = raised(answer, self.budget)
        if isinstance(body, str):
            self.notice(body, "bad")
            return
        await self.say(body, *((ResumeAsked(),) if paused else ()))
