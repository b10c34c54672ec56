"""The part of the fold that keeps the proposal, its approval, and each write outside."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from rootcase.core.journal.fold_decisions import Decisions
from rootcase.core.model.delivery import Effect, Proposal, Write, proposal_digest
from rootcase.core.model.entries import (
    Approved,
    EffectDone,
    EffectFailed,
    EffectIntended,
    Entry,
    ProposalEdited,
    Proposed,
    PullRead,
    ReviewAddressed,
    ReviewersChosen,
    TookOver,
)

if TYPE_CHECKING:
    from rootcase.core.journal.fold_parts import Table
    from rootcase.core.model.pulls import Standing


class Delivery:
    """An approval counts for the exact text it named, and only while no human has decided anything since."""

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions
        self._proposed: Proposal | None = None
        self._edits: list[Entry] = []
        self._approved: tuple[str, str] = ("", "")
        self._approved_at = 0
        self.effects: dict[str, Effect] = {}
        self.done_seq = self.failed_seq = 0
        self.pull: Standing | None = None
        self.addressed: list[str] = []
        self.takings: list[TookOver] = []

    def table(self) -> Table:
        return {
            Proposed: self._propose, ProposalEdited: self._edit, ReviewersChosen: self._edit,
            Approved: self._approve, EffectIntended: self._intended, EffectDone: self._done,
            EffectFailed: self._failed, PullRead: self._read, ReviewAddressed: self._addressed,
            TookOver: self._took,
        }  # fmt: skip

    def proposal(self, draft_digest: str) -> Proposal | None:
        """What would be sent for the draft as it stands; None when the draft has moved on since."""
        proposed = self._proposed
        if proposed is None or (proposed.draft_digest and proposed.draft_digest != draft_digest):
            return None
        for entry in self._edits:
            if entry.seq not in self._decisions.undone:
                proposed = _edited(proposed, entry)
        return proposed

    def approval(self, proposal: Proposal | None) -> tuple[str, str]:
        """(digest, by whom) of the approval that counts for this proposal; ("", "") where none does."""
        digest, by = self._approved
        if proposal is None or digest != proposal.digest or self._approved_at != self._decisions.changes:
            return "", ""
        return digest, by

    def _propose(self, entry: Entry, body: Proposed) -> None:
        self._proposed = body.proposal
        self._edits.clear()

    def _edit(self, entry: Entry, body: ProposalEdited | ReviewersChosen) -> None:
        self._edits.append(entry)

    def _approve(self, entry: Entry, body: Approved) -> None:
        self._approved = (body.digest, entry.actor)
        self._approved_at = self._decisions.changes

    def _intended(self, entry: Entry, body: EffectIntended) -> None:
        write = body.write
        self.effects[write.key] = Effect(write.key, write.kind, write.target, "intended", body.digest)

    def _done(self, entry: Entry, body: EffectDone) -> None:
        known = self._effect(body)
        self.effects[body.key] = replace(
            known, state="done", url=body.url, number=body.number, why="", queued=False
        )
        self.done_seq = entry.seq

    def _failed(self, entry: Entry, body: EffectFailed) -> None:
        why = f"{body.why} {body.hint}".strip()
        self.effects[body.key] = replace(self._effect(body), state="failed", why=why, queued=body.queued)
        self.failed_seq = entry.seq

    def _read(self, entry: Entry, body: PullRead) -> None:
        self.pull = body.standing

    def _addressed(self, entry: Entry, body: ReviewAddressed) -> None:
        self.addressed.extend(body.remarks)

    def _took(self, entry: Entry, body: TookOver) -> None:
        self.takings.append(body)

    def _effect(self, body: EffectDone | EffectFailed) -> Effect:
        """The effect so far; one that was found at the remote was never intended here, its target is the proposal's."""
        known = self.effects.get(body.key)
        if known is not None:
            return known
        writes = self._proposed.writes if self._proposed else ()
        target = next((write.target for write in writes if write.key == body.key), "")
        return Effect(body.key, body.kind, target, "intended")


def _edited(proposal: Proposal, entry: Entry) -> Proposal:
    """The proposal with a human's text or reviewers, in every write that carried the old text."""
    body = entry.body
    if isinstance(body, ReviewersChosen):
        proposal = replace(proposal, reviewers=body.reviewers)
    if isinstance(body, ProposalEdited):
        writes = tuple(
            _rewritten(write, body) if write.text == proposal.body else write for write in proposal.writes
        )
        proposal = replace(proposal, title=body.title, body=body.body, parts=(), writes=writes)
    return replace(proposal, digest=proposal_digest(proposal))


def _rewritten(write: Write, body: ProposalEdited) -> Write:
    """A pull request is found by its branch, so another text may have another key and is sent even where
    the first one was; a ticket is filed once, so its key stays."""
    if write.kind != "pull_request":
        return replace(write, title=body.title, text=body.body)
    words = hashlib.sha256("\0".join((write.key, body.title, body.body)).encode("utf-8", "surrogatepass"))
    return replace(write, title=body.title, text=body.body, key=f"{write.key}-{words.hexdigest()[:12]}")
