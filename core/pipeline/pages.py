"""Which open case an alert, an incident or an unhealthy deploy is about: by what it names, its key, its time."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rootcase.core.journal.store import InboxRow, Store
from rootcase.core.model.signals import Signal
from rootcase.core.signals.protocol import Source

# A page comes after what it is about began, and mostly within this time; both ways, since clocks differ.
NEAR_US = 30 * 60 * 1_000_000
SHORT_WORD = 4


def names_of(signal: Signal) -> tuple[str, ...]:
    """The names a signal is found by: its id, what people call it, its dedup key, its address."""
    names = [f"{signal.source}:{signal.id}", signal.short_id, signal.url]
    if signal.dedup:
        names.append(f"dedup:{signal.dedup}")
    return tuple(name for name in names if name)


async def case_for(store: Store, signal: Signal, sources: Sequence[Source]) -> tuple[str, str]:
    """(key, why in words) of the one case that this signal is about; ("", "") where that is not certain."""
    for find in (_by_name, _by_link, _by_dedup):
        key, because = await find(store, signal, sources)
        if key:
            return key, because
    return await _by_time(store, signal)


async def _by_name(store: Store, signal: Signal, sources: Sequence[Source]) -> tuple[str, str]:
    """Somebody has named it already, with a diagnosis."""
    for name in (signal.short_id, signal.id, signal.url):
        key = await store.case_of(name) if name else None
        if key:
            return key, f"{name} was named here before"
    return "", ""


async def _by_link(store: Store, signal: Signal, sources: Sequence[Source]) -> tuple[str, str]:
    """What the page names is an issue of another source that we hold."""
    found: dict[str, str] = {}
    for _, address in (*signal.links, *((each.origin, each.url) for each in signal.diagnoses if each.url)):
        for source in sources:
            id = source.named(address) if source.name != signal.source else ""
            key = (await store.case_of(f"{source.name}:{id}") or await store.case_of(id)) if id else None
            if key:
                found.setdefault(key, f"{signal.source} names {id} of {source.name}")
    return next(iter(found.items())) if len(found) == 1 else ("", "")


async def _by_dedup(store: Store, signal: Signal, sources: Sequence[Source]) -> tuple[str, str]:
    """Another page with the same key, or an issue whose id somebody chose as the key."""
    if not signal.dedup:
        return "", ""
    for name in (f"dedup:{signal.dedup}", signal.dedup):
        key = await store.case_of(name)
        if key:
            return key, f"same dedup key, {signal.dedup}"
    for source in sources:
        id = source.named(signal.dedup) if source.name != signal.source else ""
        key = await store.case_of(f"{source.name}:{id}") if id else None
        if key:
            return key, f"its dedup key names {id} of {source.name}"
    return "", ""


async def _by_time(store: Store, signal: Signal) -> tuple[str, str]:
    """Its service has one open case that was seen around that time and whose error it tells of."""
    at_us = signal.first_seen_us or signal.last_seen_us
    if not signal.service or not at_us:
        return "", ""
    text = " ".join((signal.title, signal.dedup, *(value for _, value in (*signal.tags, *signal.links))))
    told = [row for row in await store.open_rows(signal.service) if _told(row, text)]
    near = [row for row in told if _around(await store.signals(row.key), at_us)]
    if len(near) != 1:
        return "", ""
    return near[0].key, f"same service and time, and it tells of {near[0].type or near[0].function}"


def _around(signals: Sequence[Signal], at_us: int) -> bool:
    """The error had begun when the page came, or did right after it, and was seen until shortly before, or since."""
    last = max((signal.last_seen_us for signal in signals), default=0)
    first = min((signal.first_seen_us or signal.last_seen_us for signal in signals), default=0)
    return last >= at_us - NEAR_US and first <= at_us + NEAR_US


def _told(row: InboxRow, text: str) -> bool:
    """Whether a text names the case's error: its type and its function, or its host; one common word is not enough."""
    words = {word.lower() for word in re.findall(r"[\w.-]+", text[:20_000])}
    parts = words | {part for word in words for part in word.split(".")}
    type_told = row.type.lower() in parts and len(row.type) > SHORT_WORD
    function_told = row.function.lower() in parts and len(row.function) > SHORT_WORD
    host_told = "." in row.where and row.where.lower() in words
    return (type_told and function_told) or host_told
