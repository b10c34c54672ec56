"""Marking claims right or wrong and pinning the cause, on every screen that shows claims."""

from __future__ import annotations

from rootcase.core.model.entries import CausePinned, ClaimMade, ClaimMarked
from rootcase.core.model.evidence import Claim
from rootcase.tui.screens.followed import FollowedScreen


class ClaimMarks(FollowedScreen):
    """A screen gives `marked_claim()`, the id of the claim under the cursor."""

    def marked_claim(self) -> str:
        """Id of the claim under the cursor, "" for none."""
        raise NotImplementedError

    @property
    def _claim(self) -> Claim | None:
        return next((claim for claim in self.case.claims if claim.id == self.marked_claim()), None)

    async def do_mark_right(self) -> None:
        claim = self._claim
        if claim is not None:
            await self.say(ClaimMarked(claim.id, "supported"))
            self.notice(f"claim {claim.id} is right, as you say; u takes it back", "good")

    async def do_mark_wrong(self) -> None:
        """The reason goes to the model, and stays with the claim."""
        claim = self._claim
        if claim is None:
            return
        reason = await self.ask(
            "wrong because", hint=f"claim {claim.id}; the next step reads it, enter alone will do"
        )
        if reason is not None:
            await self.say(ClaimMarked(claim.id, "refuted", reason.strip()))

    async def do_pin(self) -> None:
        """The claim under the cursor is the cause; without one, a cause is typed. Again takes the pin away."""
        claim = self._claim
        if claim is not None and claim.id == self.case.pinned:
            await self.say(CausePinned(""))
            self.notice("no cause is pinned", "muted")
            return
        if claim is not None:
            await self.say(CausePinned(claim.id))
            return
        text = await self.ask("the cause", hint="in one sentence; the plan has to repair it")
        if text and text.strip():
            made = Claim(
                self._next_id(), text.strip(), "assumed", (), "cause", "the engineer says so", "human"
            )
            await self.say(ClaimMade(made), CausePinned(made.id))

    def _next_id(self) -> str:
        """Claims of humans are numbered apart from those of an agent."""
        taken = {claim.id for claim in self.case.claims}
        return next(name for number in range(1, len(taken) + 2) if (name := f"y{number}") not in taken)
