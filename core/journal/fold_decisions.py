"""The part of the fold that keeps what humans decided and said, with undo and redo."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from rootcase.core.journal.said import SAYINGS, saying
from rootcase.core.model.case import Said
from rootcase.core.model.delivery import ConfidenceKind, Waiver
from rootcase.core.model.entries import (
    Body,
    CausePinned,
    ClaimMarked,
    ConfidenceChosen,
    ConfidenceWaived,
    DraftAbandoned,
    DraftRebased,
    DraftWritten,
    Entry,
    FindingWaived,
    HunkDecided,
    HunkEdited,
    HunkSplit,
    Merged,
    OwnerAgreed,
    OwnershipMarked,
    PlanMade,
    ProposalEdited,
    Proposed,
    Redone,
    ReviewersChosen,
    Undone,
    Unmerged,
    VerdictOverridden,
)
from rootcase.core.model.evidence import Claim
from rootcase.core.model.proofs import Finding, ProofResult, without_equivalent
from rootcase.core.model.verdicts import GateDecision, Verdict

if TYPE_CHECKING:
    from rootcase.core.journal.fold_parts import Table

HUNKS = (HunkDecided, HunkEdited, HunkSplit)
PROPOSAL = (ProposalEdited, ReviewersChosen)
UNDOABLE = frozenset(
    {
        *HUNKS,
        *PROPOSAL,
        ClaimMarked,
        ConfidenceChosen,
        ConfidenceWaived,
        CausePinned,
        VerdictOverridden,
        OwnershipMarked,
        FindingWaived,
        OwnerAgreed,
        Merged,
        Unmerged,
    }
)
ReviewVerdict = Literal["offer", "hold", "refuse", ""]


def is_human(actor: str) -> bool:
    return actor.startswith("human:")


@dataclass(frozen=True, slots=True)
class Standing:
    """The verdict that stands, whose it is, why, and the entry that set it."""

    verdict: Verdict | None = None
    by: str = ""
    reason: str = ""
    seq: int = 0


class Decisions:
    """A stack of what `u` would take back and one of what `U` would bring back; a new decision clears that.

    Listeners (the draft, the proposal) ask `undone` when they replay their decisions.
    """

    def __init__(self) -> None:
        self.undone: set[int] = set()
        self.changes = 0
        self._stack: list[Entry] = []
        self._redo: list[Entry] = []
        self._marks: list[Entry] = []
        self._said: list[tuple[Said, bool]] = []

    def table(self) -> Table:
        table: dict[type, Callable[[Entry, Body], None]] = dict.fromkeys(SAYINGS, self._say)
        table.update(dict.fromkeys(UNDOABLE, self._decide))
        return {
            **table, Undone: self._undo, Redone: self._redone, DraftWritten: self._forget_hunks,
            DraftAbandoned: self._forget_hunks, DraftRebased: self._forget_hunks,
            Proposed: self._forget_proposal,
        }  # fmt: skip

    @property
    def undoable(self) -> int:
        return self._stack[-1].seq if self._stack else 0

    @property
    def redoable(self) -> int:
        return self._redo[-1].seq if self._redo else 0

    def verdict(self, gate: GateDecision | None, gate_seq: int) -> Standing:
        """A human's word stands until another human's or its undo; else the gate's last decision."""
        entry = self._latest(VerdictOverridden)
        if entry is not None and isinstance(entry.body, VerdictOverridden):
            return Standing(entry.body.verdict, entry.actor, entry.body.reason, entry.seq)
        if gate is not None:
            return Standing(gate.verdict, "rootcase", gate.because, gate_seq)
        return Standing()

    def owner(self) -> str:
        """Who has it by a human's word; "" where nobody said so or it was taken back."""
        entry = self._latest(OwnershipMarked)
        return entry.body.who if entry is not None and isinstance(entry.body, OwnershipMarked) else ""

    def pinned(self) -> str:
        """The claim that a human says is the cause, "" where nobody does or it was taken back."""
        entry = self._latest(CausePinned)
        return entry.body.claim if entry is not None and isinstance(entry.body, CausePinned) else ""

    def replan(self, plan: PlanMade | None, plan_seq: int, claims: Iterable[Claim]) -> str:
        """Why the plan stands no more since humans spoke: its cause was marked wrong, or another was pinned."""
        if plan is None:
            return ""
        pinned = self.pinned()
        if pinned and pinned not in plan.claims and (plan.claims or self._since(CausePinned, plan_seq)):
            return f"the engineer says that {pinned} is the cause"
        causes = {c.id for c in claims if c.role == "cause"} if not plan.claims else set(plan.claims)
        for entry in self._standing():
            body = entry.body
            wrong = isinstance(body, ClaimMarked) and body.status == "refuted" and body.claim in causes
            if wrong and entry.seq > plan_seq and isinstance(body, ClaimMarked):
                return f"the engineer says that {body.claim} is wrong"
        return ""

    def doubted_us(self, claims: Iterable[Claim]) -> int:
        """When humans refuted the last claim of a cause that was left, 0 while one is left."""
        causes = [claim for claim in claims if claim.role == "cause"]
        if not causes or any(claim.status != "refuted" for claim in causes) or self.pinned():
            return 0
        marks = [e.at_us for e in self._standing() if isinstance(e.body, ClaimMarked)]
        return max(marks, default=0)

    def _since(self, body_type: type, seq: int) -> bool:
        entry = self._latest(body_type)
        return entry is not None and entry.seq > seq

    def marked(self, claims: Iterable[Claim]) -> tuple[Claim, ...]:
        """The claims with humans' marks on them; a mark outlives the claim being made again."""
        marks = {e.body.claim: e for e in self._standing() if isinstance(e.body, ClaimMarked)}
        out = []
        for claim in claims:
            entry = marks.get(claim.id)
            if entry is not None and isinstance(entry.body, ClaimMarked):
                why = entry.body.reason or f"marked by {entry.actor.removeprefix('human:')}"
                claim = replace(claim, status=entry.body.status, why=why)
            out.append(claim)
        return tuple(out)

    def waived(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings with their waivers, which a new round of review does not lift."""
        waivers = {e.body.finding: e for e in self._standing() if isinstance(e.body, FindingWaived)}
        out = []
        for finding in findings:
            entry = waivers.get(finding.id)
            if entry is not None and isinstance(entry.body, FindingWaived):
                finding = replace(finding, waived=entry.body.reason or "waived", waived_by=entry.actor)
            out.append(finding)
        return tuple(out)

    def confidence(self) -> tuple[tuple[ConfidenceKind, ...], str]:
        """The kinds picked for this case, and by whom."""
        entry = self._latest(ConfidenceChosen)
        if entry is None or not isinstance(entry.body, ConfidenceChosen):
            return (), ""
        return entry.body.kinds, entry.actor

    def waivers(self) -> tuple[Waiver, ...]:
        """Kinds of confidence that somebody took upon themselves, oldest first."""
        return tuple(
            Waiver(e.body.kind, e.actor, e.body.reason, e.body.digest)
            for e in self._standing()
            if isinstance(e.body, ConfidenceWaived)
        )

    def proofs(self, results: Iterable[ProofResult]) -> tuple[ProofResult, ...]:
        """The results, where a waiver of a surviving mutant says that it changes nothing."""
        marked = {e.body.finding for e in self._standing() if isinstance(e.body, FindingWaived)}
        return tuple(without_equivalent(r, marked) if marked and r.survivors else r for r in results)

    @staticmethod
    def review_verdict(verdict: ReviewVerdict, findings: tuple[Finding, ...]) -> ReviewVerdict:
        """Review's word, softened by as much as humans have waived since."""
        if not any(finding.waived for finding in findings):
            return verdict
        still_open = {finding.severity for finding in findings if not finding.waived}
        if verdict == "refuse" and "block" not in still_open:
            verdict = "hold"
        if verdict == "hold" and "block" not in still_open and "warn" not in still_open:
            verdict = "offer"
        return verdict

    def said(self) -> tuple[Said, ...]:
        return tuple(
            replace(s, undone=True) if undoable and s.seq in self.undone else s for s, undoable in self._said
        )

    def _standing(self) -> Iterable[Entry]:
        return (entry for entry in self._marks if entry.seq not in self.undone)

    def _latest(self, body_type: type) -> Entry | None:
        return next(
            (e for e in reversed(self._marks) if type(e.body) is body_type and e.seq not in self.undone), None
        )

    def _say(self, entry: Entry, body: Body, *, undoable: bool = False) -> None:
        if is_human(entry.actor) and type(body) in SAYINGS:
            self._said.append((saying(entry, body), undoable))

    def _decide(self, entry: Entry, body: Body) -> None:
        self._say(entry, body, undoable=True)
        if not isinstance(body, HUNKS + PROPOSAL):
            self._marks.append(entry)
        if is_human(entry.actor):
            self._stack.append(entry)
            self._redo.clear()
            self.changes += 1

    def _undo(self, entry: Entry, body: Undone) -> None:
        self._move(self._stack, self._redo, body.seq, undone=True)

    def _redone(self, entry: Entry, body: Redone) -> None:
        self._move(self._redo, self._stack, body.seq, undone=False)

    def _move(self, source: list[Entry], target: list[Entry], seq: int, *, undone: bool) -> None:
        found = next((entry for entry in reversed(source) if entry.seq == seq), None)
        if found is None:
            return
        source.remove(found)
        target.append(found)
        self.changes += 1
        if undone:
            self.undone.add(seq)
        else:
            self.undone.discard(seq)

    def _forget_hunks(self, entry: Entry, body: DraftWritten | DraftAbandoned | DraftRebased) -> None:
        """Decisions on hunks that are no longer there cannot be taken back any more."""
        self._forget(lambda other: isinstance(other, HUNKS) and other.draft == body.draft)

    def _forget_proposal(self, entry: Entry, body: Proposed) -> None:
        self._forget(lambda other: isinstance(other, PROPOSAL))

    def _forget(self, gone: Callable[[Body], bool]) -> None:
        if self._stack or self._redo:
            self._stack = [entry for entry in self._stack if not gone(entry.body)]
            self._redo = [entry for entry in self._redo if not gone(entry.body)]
