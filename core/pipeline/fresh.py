"""What the sources say about a case right now: assignees, states and tickets change without a new event."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from rootcase.core.journal.news import telling
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, Faulted, SignalSeen
from rootcase.core.model.errors import SourceError
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
