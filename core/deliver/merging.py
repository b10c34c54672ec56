"""Asks the forge to merge a pull request by its own rules, and takes that back; Rootcase itself merges nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

from rootcase.core.deliver.destination import Destination
from rootcase.core.deliver.forge import Forge, Made
from rootcase.core.deliver.naming import write_key
from rootcase.core.deliver.narrow import Narrow
from rootcase.core.deliver.outcome import Outcome
from rootcase.core.deliver.push import Pusher
from rootcase.core.model.case import Case
from rootcase.core.model.delivery import Effect, Proposal, Write
from rootcase.core.model.errors import DeliveryError, GuardrailError

BY_HAND = "Merge it by hand at the forge, when it is reviewed."


@dataclass(frozen=True, slots=True)
class Mergeable:
    """A pull request as the forge's merging sees it. head: its tip; asked: a merge has been asked for already.

    demanded: approvals by people that the branch demands; approved: nothing is missing of them. id, method: what
    the forge needs to be told.
    """

    number: int
    head: str
    state: str = "open"
    draft: bool = False
    asked: bool = False
    demanded: int = 0
    approved: bool = False
    id: str = ""
    method: str = ""


class Merger(Protocol):
    """The forge's own auto-merge for one project. Writes raise DeliveryError, AnswerLost where nobody knows."""

    async def look(self, number: int) -> Mergeable: ...
    async def ask(self, there: Mergeable) -> None:
        """Merge when all that the branch demands is there, at exactly this head."""

    async def withdraw(self, there: Mergeable) -> None: ...
    async def close(self) -> None: ...


def with_merge(
    case: Case,
    proposal: Proposal,
    destination: Destination,
    allowed: Narrow | None,
    writes: tuple[Write, ...],
) -> tuple[Write, ...]:
    """The writes with the request behind the pull request where the rule allows it; an older one is taken back
    before anything is pushed under it."""
    before: list[Write] = []
    after: list[Write] = []
    standing = standing_merge(case)
    ask = None
    if allowed is not None and allowed.ok and proposal.kind == "pull_request" and destination.forge != "none":
        ask = Write(
            "auto_merge", destination.shown, _key(case, "auto_merge", _anew(case, proposal)),
            "Merge when the branch's own checks and approvals are there", allowed.words,
            f"the forge merges after its checks and a human's approval; allowed by {allowed.rule}",
        )  # fmt: skip
    if standing is not None and (ask is None or ask.key != standing.key) and proposal.branch:
        before.append(
            Write(
                "auto_merge_off", standing.target, _key(case, "auto_merge_off", standing.key), "Do not merge by itself",
                "", "the merge that was asked for is taken back before anything changes",
            )
        )  # fmt: skip
    if ask is not None:
        after.append(ask)
    return (*before, *writes, *after)


def standing_merge(case: Case) -> Effect | None:
    """The merge that was asked for and not taken back, or None."""
    gone = {
        effect.key for effect in case.effects if effect.kind == "auto_merge_off" and effect.state == "done"
    }
    asked = [e for e in case.effects if e.kind == "auto_merge" and e.state in ("done", "intended")]
    return next((e for e in reversed(asked) if _key(case, "auto_merge_off", e.key) not in gone), None)


def withdrawal_key(case: Case, asked: Effect) -> str:
    """The key under which a standing request is taken back."""
    return _key(case, "auto_merge_off", asked.key)


def _anew(case: Case, proposal: Proposal) -> str:
    """What was taken back may be asked for again, of the same text too: that is another request."""
    gone = sum(1 for e in case.effects if e.kind == "auto_merge_off" and e.state == "done")
    return f"{proposal.draft_digest}\0{gone}"


def _key(case: Case, kind: str, what: str) -> str:
    return write_key(case, kind, hashlib.sha256(what.encode()).hexdigest()[:12])


@dataclass(frozen=True)
class AskMerge:
    """Asked once, of the very commit that was pushed, and only where the branch demands a human's approval."""

    case: Case
    proposal: Proposal
    forge: Forge
    merger: Merger
    pusher: Pusher

    async def find(self) -> Outcome | None:
        pull = await self.forge.pull_for(self.proposal.branch)
        if pull is None:
            return None
        there = await self.merger.look(pull.number)
        return Outcome(pull.url, str(pull.number)) if there.asked else None

    async def perform(self) -> Outcome:
        pull = await self.forge.pull_for(self.proposal.branch)
        if pull is None:
            raise DeliveryError("There is no pull request to merge", "It was not opened.", "Send it first.")
        there = await self.merger.look(pull.number)
        self._check(pull, there)
        pushed = await self.pusher.find(self.proposal, self.case.key)
        if pushed is None or pushed.commit != there.head:
            raise DeliveryError(
                f"{pull.shown} holds more than what was proved", f"Its tip is {there.head[:10]}.", BY_HAND
            )
        await self.merger.ask(there)
        if not (await self.merger.look(pull.number)).asked:
            raise DeliveryError(
                f"The forge did not take {pull.shown} for merging", "It gave no reason.", BY_HAND
            )
        return Outcome(pull.url, str(pull.number))

    def _check(self, pull: Made, there: Mergeable) -> None:
        if there.state != "open" or there.draft:
            told = "is a draft" if there.draft else f"is {there.state}"
            raise DeliveryError(f"{pull.shown} {told}", "No merge was asked for.", BY_HAND)
        if there.demanded < 1:
            raise GuardrailError(
                f"{self.proposal.base_branch} demands no human's approval", "No merge was asked for.",
                "Demand one approval at least in the forge's rules of that branch, or merge by hand.",
            )  # fmt: skip
        if there.approved:
            # Asking now could merge at once, and merging is a human's.
            raise DeliveryError(f"{pull.shown} is approved already", "No merge was asked for.", BY_HAND)


@dataclass(frozen=True)
class WithdrawMerge:
    """Takes a request back; one that is not there any more, or whose pull request is over, is taken back."""

    branch: str
    forge: Forge
    merger: Merger

    async def find(self) -> Outcome | None:
        pull = await self.forge.pull_for(self.branch)
        if pull is None:
            return Outcome()
        there = await self.merger.look(pull.number)
        return Outcome(pull.url, str(pull.number)) if not there.asked or there.state != "open" else None

    async def perform(self) -> Outcome:
        pull = await self.forge.pull_for(self.branch)
        if pull is None:
            return Outcome()
        await self.merger.withdraw(await self.merger.look(pull.number))
        return Outcome(pull.url, str(pull.number))
