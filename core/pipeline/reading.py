"""Reads one source: from its cursor, batch after batch; then, when it is time, compares all that we hold with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

from rootcase.core.config.settings import SourceSettings
from rootcase.core.journal.store import KnownSignal, SourceState
from rootcase.core.model.errors import RateLimited, RootcaseError, SourceError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Signal
from rootcase.core.pipeline.fresh import change
from rootcase.core.pipeline.intake import Intake, needs_events
from rootcase.core.pipeline.outcomes import SourceOutcome
from rootcase.core.pipeline.pausing import failed, must_wait, succeeded
from rootcase.core.signals.protocol import Batch, Source, can

SAMPLES = 10
# Signals whose events are asked for at once: bounds both the load on the service and what is in memory.
AT_ONCE = 6
# Signals whose events could not be read are tried again at the next sync, at most so many of them.
MOST_OWED = 200
Tell = Callable[[SourceState], None]


class Reading:
    """One source in one sync. Whatever is read is in the store before the cursor moves past it.

    tell: called with the state whenever it is saved, for progress.
    """

    def __init__(
        self, intake: Intake, settings: SourceSettings, source: Source, state: SourceState, tell: Tell
    ) -> None:
        self.intake = intake
        self.settings = settings
        self.source = source
        self.state = state
        self.tell = tell
        self.outcome = SourceOutcome(settings.label)
        self._first = not state.complete_us and (not state.cursor or state.backfilled > 0)
        self._unread: list[str] = []
        self._missing: dict[str, str] = {}

    async def go(self, *, reconcile: bool = False) -> SourceOutcome:
        """Read; a fault ends up in the outcome and in the source's state."""
        if must_wait(self.state, self.intake.now_us):
            why = "it asked us to wait, so it was not asked"
            self.outcome = replace(self.outcome, fault=self.state.fault, hint=self.state.hint, skipped=why)
            return self.outcome
        now_us = self.intake.now_us
        self.state = replace(
            self.state, tried_us=now_us, reading_us=now_us, read=0, total=0, partial="", note="",
            acts=tuple(sorted(can(self.source))),
        )  # fmt: skip
        await self._save()
        try:
            await self._owed()
            await self._listing()
            if reconcile or self._time_to_reconcile():
                await self._reconcile()
        except RootcaseError as fault:
            return await self._failed(fault)
        self.state = succeeded(
            replace(self.state, reading_us=0, synced_us=self.intake.now_us, owed=tuple(self._unread))
        )
        await self._save()
        return self.outcome

    async def _failed(self, fault: RootcaseError) -> SourceOutcome:
        owed = tuple(dict.fromkeys((*self.state.owed, *self._unread)))[:MOST_OWED]
        self.state = failed(replace(self.state, owed=owed), fault, self.intake.now_us)
        self.outcome = replace(self.outcome, fault=fault.title, hint=fault.hint or fault.detail)
        await self._save()
        return self.outcome

    # -- the listing

    async def _listing(self) -> None:
        async with aclosing(self.source.list(self.state.cursor)) as batches:  # type: ignore[type-var]
            async for batch in batches:
                left = self.settings.backfill - self.state.backfilled if self._first else len(batch.signals)
                await self._take(batch.signals[:left])
                self._partial("listing", batch.partial)
                self._said(batch)
                enough = len(batch.signals) > left
                await self._advance(batch, left, enough)
                if enough:
                    break
        self.state = replace(self.state, complete_us=self.intake.now_us)
        if self._first:
            # what was read just now needs no second look for some time
            self.state = replace(self.state, reconciled_us=self.intake.now_us)

    async def _advance(self, batch: Batch, left: int, enough: bool) -> None:
        """The batch is in the store: the cursor moves past it, so a sync that is killed goes on there.

        Where the first sync has enough, the cursor stays before the rest of this batch, unless the source has
        one that leaves the rest out.
        """
        taken = min(len(batch.signals), left)
        read = self.state.read + taken
        newest = max([self.state.newest_us, *(signal.last_seen_us for signal in batch.signals)])
        cursor = (batch.enough or self.state.cursor) if enough else batch.cursor
        now_us = self.intake.now_us
        self.state = replace(
            self.state, cursor=cursor, read=read, total=max(batch.total, self.state.total), newest_us=newest,
            reading_us=now_us, synced_us=now_us, owed=tuple(self._unread)[:MOST_OWED],
        )  # fmt: skip
        if self._first:
            self.state = replace(self.state, backfilled=self.state.backfilled + taken)
        if enough:
            kept = f"the newest {self.settings.backfill:,} were read"
            older = "older ones are left out" if batch.enough else "older ones follow at the next sync"
            said = f"{kept}; {older} (backfill: {self.settings.backfill})"
            self.state = replace(self.state, limited=said)
            self.outcome = replace(self.outcome, limited=said)
        await self._save()

    def _partial(self, about: str, words: str) -> None:
        """What is missing; the last word about the listing and about events each."""
        if words:
            self._missing[about] = words
            told = "; ".join(self._missing.values())
            self.outcome = replace(self.outcome, partial=told)
            self.state = replace(self.state, partial=told)

    def _said(self, batch: Batch) -> None:
        """What is no fault: left out by configuration, and what to know about the source."""
        if batch.limited:
            # one project after the other may say so
            parts = (self.outcome.limited, f"{batch.limited} (backfill: {self.settings.backfill})")
            limited = "; ".join(dict.fromkeys(part for part in parts if part))
            self.outcome = replace(self.outcome, limited=limited)
            self.state = replace(self.state, limited=limited)
        if batch.note:
            self.outcome = replace(self.outcome, note=batch.note)
            self.state = replace(self.state, note=batch.note)

    # -- signals

    async def _take(self, listed: Sequence[Signal]) -> None:
        """Take the signals in, in their order; events of a few at a time are asked for together."""
        unique = list({signal.id: signal for signal in listed}.values())
        known = await self._known([signal.id for signal in unique])
        self.outcome = replace(self.outcome, signals=self.outcome.signals + len(unique))
        for start in range(0, len(unique), AT_ONCE):
            part = [self._as_kept(signal, known) for signal in unique[start : start + AT_ONCE]]
            read = await asyncio.gather(*(self._events(signal, known.get(signal.id)) for signal in part))
            for signal, events in zip(part, read, strict=True):
                if events is not None:
                    await self._one(signal, events, known.get(signal.id))

    def _as_kept(self, signal: Signal, known: dict[str, KnownSignal]) -> Signal:
        held = known.get(signal.id)
        return self.intake.as_kept(self.source, self.settings.service, signal, held.signal if held else None)

    async def _known(self, ids: Sequence[str]) -> dict[str, KnownSignal]:
        return await self.intake.store.known_signals(self.source.name, ids) if ids else {}

    async def _events(self, signal: Signal, known: KnownSignal | None) -> tuple[Event, ...] | None:
        """Its samples where they can tell something new; None where they cannot be read now."""
        if not needs_events(known, signal):
            return ()
        try:
            return await self.source.events(signal, SAMPLES)
        except RateLimited:
            raise
        except SourceError as fault:
            self._unread.append(signal.id)
            if len(self._unread) > AT_ONCE and len(self._unread) > self.outcome.new + self.outcome.changed:
                raise  # it is the source that fails, not one signal of it
            words = f"events of {len(self._unread)} could not be read and are tried again: {fault.title}"
            self._partial("events", words)
            return None

    async def _one(self, signal: Signal, events: tuple[Event, ...], known: KnownSignal | None) -> None:
        if signal.merged_into and known is not None and known.signal.merged_into != signal.merged_into:
            await self._merge(known, signal)
            return
        what = "new" if known is None else change(known.signal, signal)
        await self.intake.take(signal, events, known)
        counted = self.outcome
        self.outcome = replace(
            counted, events=counted.events + len(events), new=counted.new + (what == "new"),
            changed=counted.changed + (what == "changed"), regressed=counted.regressed + (what == "regressed"),
        )  # fmt: skip

    async def _owed(self) -> None:
        """What could not be read last time."""
        for id in self.state.owed:
            signal = await self.source.signal(id)
            if signal is not None:
                await self._take((signal,))

    # -- what changed without a new event

    def _time_to_reconcile(self) -> bool:
        every_us = round(self.settings.reconcile_s * 1e6)
        return every_us > 0 and self.intake.now_us - self.state.reconciled_us >= every_us

    async def _reconcile(self) -> None:
        """Deletions, merges, and what people did at the source. A fault here leaves what was listed as it is."""
        held = await self.intake.store.known_signals(self.source.name)
        ids = tuple(held)
        del held
        if ids:
            async with aclosing(self.source.reconcile(ids)) as batches:  # type: ignore[type-var]
                async for batch in batches:
                    await self._take(batch.signals)
                    await self._gone(batch.gone)
                    self._partial("listing", batch.partial)
                    self.state = replace(self.state, reading_us=self.intake.now_us)
                    await self._save()
        self.state = replace(self.state, reconciled_us=self.intake.now_us)
        self.outcome = replace(self.outcome, reconciled=True)

    async def _gone(self, ids: Sequence[str]) -> None:
        for held in (await self._known(ids)).values():
            if held.signal.status != "gone":
                await self.intake.gone(held)
                self.outcome = replace(self.outcome, gone=self.outcome.gone + 1)

    async def _merge(self, known: KnownSignal, signal: Signal) -> None:
        """The signal that took this one in comes first, fetched where we do not hold it yet."""
        into = (await self._known([signal.merged_into])).get(signal.merged_into)
        if into is None:
            other = await self.source.signal(signal.merged_into)
            if other is not None and other.id != signal.id and not other.merged_into:
                await self._take((other,))
                into = (await self._known([other.id])).get(other.id)
        await self.intake.merged(known, signal, into.case if into else known.case)
        self.outcome = replace(self.outcome, merged=self.outcome.merged + 1)

    async def _save(self) -> None:
        await self.intake.store.save_source_state(self.state)
        self.tell(self.state)
