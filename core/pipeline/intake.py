"""From sources to cases: read, fingerprint, open or join a case, then gate and map what is new."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.cluster.stage import Assignment, cluster
from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import Settings, SourceSettings
from rootcase.core.config.tokens import own_secrets
from rootcase.core.journal.fold import fold
from rootcase.core.journal.store import SourceState, Store
from rootcase.core.model.entries import CaseOpened, SignalSeen
from rootcase.core.model.errors import RateLimited, RootcaseError, UsageError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Signal
from rootcase.core.pipeline.fresh import differs, kept
from rootcase.core.pipeline.run import run_case
from rootcase.core.safety.redact import Redactor
from rootcase.core.signals.protocol import Source, make_source

SAMPLES = 10
CAPTURES = "captures"


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """How reading one source went. signals, events: read; fault: why it stopped; partial: what is missing."""

    source: str
    signals: int = 0
    events: int = 0
    fault: str = ""
    hint: str = ""
    partial: str = ""


@dataclass(frozen=True, slots=True)
class SyncOutcome:
    """opened: keys of new cases; changed: cases whose signals are not as they were."""

    schema: str
    opened: tuple[str, ...]
    changed: int
    sources: tuple[SourceOutcome, ...]


async def sync(
    loaded: Loaded, store: Store, *, environment: dict[str, str], only: str = "", map_new: bool = True
) -> SyncOutcome:
    """Read every configured source from its cursor; a source that fails never stops the others."""
    sources = configured(loaded, only)
    redactor = Redactor.of_environment(environment, own_secrets(loaded.settings, environment))
    intake = Intake(store, loaded.settings, redactor)
    outcomes = []
    for settings in sources:
        outcomes.append(await _read_source(intake, settings, environment))
    if map_new:
        for key in await _unmapped(store, intake.touched):
            # Another process may hold the case by now; then that one maps it.
            if not await store.lease_holder(key):
                await run_case(loaded, store, key, "map", environment=environment, attended=False)
    return SyncOutcome("rootcase.sync/1", tuple(intake.opened), len(intake.changed), tuple(outcomes))


def configured(loaded: Loaded, only: str) -> tuple[SourceSettings, ...]:
    """The sources to read, captured crashes included; UsageError where `only` names none of them."""
    captures = loaded.folders.state / CAPTURES
    sources = loaded.settings.sources
    if captures.is_dir():
        sources = (*sources, SourceSettings(kind="files", name="capture", path=str(captures)))
    if only:
        sources = tuple(s for s in sources if s.label == only)
        if not sources:
            raise UsageError(f"No source is called {only}", "", "rootcase doctor lists them.")
    return sources


async def _unmapped(store: Store, keys: Sequence[str]) -> list[str]:
    """Cases that were touched and have no verdict about their code yet."""
    out = []
    for key in dict.fromkeys(keys):
        case = fold(await store.entries(key))
        if case.gate is None and not case.merged_into:
            out.append(key)
    return out


async def _read_source(
    intake: Intake, settings: SourceSettings, environment: dict[str, str]
) -> SourceOutcome:
    state = await intake.store.source_state(settings.label)
    outcome = SourceOutcome(settings.label)
    cursor = state.cursor
    try:
        source = make_source(settings, environment, me=intake.settings.me)
        try:
            async with aclosing(source.list(cursor)) as batches:  # type: ignore[type-var]
                async for batch in batches:
                    events = [await intake.take(source, settings, signal) for signal in batch.signals]
                    outcome = replace(
                        outcome, signals=outcome.signals + len(batch.signals), events=outcome.events + sum(events),
                        partial=batch.partial or outcome.partial,
                    )  # fmt: skip
                    cursor = batch.cursor
                    await _save(intake.store, state, cursor, outcome)
        finally:
            await source.close()
    except RootcaseError as fault:
        outcome = replace(outcome, fault=fault.title, hint=fault.hint or fault.detail)
        retry = intake.now_us + round(fault.retry_after_s * 1e6) if isinstance(fault, RateLimited) else 0
        await intake.store.save_source_state(
            replace(state, cursor=cursor, fault=fault.title, hint=outcome.hint, retry_us=retry)
        )
        return outcome
    await _save(intake.store, state, cursor, outcome)
    return outcome


async def _save(store: Store, state: SourceState, cursor: str, outcome: SourceOutcome) -> None:
    """The cursor is kept after each batch, so a sync that is killed goes on there."""
    import time

    await store.save_source_state(
        replace(
            state, cursor=cursor, synced_us=time.time_ns() // 1000, fault="", hint="", retry_us=0,
            partial=outcome.partial,
        )
    )  # fmt: skip


class Intake:
    """Takes one signal after the other into cases. opened, changed: keys of this sync, in order."""

    def __init__(self, store: Store, settings: Settings, redactor: Redactor) -> None:
        import time

        self.store = store
        self.settings = settings
        self.redactor = redactor
        self.now_us = time.time_ns() // 1000
        self.opened: list[str] = []
        self.changed: set[str] = set()
        self.touched: list[str] = []

    async def take(self, source: Source, settings: SourceSettings, signal: Signal) -> int:
        """Put a signal and its sample events where they belong; returns how many events were read."""
        signal = kept(
            replace(signal, source=source.name, service=signal.service or settings.service), self.redactor
        )
        events = await source.events(signal, SAMPLES)
        alias = f"{signal.source}:{signal.id}"
        key = await self.store.case_of(alias)
        if key is None:
            key = await self._place(signal, events)
        elif await self._differs(key, signal):
            await self.store.append(key, [SignalSeen(signal)], actor="rootcase")
            self.changed.add(key)
        if signal.short_id:
            await self.store.add_aliases(key, [signal.short_id])
        await self.store.save_signal(key, signal)
        await self.store.save_samples(key, [self.redactor.event(event) for event in events])
        self.touched.append(key)
        return len(events)

    async def _place(self, signal: Signal, events: Sequence[Event]) -> str:
        """Open a case for the signal's fingerprint, or join the case that has it."""
        known = await self.store.fingerprints()
        fingerprinter = DefaultFingerprinter(self.settings, known=[mark for _, mark in known])
        assignment = cluster(events, signal, known, fingerprinter)
        alias = f"{signal.source}:{signal.id}"
        if not assignment.case:
            key = await self.store.open_case(
                [self._opening(signal, assignment), SignalSeen(signal)],
                actor="rootcase", aliases=[assignment.fingerprint.alias, alias],
            )  # fmt: skip
            if await self.store.case_of(alias) == key:
                self.opened.append(key)
                return key
            assignment = replace(assignment, case=key)
        key = assignment.case
        await self.store.add_aliases(key, [alias])
        await self.store.append(
            key, [SignalSeen(signal, self._redacted(assignment.because))], actor="rootcase"
        )
        self.changed.add(key)
        return key

    def _opening(self, signal: Signal, assignment: Assignment) -> CaseOpened:
        repository = self.settings.repository_for(signal.service)
        mark = assignment.fingerprint
        kept = replace(
            mark,
            parts=tuple(self._redacted(part) for part in mark.parts),
            reasons=tuple(replace(reason, text=self._redacted(reason.text)) for reason in mark.reasons),
            traits=tuple((name, self._redacted(text)) for name, text in mark.traits),
        )
        return CaseOpened(
            "", self._redacted(assignment.title), signal.service, kept, repository.label if repository else ""
        )

    def _redacted(self, text: str) -> str:
        return self.redactor.text(text)

    async def _differs(self, key: str, signal: Signal) -> bool:
        """Whether the source says something new that a decision should see: status, people, releases."""
        for known in await self.store.signals(key):
            if (known.source, known.id) == (signal.source, signal.id):
                return differs(known, signal)
        return True
