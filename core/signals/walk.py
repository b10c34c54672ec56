"""Reads one project's issues page by page, newest first, until what the last complete listing had already."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import msgspec

from rootcase.core.model.signals import Signal
from rootcase.core.signals.faults import NotFound
from rootcase.core.signals.lookback import lookback_us
from rootcase.core.signals.marks import OVERLAP_US, Mark, state_of


@dataclass(frozen=True, slots=True)
class Page:
    """signals: as the source has them; next: how to ask for the next page, "" for none; broken: in words."""

    signals: tuple[Signal, ...]
    next: str = ""
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """fresh: what is new on a page; mark: where to go on after it; partial: what is missing, in words.

    limited: what a first listing leaves out because it was to read no more.
    """

    fresh: tuple[Signal, ...]
    mark: Mark
    partial: str = ""
    limited: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """wanted: which issues are handed out. period: how far back a first listing goes (`14d`).

    backfill: most signals of a first listing. label: the source's name, for errors.
    """

    wanted: Callable[[Signal], bool]
    period: str
    backfill: int
    label: str


Read = Callable[[str], Awaitable[Page]]


async def walk(read: Read, mark: Mark, limits: Limits) -> AsyncIterator[Step]:
    """Steps of one listing; the last one's mark starts the next listing."""
    now_us = time.time_ns() // 1000
    floor_us = mark.since_us - OVERLAP_US
    if mark.first:
        floor_us = now_us - lookback_us(limits.period, limits.label)
    known: dict[str, str] = {}
    asked = {mark.page}
    while True:
        page, mark = await _read(read, mark)
        newest_us = max([mark.newest_us, *(each.last_seen_us for each in page.signals)])
        recent = (each for each in page.signals if each.last_seen_us >= floor_us)
        unread = (each for each in recent if known.get(each.id) != state_of(each))
        fresh = tuple(each for each in unread if limits.wanted(each) and mark.is_news(each))
        fresh, limited, done = _cut(fresh, page, mark, floor_us, limits.backfill)
        again = ""
        if not done and (page.next in asked or all(each.id in known for each in page.signals)):
            again, done = "the source names the same page again; older issues are missing", True
        known.update((each.id, state_of(each)) for each in page.signals)
        asked.add(page.next)
        mark = msgspec.structs.replace(
            mark, newest_us=newest_us, taken=mark.taken + len(fresh), page=page.next
        )
        mark = msgspec.structs.replace(mark, new_edge=mark.with_edge(page.signals))
        partial = "; ".join(part for part in (page.broken, again) if part)
        yield Step(fresh, mark.done(now_us) if done else mark, partial, limited)
        if done:
            return


async def _read(read: Read, mark: Mark) -> tuple[Page, Mark]:
    """A page; where the source no longer knows the page of a listing that was cut off, the first one."""
    try:
        return await read(mark.page), mark
    except NotFound:
        if not mark.page:
            raise
        mark = msgspec.structs.replace(mark, page="", taken=0)
        return await read(""), mark


def _cut(
    fresh: tuple[Signal, ...], page: Page, mark: Mark, floor_us: int, backfill: int
) -> tuple[tuple[Signal, ...], str, bool]:
    """What is taken of a page, what is left out in words, and whether the listing ends with it."""
    room = max(0, backfill - mark.taken)
    past = any(each.last_seen_us < floor_us for each in page.signals)
    if mark.first and (len(fresh) > room or (len(fresh) == room and page.next and not past)):
        return (
            fresh[:room],
            f"the newest {backfill:,} were read; older ones are left out",
            True,
        )
    return fresh, "", past or not page.next
