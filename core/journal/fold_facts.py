"""The part of the fold that keeps what was seen and found out: signals, evidence, code, claims, plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rootcase.core.journal.news import telling
from rootcase.core.model.case import Join
from rootcase.core.model.code import CodePath
from rootcase.core.model.entries import (
    ActIntended,
    CaseOpened,
    ClaimMade,
    CodeMapped,
    Entry,
    EvidenceRecorded,
    Faulted,
    FixRecurred,
    FixReverted,
    GateDecided,
    JoinDeclined,
    JoinProposed,
    Merged,
    NoteWritten,
    OldReleaseSeen,
    OpinionGiven,
    OwnerAgreed,
    OwnershipMarked,
    PhaseRestarted,
    PlanMade,
    PlanWidened,
    Redone,
    SignalGone,
    SignalSeen,
    Undone,
    Unmerged,
    WorkFound,
)
from rootcase.core.model.evidence import Claim, Evidence, NoteLine
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.signals import Signal, Work
from rootcase.core.model.verdicts import GateDecision, Opinion

if TYPE_CHECKING:
    from rootcase.core.journal.fold_parts import Table

GONE = "gone"
RESOLVED = frozenset({"resolved", "closed", "done", GONE})
# A person taking back what was resolved or snoozed is no error that comes back.
REOPENING = frozenset({"reopen", "unsnooze"})


def is_resolved(signal: Signal) -> bool:
    """Whether its source says that the error is over, or has it no more."""
    return signal.status.lower() in RESOLVED


class Facts:
    """regressed_seq: the entry that showed an error coming back after it was resolved, 0 when it has not.

    reopened_us: when a fix that was out was seen not to hold, 0 while none was. remap: the code map is of before then.
    """

    def __init__(self) -> None:
        self.took: dict[str, None] = {}
        self.joins: dict[str, Join] = {}
        self.declined: dict[str, None] = {}
        self._words: dict[int, bool] = {}
        self._decided_on: dict[str, object] = {}
        self.title = self.service = self.repository = self.merged_into = ""
        self.fingerprint: Fingerprint | None = None
        self.signals: dict[tuple[str, str], Signal] = {}
        self.evidence: dict[str, Evidence] = {}
        self.work: tuple[Work, ...] = ()
        self.work_failed: tuple[str, ...] = ()
        self.gate: GateDecision | None = None
        self.gate_seq = 0
        self.code: CodePath | None = None
        self.note: tuple[NoteLine, ...] = ()
        self.claims: dict[str, Claim] = {}
        self.plan: PlanMade | None = None
        self.plan_seq = 0
        self.widened: dict[str, None] = {}
        self.faults: list[Faulted] = []
        self.regressed_seq = 0
        self.opinion: Opinion | None = None
        self.reopened_us = 0
        self.remap = False
        self._reopened: set[tuple[str, str]] = set()

    def table(self) -> Table:
        return {
            CaseOpened: self._opened, SignalSeen: self._signal, EvidenceRecorded: self._evidence,
            WorkFound: self._work, Merged: self._merged, Unmerged: self._unmerged, JoinProposed: self._join,
            OwnerAgreed: self._word, OwnershipMarked: self._word, Undone: self._taken_back, Redone: self._taken_back,
            JoinDeclined: self._declined, GateDecided: self._gate, OpinionGiven: self._opinion,
            CodeMapped: self._code, NoteWritten: self._note, ClaimMade: self._claim, PlanMade: self._plan,
            PlanWidened: self._widened, Faulted: self._fault, SignalGone: self._gone, ActIntended: self._acted,
            FixRecurred: self._back, FixReverted: self._back, OldReleaseSeen: self._old,
            PhaseRestarted: self._restarted,
        }  # fmt: skip

    def owner(self) -> str:
        """The person a source has assigned, else the first owner of the code, else ""."""
        for signal in self.signals.values():
            if signal.assignee and signal.assignee.is_person:
                return signal.assignee.name
        return self.code.owners[0].name if self.code and self.code.owners else ""

    def news(self) -> tuple[str, ...]:
        """What a verdict would be different by and is not as it was when the gate last decided."""
        if self.gate is None:
            return ()
        now = self._telling()
        if self.gate.asked == "before":  # the code was not known then, and the gate is asked anew when it is
            now["code"] = self._decided_on["code"]
        return tuple(name for name, value in now.items() if value != self._decided_on[name])

    def _telling(self) -> dict[str, object]:
        told = telling(self.signals.values(), self.work, self.code, self.regressed_seq, self.merged_into)
        return {
            **told,
            "asked": self.work_failed,
            "words": [seq for seq, stands in self._words.items() if stands],
        }

    def _opened(self, entry: Entry, body: CaseOpened) -> None:
        self.title, self.service, self.repository = body.title, body.service, body.repository
        self.fingerprint = body.fingerprint

    def _signal(self, entry: Entry, body: SignalSeen) -> None:
        signal = body.signal
        key = (signal.source, signal.id)
        before = self.signals.get(key)
        came_back = before is not None and is_resolved(before) and not is_resolved(signal)
        came_back = came_back and key not in self._reopened and body.change != "changed"
        self._reopened.discard(key)
        self.signals[key] = signal
        if is_resolved(signal):
            if all(map(is_resolved, self.signals.values())):
                self.regressed_seq = 0
        elif came_back or (_says_regressed(signal) and not self.regressed_seq):
            self.regressed_seq = entry.seq

    def _gone(self, entry: Entry, body: SignalGone) -> None:
        known = self.signals.get((body.source, body.signal_id))
        if known is not None:
            self.signals[body.source, body.signal_id] = replace(known, status=GONE)

    def _acted(self, entry: Entry, body: ActIntended) -> None:
        if body.act in REOPENING:
            self._reopened.add((body.source, body.signal_id))

    def _evidence(self, entry: Entry, body: EvidenceRecorded) -> None:
        self.evidence.update((item.id, item) for item in body.evidence)

    def _work(self, entry: Entry, body: WorkFound) -> None:
        self.work, self.work_failed = body.work, body.failed

    def _merged(self, entry: Entry, body: Merged) -> None:
        if body.into:
            self.merged_into = body.into
        if body.took:
            self.took[body.took] = None
        for other in (body.into, body.took):
            self.joins.pop(other, None)
            self.declined.pop(other, None)

    def _unmerged(self, entry: Entry, body: Unmerged) -> None:
        if body.to == entry.case:
            self.merged_into = ""
            return
        self.signals.pop((body.source, body.signal_id), None)
        self.took.pop(body.to, None)
        self.declined[body.to] = None

    def _word(self, entry: Entry, body: OwnerAgreed | OwnershipMarked) -> None:
        self._words[entry.seq] = True

    def _taken_back(self, entry: Entry, body: Undone | Redone) -> None:
        if body.seq in self._words:
            self._words[body.seq] = isinstance(body, Redone)

    def _join(self, entry: Entry, body: JoinProposed) -> None:
        if body.other not in self.declined:
            self.joins[body.other] = Join(body.other, body.because, entry.seq)

    def _declined(self, entry: Entry, body: JoinDeclined) -> None:
        self.joins.pop(body.other, None)
        self.declined[body.other] = None

    def _opinion(self, entry: Entry, body: OpinionGiven) -> None:
        self.opinion = body.opinion

    def _gate(self, entry: Entry, body: GateDecided) -> None:
        self.opinion = None
        self.gate, self.gate_seq = body.decision, entry.seq
        self._decided_on = self._telling()

    def _code(self, entry: Entry, body: CodeMapped) -> None:
        self.code, self.remap = body.path, False

    def _note(self, entry: Entry, body: NoteWritten) -> None:
        self.note = body.lines

    def _claim(self, entry: Entry, body: ClaimMade) -> None:
        self.claims[body.claim.id] = body.claim

    def _plan(self, entry: Entry, body: PlanMade) -> None:
        self.plan, self.plan_seq = body, entry.seq

    def _restarted(self, entry: Entry, body: PhaseRestarted) -> None:
        if body.phase in ("investigate", "plan"):
            self.plan = None

    def _widened(self, entry: Entry, body: PlanWidened) -> None:
        self.widened[body.path] = None

    def _back(self, entry: Entry, body: FixRecurred | FixReverted) -> None:
        """The case begins anew: what was planned is done, and the code has changed by it."""
        self.regressed_seq, self.reopened_us = entry.seq, entry.at_us
        self.plan, self.remap = None, True

    def _old(self, entry: Entry, body: OldReleaseSeen) -> None:
        """It came back where the fix is not; that is no regression."""
        self.regressed_seq = 0

    def _fault(self, entry: Entry, body: Faulted) -> None:
        self.faults.append(body)


def _says_regressed(signal: Signal) -> bool:
    return "regressed" in (signal.status.lower(), signal.substatus.lower())
