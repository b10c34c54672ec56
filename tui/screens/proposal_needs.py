"""The keys of the Proposal screen by which a human picks kinds of confidence, and takes one upon themselves."""

from __future__ import annotations

from rootcase.core.model.confidence import CONFIDENCE_KINDS, WORDS
from rootcase.core.model.delivery import ConfidenceKind
from rootcase.core.model.entries import ConfidenceChosen, ConfidenceWaived
from rootcase.tui.render.proposal_confidence import NEED, needs_of
from rootcase.tui.screens.followed import FollowedScreen
from rootcase.tui.widgets.line_pane import LinePane


class NeedKeys(FollowedScreen):
    """`n` and `w`; what was said is undone with `u`, and counts in the proposal that is made next."""

    async def do_needs(self) -> None:
        hint = f"of {', '.join(CONFIDENCE_KINDS)}; besides what the policy asks for"
        answer = await self.ask("needs", hint=hint, text=" ".join(self.case.confidence))
        if answer is None:
            return
        words = list(dict.fromkeys(answer.replace(",", " ").lower().split()))
        kinds = tuple(kind for kind in CONFIDENCE_KINDS if any(kind.startswith(word) for word in words))
        unknown = [word for word in words if not any(kind.startswith(word) for kind in CONFIDENCE_KINDS)]
        if unknown:
            self.notice(f"{unknown[0]} is none of {', '.join(CONFIDENCE_KINDS)}; nothing was changed", "bad")
        elif kinds != self.case.confidence:
            await self.say(ConfidenceChosen(kinds))
            self.notice("it is needed from now on; t proposes it anew", "accent")

    async def do_waive_kind(self) -> None:
        kind = self._open_kind()
        if kind is None:
            self.notice("no kind of confidence is open", "muted")
            return
        hint = f"why it may go without the {WORDS[kind]}; your name and this stand in the proposal"
        reason = await self.ask("waive", hint=hint)
        if reason is None:
            return
        if not reason.strip():
            self.notice("a waiver needs a reason; nothing was waived")
            return
        draft = self.case.draft
        await self.say(ConfidenceWaived(kind, reason.strip(), draft.digest if draft else ""))
        self.notice(f"the {WORDS[kind]} is waived for this text; t proposes it anew", "accent")

    def _open_kind(self) -> ConfidenceKind | None:
        """The one under the cursor, else the first that is open."""
        waiting = [need.kind for need in needs_of(self.case) if need.state == "open"]
        at = self.query_one("#sending", LinePane).cursor_id.removeprefix(NEED)
        return next((kind for kind in waiting if kind == at), next(iter(waiting), None))
