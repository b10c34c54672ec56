"""Appends what stages yield, under the run's lease, and keeps the fold of the journal at hand."""

from __future__ import annotations

from rootcase.core.journal.fold import CaseBuilder
from rootcase.core.journal.store import Lease, Store
from rootcase.core.model.case import Case
from rootcase.core.model.entries import (
    Body,
    ClaimMade,
    CodeMapped,
    DraftAbandoned,
    DraftExplained,
    EffectFailed,
    Entry,
    EvidenceRecorded,
    Faulted,
    FixAwaited,
    FixRecurred,
    FixReverted,
    Judged,
    NoteWritten,
    PhaseEnded,
    PlanMade,
    Proved,
    PullSeen,
    Reviewed,
    RunEnded,
)
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.redacted import redacted

# Words about the world. Drafts and proposals are left alone: they name, by digest, the exact text that is proved
# and sent, and have had their own redaction.
WORDS = (
    ClaimMade, CodeMapped, DraftAbandoned, DraftExplained, EffectFailed, EvidenceRecorded, Faulted, NoteWritten,
    Judged, PhaseEnded, PlanMade, Proved, Reviewed, RunEnded, FixAwaited, FixRecurred, FixReverted, PullSeen,
)  # fmt: skip


class Recorder:
    """The run's pen. `case` is the fold of all that any process has appended, as of the last look.

    redactor: takes secrets out of what is recorded, wherever in the world, a repository's history included,
    they came from.
    """

    def __init__(
        self,
        store: Store,
        key: str,
        *,
        trace: str = "",
        lease: Lease | None = None,
        redactor: Redactor | None = None,
    ) -> None:
        self.store = store
        self.key = key
        self.trace = trace
        self.lease = lease
        self._redactor = redactor or Redactor()
        self._builder = CaseBuilder()
        self._seq = 0
        self.case = Case(key=key)

    async def look(self) -> tuple[Entry, ...]:
        """Read what is new, by whoever, and fold it; returns it."""
        entries = await self.store.entries(self.key, after=self._seq)
        for entry in entries:
            self._builder.apply(entry)
            self._seq = entry.seq
        if entries:
            self.case = self._builder.case()
        return entries

    async def record(self, *bodies: Body, actor: str = "rootcase") -> Case:
        """Append and fold. LeaseLost where another run has taken over."""
        safe = [redacted(body, self._redactor) if isinstance(body, WORDS) else body for body in bodies]
        await self.store.append(self.key, safe, actor=actor, trace=self.trace, lease=self.lease)
        await self.look()
        return self.case
