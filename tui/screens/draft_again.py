"""Going back and asking for more: from a phase again, another draft, another of the drafts that stand."""

from __future__ import annotations

from typing import get_args

from rootcase.core.model.entries import AnotherAsked, DraftChosen, HunkDecided, PhaseRestarted
from rootcase.core.model.steering_entries import RestartPhase
from rootcase.tui.screens.claim_marks import ClaimMarks
from rootcase.tui.screens.draft_hunks import HunkCommands

PHASES: tuple[RestartPhase, ...] = get_args(RestartPhase)


class DraftAgain(HunkCommands, ClaimMarks):
    """beside: whether the drafts that stand are shown next to each other."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.beside = False

    async def do_restart(self) -> None:
        """From a phase on, everything is done again; the words after it go to the model."""
        answer = await self.ask("again from", hint=f"{', '.join(PHASES)}; words after it tell why")
        if not answer or not answer.strip():
            return
        name, _, reason = answer.strip().partition(" ")
        phase = next((phase for phase in PHASES if phase.startswith(name.lower())), None)
        if phase is None:
            self.notice(f"{name} is no phase; there are {', '.join(PHASES)}", "bad")
            return
        await self.say(PhaseRestarted(phase, reason.strip()))
        await self.start_run()

    async def do_reject_because(self) -> None:
        """Reject the hunk with words that the next draft is given."""
        state, draft = self.hunk, self.draft
        if state is None or draft is None:
            return
        reason = await self.ask(
            "reject because", hint=f"hunk {state.hunk.id.lstrip('h')}; n asks for another draft"
        )
        if reason is not None:
            await self.say(HunkDecided(draft.number, (state.hunk.id,), "rejected", reason.strip()))

    async def do_another(self) -> None:
        """Another draft beside this one, with what was rejected and why in its brief."""
        draft = self.draft
        if draft is None:
            return
        reason = await self.ask("another draft", hint="what to do otherwise; this one stays beside it")
        if reason is None:
            return
        await self.say(AnotherAsked(draft.number, reason.strip()))
        await self.start_run()

    async def do_next_draft(self) -> None:
        """Of the drafts that stand, the next one is the one that counts."""
        standing = self.case.standing
        if self.draft is None or len(standing) < 2:
            return
        at = next(n for n, draft in enumerate(standing) if draft.number == self.draft.number)
        taken = standing[(at + 1) % len(standing)]
        await self.say(DraftChosen(taken.number))
        self.notice(f"draft {taken.number} is the one that counts now", "accent")

    def do_beside(self) -> None:
        """The drafts that stand next to each other, and back."""
        self.beside = not self.beside
        self.draw()
