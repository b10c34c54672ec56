"""Which open case an alert, an incident or an unhealthy deploy is about: by what it names, its key, its time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rootcase.core.journal.store import InboxRow, Store
from rootcase.core.model.signals import DEDUP, Signal
from rootcase.core.signals.protocol import Source

# A page comes after what it is about began, and mostly within this time; both ways, since clocks differ.
NEAR_US = 30 * 60 * 1_000_000
SHORT_WORD = 4
# The source of incidents that only the command line has named.
GIVEN_HERE = "incident"


@dataclass(frozen=True, slots=True)
class Names:
    """Which case a name leads to. own: the case that the page opened itself, which answers nothing."""

    store: Store
    own: str = ""

    async def case_of(self, name: str) -> str:
        key = await self.store.case_of(name) if name else None
        return key if key and key != self.own else ""


async def case_at(store: Store, source: str, id: str) -> str:
    """The case that a source's id, or what the source calls it (`SHOP-7`), leads to, "" for none.

    Another service's `SHOP-7`, or an alert with the number of an issue, is not meant.
    """
    key = await store.case_of(f"{source}:{id}")
    if key is None and (key := await store.case_of(id)):
        own = any(
            each.source == source and id in (each.short_id, each.id) for each in await store.signals(key)
        )
        key = key if own else None
    return key or ""


async def case_for(
    store: Store, signal: Signal, sources: Sequence[Source], *, own: str = ""
) -> tuple[str, str]:
    """(key, why in words) of the one case that this signal is about; ("", "") where that is not certain.

    own: the case that the signal opened when nothing was known yet, which is not asked for.
    """
    names = Names(store, own)
    for find in (_by_name, _by_link, _by_dedup):
        key, because = await find(names, signal, sources)
        if key:
            return key, because
    return await _by_time(names, signal)


async def _by_name(names: Names, signal: Signal, sources: Sequence[Source]) -> tuple[str, str]:
    """Somebody has named it already, with a diagnosis, before any source was asked for it."""
    for name in (signal.short_id, signal.id, signal.url):
        key = await names.case_of(name)
        if key and await _was_given(names.store, key, name):
            return key, f"{name} was named here before"
    return "", ""


async def _was_given(store: Store, key: str, name: str) -> bool:
    """Whether the name was given here and is not what another service calls something of its own."""
    return all(
        name not in (signal.short_id, signal.id) or signal.source == GIVEN_HERE
        for signal in await store.signals(key)
    )


async def _by_link(names: Names, signal: Signal, sources: Sequence[Source]) -> tuple[str, str]:
    """What the page names is an issue of another source that we hold."""
    found: dict[str, str] = {}
    for _, address in (*signal.links, *((each.origin, each.url) for each in signal.diagnoses if each.url)):
        for source in sources:
            id = source.named(address) if source.name != signal.source else ""
            key = await case_at(names.store, source.name, id) if id else ""
            if key and key != names.own:
                found.setdefault(key, f"{signal.source} names {id} of {source.name}")
    return next(iter(found.items())) if len(found) == 1 else ("", "")


async def _by_dedup(names: Names, signal: Signal, sources: Sequence[Source]) -> tuple[str, str]:
    """Another page with the same key, or an issue whose id somebody chose as the key."""
    if not signal.dedup:
        return "", ""
    for name in (DEDUP + signal.dedup, signal.dedup):
        key = await names.case_of(name)
        if key:
            return key, f"same dedup key, {signal.dedup}"
    for source in sources:
        id = source.named(signal.dedup) if source.name != signal.source else ""
        key = await names.case_of(f"{source.name}:{id}") if id else ""
        if key:
            return key, f"its dedup key names {id} of {source.name}"
    return "", ""


async def _by_time(names: Names, signal: Signal) -> tuple[str, str]:
    """Its service has one open case that was seen around that time and whose error it tells of."""
    at_us = signal.first_seen_us or signal.last_seen_us
    if not signal.service or not at_us:
        return "", ""
    text = " ".join((signal.title, signal.dedup, *(value for _, value in (*signal.tags, *signal.links))))
    rows = await names.store.open_rows(signal.service)
    told = [row for row in rows if row.key != names.own and _told(row, text)]
    near = [row for row in told if _around(await names.store.signals(row.key), at_us)]
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
