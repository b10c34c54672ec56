"""The Inbox's header: sources with their age or trouble, what the day has cost, the filter row's right side."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.journal.store import SourceState
from rootcase.tui.render.header import cost, crumbs, first_row, time_of_day
from rootcase.tui.render.layout import cells, seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.words import SECOND_US, age, clock, short_age

STALE_S = 300


def inbox_header(
    sources: Sequence[SourceState], today_usd: float, cap_usd: float, now_us: int, width: int,
    refresh: tuple[float, int] = (0.0, 0),
) -> Line:  # fmt: skip
    """Names only sources in trouble below 100 cells. refresh: seconds between syncs, when the next one is."""
    gap = Seg("   " if width >= 160 else "  ")
    today = (Seg("today ", "muted"),) if width >= 160 else ()
    money = (*today, *cost(today_usd, cap_usd, today=True), gap, time_of_day(now_us, width))
    left = width - 2 - cells(crumbs("Inbox", width)) - cells(money) - 2
    named = _named(sources, now_us, width, gap, left - cells((gap,)) - 1)
    rule = Seg("│" + gap.text, "rule") if width >= 100 else Seg(" ")
    room = left - cells(named)
    for words in _refresh(sources, now_us, refresh):
        if width >= 100 and named and cells((seg(words, "muted"), gap)) + 3 <= room:
            named.extend((seg(words, "muted"), gap))
            break
    right = (*named, rule, *money) if named else money
    return first_row("Inbox", width, right=right)


def _named(sources: Sequence[SourceState], now_us: int, width: int, gap: Seg, room: int) -> list[Seg]:
    """Each source with its state; where room is short those in trouble or being read, else how many there are."""
    telling = [each for each in sources if trouble(each, now_us) or each.is_read_now(now_us)]
    for some in (sources if width >= 100 else telling, telling):
        out = [piece for source in some for piece in (*_source(source, now_us, width), gap)]
        if cells(out) <= room:
            return out
    failing = sum(trouble(each, now_us) for each in sources)
    return [Seg(f"{failing} of {len(sources)} sources in trouble", "warn"), gap] if failing else []


def _refresh(sources: Sequence[SourceState], now_us: int, refresh: tuple[float, int]) -> tuple[str, ...]:
    """When the sources are read next by themselves and when all was last compared; shorter where room is short."""
    every_s, due_us = refresh
    if not every_s:
        return ()
    every = f"every {age(every_s)}"
    left_s = max(0.0, (due_us - now_us) / SECOND_US)
    # told in steps of ten seconds: each change is a write to the terminal
    following = f"{every}, next in {age(-(-left_s // 10) * 10)}" if left_s else f"{every}, now"
    compared = [source.reconciled_us for source in sources if source.reconciled_us]
    whole = f", all compared {age((now_us - min(compared)) / SECOND_US)} ago" if compared else ""
    return (following + whole, following, every) if whole else (following, every)


def trouble(source: SourceState, now_us: int) -> bool:
    """The last reading failed or was cut short."""
    return bool(source.fault or source.partial)


def _source(source: SourceState, now_us: int, width: int) -> tuple[Seg, ...]:
    name = seg(source.source, "muted")
    if source.is_read_now(now_us):
        return (name, Seg(" ► ", "accent bold"), seg(_progress(source, width), "accent"))
    if source.fault or source.retry_us > now_us:
        until = f"until {clock(source.retry_us)}" if source.retry_us > now_us else "does not answer"
        wide = width >= 160 and source.retry_us > now_us
        words = f"{source.paused or 'rate-limited'} {until}" if wide else until
        return (name, Seg(" ! ", "warn bold"), Seg(words, "warn"))
    if not source.synced_us:
        return (name, Seg(" not read yet" if width >= 160 else " –", "faint"))
    if source.partial:
        return (name, Seg(" ~ ", "warn bold"), Seg("cut short" if width >= 160 else "~", "warn"))
    seconds = (now_us - source.synced_us) / SECOND_US
    old = f" {short_age(seconds)}" if width >= 160 and seconds >= 60 else ""
    return (name, Seg(" √", "good"), Seg(old, "muted"))


def _progress(source: SourceState, width: int) -> str:
    """`1,200 of 5,000`; the first number alone where the source does not say how many there are."""
    read = f"{source.read:,}" if source.read else "reading"
    if source.total > source.read:
        return f"{read} of {source.total:,}" if width >= 160 else f"{source.read * 100 // source.total}%"
    return read


def counts(shown: int, total: int, sort: str, view: str, waiting: str, width: int) -> tuple[Seg, ...]:
    """`14 of 312 cases    sort priority    view On call`; waiting: `3 new, R shows them`."""
    gap = Seg("    " if width >= 160 else "   " if width >= 100 else "  ")
    of = f" of {total:,}" + (" cases" if width >= 160 else "")
    out = [Seg(f"{shown:,}", "strong bold"), Seg(of, "muted"), gap]
    if waiting:
        first, comma, more = waiting.partition(",")
        out = [seg(first, "accent bold"), *((seg(f",{more}", "muted"),) if comma else ()), gap, *out]
    out.extend((Seg("sort ", "muted"), Seg(sort, "fg")))
    if width >= 160 or (width >= 100 and view != "On call"):
        out.extend((gap, Seg("view ", "muted"), Seg(view, "fg")))
    return tuple(out)
