"""Appends what stages yield, under the run's lease, and keeps the fold of the journal at hand."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.journal.fold import CaseBuilder
from rootcase.core.journal.store import Lease, Store
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, Entry


class Recorder:
    """The run's pen. `case` is the fold of all that any process has appended, as of the last look."""

    def __init__(self, store: Store, key: str, *, trace: str = "", lease: Lease | None = None) -> None:
        self.store = store
        self.key = key
        self.trace = trace
        self.lease = lease
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
        await self.store.append(self.key, bodies, actor=actor, trace=self.trace, lease=self.lease)
        await self.look()
        return self.case

    async def record_all(self, bodies: Sequence[Body]) -> Case:
        return await self.record(*bodies) if bodies else self.case
