"""From a signal and its events to a case: fingerprint, open or join, keep what changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rootcase.core.cluster.stage import TITLE_LENGTH, Assignment, cluster
from rootcase.core.config.settings import Settings
from rootcase.core.journal.fold import fold
from rootcase.core.journal.store import KnownSignal, Store, Taken
from rootcase.core.model.entries import Body, CaseOpened, SignalGone, SignalSeen
from rootcase.core.model.events import Event
from rootcase.core.model.radius import sampled_shares
from rootcase.core.model.signals import Signal, named_by
from rootcase.core.pipeline.diagnosis import told
from rootcase.core.pipeline.fresh import Change, change, kept, with_close_look
from rootcase.core.pipeline.joining import follow_source_merge, join, propose
from rootcase.core.pipeline.known import KnownCases
from rootcase.core.pipeline.pages import case_for
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean_line
from rootcase.core.signals.protocol import Source

ERRORS = ("error",)
# An error may come so much later than the page that tells of it: a source that was down, or a slow one.
LATE_US = 24 * 3600 * 1_000_000


@dataclass(slots=True)
class Seen:
    """What intakes did so far, as case keys in order; gone: how many signals their sources have no more."""

    opened: list[str] = field(default_factory=list)
    changed: dict[str, None] = field(default_factory=dict)
    regressed: dict[str, None] = field(default_factory=dict)
    joined: dict[str, None] = field(default_factory=dict)
    merged: dict[str, None] = field(default_factory=dict)
    touched: dict[str, None] = field(default_factory=dict)
    gone: int = 0

    def forget(self, key: str) -> None:
        """A case that this sync opened and then found to be part of another one."""
        self.opened = [each for each in self.opened if each != key]
        self.touched.pop(key, None)
        self.changed.pop(key, None)


class Intake:
    """Takes one signal after the other into cases, for all sources of a sync. sources: those it may find names in."""

    def __init__(
        self, store: Store, settings: Settings, redactor: Redactor, *, sources: Sequence[Source] = ()
    ) -> None:
        self.store = store
        self.settings = settings
        self.redactor = redactor
        self.sources = tuple(sources)
        self.seen = Seen()
        self._known: KnownCases | None = None
        self._one_at_a_time = asyncio.Lock()
        self._lone: dict[str, Signal] = {}
        self._new_errors = False

    @property
    def now_us(self) -> int:
        return time.time_ns() // 1000

    def as_kept(self, source: Source, service: str, signal: Signal, known: Signal | None) -> Signal:
        """The signal as it may be kept: redacted, with its service, and with what an earlier close look told."""
        now = kept(replace(signal, source=source.name, service=signal.service or service), self.redactor)
        return with_close_look(known, now) if known else now

    async def take(self, signal: Signal, events: Sequence[Event], known: KnownSignal | None) -> str:
        """Put a signal (`as_kept`) and its sample events where they belong; returns the case's key."""
        async with self._one_at_a_time:
            name = f"{signal.source}:{signal.id}"
            samples = tuple(replace(self.redactor.event(event), signal=name) for event in events)
            if known is None:
                key = await self._first_time(signal, events, samples)
            else:
                key = await self._again(known, signal, samples)
            self.seen.touched[key] = None
            return key

    async def gone(self, known: KnownSignal) -> None:
        """The source has the signal no more: the case keeps what it knew of it."""
        async with self._one_at_a_time:
            signal = replace(known.signal, status="gone")
            body = SignalGone(signal.source, signal.id, f"{signal.source} has it no more")
            await self.store.take_in(Taken(known.case, signal, joined=(body,)))
            self.seen.gone += 1
            self.seen.touched[known.case] = None

    async def merged(self, known: KnownSignal, signal: Signal, into: str) -> None:
        """The source counts the signal to another one, which belongs to case `into`."""
        async with self._one_at_a_time:
            await self._again(known, signal, ())
            self.seen.touched[known.case] = None
            if known.case == into:
                return
            names = (f"{signal.source}:{signal.id}", f"{signal.source}:{signal.merged_into}")
            if await follow_source_merge(self.store, *names, signal.source) == "merged":
                self.seen.merged[known.case] = None
                self._known = None

    async def settle(self) -> None:
        """Pages that found no case are asked about again, now that every source has been read.

        Those of earlier syncs as well where an error is new: its source may have been slower than the page.
        """
        async with self._one_at_a_time:
            if self._new_errors:
                self._lone.update(await self.store.lone_pages(self.now_us - LATE_US))
            for key, signal in self._lone.items():
                into, because = await case_for(self.store, signal, self.sources, own=key)
                if into and await join(self.store, key, into, because, keep=into) == "merged":
                    self.seen.joined[into] = None
                    self.seen.forget(key)
                    self._known = None
            self._lone.clear()
            self._new_errors = False

    # -- one signal

    async def _first_time(self, signal: Signal, events: Sequence[Event], samples: tuple[Event, ...]) -> str:
        signal = replace(signal, shares=signal.shares or sampled_shares(samples))
        if signal.kind not in ERRORS:
            into, because = await case_for(self.store, signal, self.sources)
            if into:
                self.seen.joined[into] = None
                return await self._join(into, signal, because, samples)
        known = await self._known_cases()
        events = events or (_message_of(signal),)
        assignment = cluster(events, signal, (), known.fingerprinter)
        near = known.near(assignment.fingerprint)
        if near:
            assignment = cluster(events, signal, near, known.fingerprinter)
        if assignment.case:
            return await self._join(
                assignment.case, signal, self._redacted(assignment.because), samples, assignment
            )
        return await self._open(signal, assignment, samples, known)

    async def _open(
        self, signal: Signal, assignment: Assignment, samples: tuple[Event, ...], known: KnownCases
    ) -> str:
        because = self._redacted(assignment.because)
        told_now = told(signal.diagnoses, None, self.redactor, release=signal.last_release)
        alias = assignment.fingerprint.alias
        key, opened = await self.store.take_in(
            Taken(
                "", signal,
                opened=(self._opening(signal, assignment), SignalSeen(signal, change="new"), *told_now.bodies),
                joined=(SignalSeen(signal, because, "new"),),
                names=(alias, *named_by(signal)), deciding=2, samples=(*samples, *told_now.events),
            )
        )  # fmt: skip
        known.add(key, assignment.fingerprint)
        if opened:
            self.seen.opened.append(key)
            self._new_errors = self._new_errors or signal.kind in ERRORS
            if assignment.alike:
                mark, why = assignment.alike
                await propose(self.store, known.case_of(mark), key, self._redacted(why))
            if signal.kind not in ERRORS:
                self._lone[key] = signal
        else:
            self.seen.changed[key] = None
        return key

    async def _join(
        self, key: str, signal: Signal, because: str, samples: tuple[Event, ...],
        assignment: Assignment | None = None,
    ) -> str:  # fmt: skip
        bodies: list[Body] = [SignalSeen(signal, because, "new")]
        case = fold(await self.store.entries(key)) if signal.diagnoses else None
        told_now = told(signal.diagnoses, case, self.redactor, release=signal.last_release)
        names = (*((assignment.fingerprint.alias,) if assignment else ()), *named_by(signal))
        await self.store.take_in(
            Taken(
                key,
                signal,
                joined=(*bodies, *told_now.bodies),
                names=names,
                samples=(*samples, *told_now.events),
            )
        )
        self.seen.changed[key] = None
        return key

    async def _again(self, known: KnownSignal, signal: Signal, samples: tuple[Event, ...]) -> str:
        """A signal that we hold: an entry where a decision should see what is new, else the newest counts alone."""
        key, what = known.case, change(known.signal, signal)
        if samples and (not signal.shares or signal.shares[0].sampled):
            held = await self.store.samples(key)
            signal = replace(signal, shares=sampled_shares((*samples, *_others(held, samples))))
        bodies: list[Body] = []
        if what in ("changed", "regressed"):
            bodies.append(SignalSeen(signal, change=what))
            self.seen.changed[key] = None
        if what == "regressed":
            self.seen.regressed[key] = None
        events: tuple[Event, ...] = ()
        if signal.diagnoses != known.signal.diagnoses:
            case = fold(await self.store.entries(key))
            told_now = told(signal.diagnoses, case, self.redactor, release=signal.last_release)
            bodies.extend(told_now.bodies)
            events = told_now.events
        if what != "same" or bodies or samples:
            await self.store.take_in(
                Taken(key, signal, joined=tuple(bodies), names=named_by(signal), samples=(*samples, *events))
            )
        return key

    # -- parts

    async def _known_cases(self) -> KnownCases:
        if self._known is None:
            self._known = await KnownCases.of(self.settings, self.store)
        return self._known

    def _opening(self, signal: Signal, assignment: Assignment) -> CaseOpened:
        repository = self.settings.repository_for(signal.service)
        mark = assignment.fingerprint
        safe = replace(
            mark,
            parts=tuple(self._redacted(part) for part in mark.parts),
            reasons=tuple(replace(reason, text=self._redacted(reason.text)) for reason in mark.reasons),
            traits=tuple((name, self._redacted(text)) for name, text in mark.traits),
        )
        # what a page is called says more than what its words have in common with others'
        title = assignment.title if signal.kind in ERRORS else clean_line(signal.title, limit=TITLE_LENGTH)
        return CaseOpened(
            "",
            self._redacted(title or assignment.title),
            signal.service,
            safe,
            repository.label if repository else "",
        )

    def _redacted(self, text: str) -> str:
        return self.redactor.text(text)


def needs_events(known: KnownSignal | None, now: Signal) -> bool:
    """Whether a look at its events can tell something new: it is new, came back, or happened again."""
    if known is None:
        return True
    what: Change = change(known.signal, now)
    happened = (known.signal.events, known.signal.last_seen_us) != (now.events, now.last_seen_us)
    return what == "regressed" or (what != "same" and happened)


def _message_of(signal: Signal) -> Event:
    """What a signal without events has to be compared by: its key, service and kind first, its words last."""
    tags = (("kind", signal.kind), ("dedup", signal.dedup), ("service", signal.service), *signal.tags)
    by = " ".join(part for part in (signal.kind, signal.service, signal.dedup) if part)
    return Event(
        f"{signal.source}:{signal.id}", at_us=signal.last_seen_us, level=signal.level, message=signal.title,
        logger="" if signal.kind in ERRORS else by, environment=signal.environment,
        release=signal.last_release, tags=tuple(pair for pair in tags if pair[1]),
    )  # fmt: skip


def _others(held: Sequence[Event], fresh: Sequence[Event]) -> list[Event]:
    ids = {event.id for event in fresh}
    return [event for event in held if event.id not in ids]
