"""What the sources say about a case right now: assignees, states and tickets change without a new event."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Literal

from rootcase.core.journal.fold_facts import is_resolved
from rootcase.core.journal.news import telling
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, Faulted, SignalSeen, WorkFound
from rootcase.core.model.errors import RepositoryError, SourceError
from rootcase.core.model.ports import FoundWork
from rootcase.core.model.signals import Signal
from rootcase.core.pipeline.existing import existing_work
from rootcase.core.pipeline.house import House
from rootcase.core.safety.redact import Redactor
from rootcase.core.signals.protocol import Source, make_source

# What a listing may leave out although a close look has told it.
CLOSE = (
    "shares", "diagnoses", "links", "suspects", "owners", "releases", "deploys", "first_release", "last_release",
    "tags",
)  # fmt: skip
# Tickets stand in a listing; what people said, and the pull requests that name an issue, only in a close look.
CLOSE_WORK = ("comment", "pull_request")
# Signals of a case that are looked at closely in one go.
CLOSE_LOOKS = 3
Change = Literal["same", "counted", "changed", "regressed"]


async def fresh_signals(case: Case, house: House) -> AsyncIterator[Body]:
    """SignalSeen for each signal that is not as the case knows it; Faulted for a source that does not answer.

    Only the largest few are looked at closely, which takes several requests each; of the others their source
    tells state, assignee and tickets in one.
    """
    by_size = sorted(case.signals, key=lambda signal: (-signal.events, -signal.last_seen_us))
    close = {(signal.source, signal.id) for signal in by_size[:CLOSE_LOOKS]}
    for settings in house.settings.sources:
        mine = [signal for signal in case.signals if signal.source == settings.label]
        if not mine:
            continue
        source = make_source(settings, house.environment, me=house.settings.me, learn=house.redactor.learn)
        try:
            async for signal, now in _looked_at(source, mine, close):
                now = kept(replace(now, source=signal.source, service=signal.service), house.redactor)
                now = with_close_look(signal, now)
                if differs(signal, now):
                    yield SignalSeen(now)
        except SourceError as fault:
            yield Faulted("gate", f"{settings.label}: {fault.title}", fault.detail, fault.hint)
        finally:
            await source.close()


async def _looked_at(
    source: Source, known: Sequence[Signal], close: Collection[tuple[str, str]]
) -> AsyncIterator[tuple[Signal, Signal]]:
    """(as known, as it is now) of each that its source still has."""
    for signal in (each for each in known if (each.source, each.id) in close):
        now = await source.signal(signal.id)
        if now is not None:
            yield signal, now
    rest = {each.id: each for each in known if (each.source, each.id) not in close}
    if rest:
        async with aclosing(source.reconcile(tuple(rest))) as batches:  # type: ignore[type-var]
            async for batch in batches:
                for now in batch.signals:
                    if now.id in rest:
                        yield rest[now.id], now


def differs(known: Signal, now: Signal) -> bool:
    """Whether the source says something that a decision should see."""
    merged = known.merged_into != now.merged_into
    return merged or telling([known], (), None, 0, "") != telling([now], (), None, 0, "")


def change(known: Signal, now: Signal) -> Change:
    """What a signal's new state is against the one we hold: the same, other counts alone, changed, or back again.

    One that is open again without having happened again was reopened by somebody.
    """
    happened = (now.events, now.last_seen_us) != (known.events, known.last_seen_us)
    if is_resolved(known) and not is_resolved(now) and happened:
        return "regressed"
    if "regressed" in (now.substatus, now.status) and "regressed" not in (known.substatus, known.status):
        return "regressed"
    if differs(known, now):
        return "changed"
    return "same" if known == now else "counted"


def with_close_look(known: Signal, now: Signal) -> Signal:
    """The signal now, with what only a close look tells carried on where this look does not tell it."""
    missing = {name: getattr(known, name) for name in CLOSE if not getattr(now, name)}
    told = {(each.kind, each.id) for each in now.work}
    work = tuple(each for each in known.work if each.kind in CLOSE_WORK and (each.kind, each.id) not in told)
    if work:
        missing["work"] = (*now.work, *work)
    if known.assignee and now.assignee == replace(known.assignee, by_rule=False):
        # That a rule and no human assigned it shows only there.
        missing["assignee"] = known.assignee
    return replace(now, **missing) if any(missing.values()) else now


def kept(signal: Signal, redactor: Redactor) -> Signal:
    """The signal as it may be kept: every text that people or programs wrote is redacted.

    Releases, environments and services are what programs are told to call themselves, secrets included.
    """
    return replace(
        signal,
        title=redactor.text(signal.title),
        service=redactor.text(signal.service),
        first_release=redactor.known(signal.first_release),
        last_release=redactor.known(signal.last_release),
        environment=redactor.text(signal.environment),
        releases=tuple(replace(each, version=redactor.known(each.version)) for each in signal.releases),
        deploys=tuple(
            replace(each, release=redactor.known(each.release), url=redactor.text(each.url))
            for each in signal.deploys
        ),
        tags=tuple((name, redactor.named(name, value)) for name, value in signal.tags),
        links=tuple((name, redactor.text(value)) for name, value in signal.links),
        work=tuple(
            replace(each, title=redactor.text(each.title), text=redactor.text(each.text))
            for each in signal.work
        ),
        shares=tuple(replace(share, value=redactor.text(share.value)) for share in signal.shares),
        diagnoses=tuple(replace(each, text=redactor.text(each.text)) for each in signal.diagnoses),
    )


def with_signal(case: Case, now: Signal) -> Case:
    """The case as it is once that signal has been seen."""
    others = tuple(s for s in case.signals if (s.source, s.id) != (now.source, now.id))
    return replace(case, signals=(*others, now))


async def look_again(case: Case, house: House) -> AsyncGenerator[Body, None]:
    """What has changed outside since a verdict that made the case wait or rest; nothing where all is as it was.

    The gate's next question follows by itself, since the fold tells what is new (`Case.news`).
    """
    if not house.just_read:
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
    port = await existing_work(case, house)
    return await port.find(case) if port is not None else None
