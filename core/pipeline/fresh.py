"""What the sources say about a case right now: assignees, states and tickets change without a new event."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace

from rootcase.core.journal.news import telling
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, Faulted, SignalSeen, WorkFound
from rootcase.core.model.errors import RepositoryError, SourceError
from rootcase.core.model.ports import FoundWork
from rootcase.core.model.signals import Signal
from rootcase.core.pipeline.house import House
from rootcase.core.safety.redact import Redactor
from rootcase.core.signals.protocol import make_source


async def fresh_signals(case: Case, house: House) -> AsyncIterator[Body]:
    """SignalSeen for each signal that is not as the case knows it; Faulted for a source that does not answer."""
    for settings in house.settings.sources:
        mine = [signal for signal in case.signals if signal.source == settings.label]
        if not mine:
            continue
        source = make_source(settings, house.environment, me=house.settings.me)
        try:
            for signal in mine:
                now = await source.signal(signal.id)
                if now is not None and differs(signal, now):
                    yield SignalSeen(
                        kept(replace(now, source=signal.source, service=signal.service), house.redactor)
                    )
        except SourceError as fault:
            yield Faulted("gate", f"{settings.label}: {fault.title}", fault.detail, fault.hint)
        finally:
            await source.close()


def differs(known: Signal, now: Signal) -> bool:
    """Whether the source says something that a decision should see."""
    return telling([known], (), None, 0, "") != telling([now], (), None, 0, "")


def kept(signal: Signal, redactor: Redactor) -> Signal:
    """The signal as it may be kept: title and tags redacted."""
    return replace(
        signal,
        title=redactor.text(signal.title),
        tags=tuple((name, redactor.named(name, value)) for name, value in signal.tags),
    )


def with_signal(case: Case, now: Signal) -> Case:
    """The case as it is once that signal has been seen."""
    others = tuple(s for s in case.signals if (s.source, s.id) != (now.source, now.id))
    return replace(case, signals=(*others, now))


async def look_again(case: Case, house: House) -> AsyncGenerator[Body, None]:
    """What has changed outside since a verdict that made the case wait or rest; nothing where all is as it was.

    The gate's next question follows by itself, since the fold tells what is new (`Case.news`).
    """
    async for body in fresh_signals(case, house):
        yield body
    try:
        found = await work_of(case, house)
    except RepositoryError as fault:
        yield Faulted("gate", fault.title, fault.detail, fault.hint)
        return
    before, now = (telling((), work, None, 0, "") for work in (case.work, found.work if found else case.work))
    if found is not None and (before != now or found.failed != case.work_failed):
        yield WorkFound(found.work, found.asked, found.failed)


async def work_of(case: Case, house: House) -> FoundWork | None:
    """What forge and trackers know of the case, None where none is configured."""
    port = await house.existing_work(case)
    return await port.find(case) if port is not None else None
