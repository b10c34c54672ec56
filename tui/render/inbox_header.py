"""The Inbox's header: sources with their age or trouble, what the day has cost, the filter row's right side."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.journal.store import SourceState
from rootcase.tui.render.header import cost, first_row, time_of_day
from rootcase.tui.render.layout import seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.words import SECOND_US, clock, short_age

STALE_S = 300


def inbox_header(
    sources: Sequence[SourceState], today_usd: float, cap_usd: float, now_us: int, width: int
) -> Line:
    """Names only sources in trouble below 100 cells."""
    right: list[Seg] = []
    gap = Seg("   " if width >= 160 else "  ")
    for source in sources:
        if width >= 100 or trouble(source, now_us):
            right.extend((*_source(source, now_us, width), gap))
    if right and width >= 100:
        right.append(Seg("│" + gap.text, "rule"))
    elif right:
        right.append(Seg(" "))
    today = (Seg("today ", "muted"),) if width >= 160 else ()
    right.extend((*today, *cost(today_usd, cap_usd, today=True), gap, time_of_day(now_us, width)))
    return first_row("Inbox", width, right=right)


def trouble(source: SourceState, now_us: int) -> bool:
    """The last reading failed or was cut short."""
    return bool(source.fault or source.partial)


def _source(source: SourceState, now_us: int, width: int) -> tuple[Seg, ...]:
    name = seg(source.source, "muted")
    if source.fault or source.retry_us > now_us:
        until = f"until {clock(source.retry_us)}" if source.retry_us > now_us else "does not answer"
        words = f"rate-limited {until}" if width >= 160 and source.retry_us > now_us else until
        return (name, Seg(" ! ", "warn bold"), Seg(words, "warn"))
    if not source.synced_us:
        return (name, Seg(" not read yet" if width >= 160 else " –", "faint"))
    if source.partial:
        return (name, Seg(" ~ ", "warn bold"), Seg("cut short" if width >= 160 else "~", "warn"))
    seconds = (now_us - source.synced_us) / SECOND_US
    old = f" {short_age(seconds)}" if width >= 160 and seconds >= 60 else ""
    return (name, Seg(" √", "good"), Seg(old, "muted"))


def counts(shown: int, total: int, sort: str, view: str, waiting: str, width: int) -> tuple[Seg, ...]:
    """`14 of 312 cases    sort priority    view On call`; waiting: `3 new, R shows them`."""
    gap = Seg("    " if width >= 160 else "   " if width >= 100 else "  ")
    of = f" of {total:,}" + (" cases" if width >= 160 else "")
    out = [Seg(f"{shown:,}", "strong bold"), Seg(of, "muted"), gap]
    if waiting:
        out = [
            Seg(waiting.partition(",")[0], "accent bold"),
            Seg(f",{waiting.partition(',')[2]}", "muted"),
            gap,
            *out,
        ]
    out.extend((Seg("sort ", "muted"), Seg(sort, "fg")))
    if width >= 160 or (width >= 100 and view != "On call"):
        out.extend((gap, Seg("view ", "muted"), Seg(view, "fg")))
    return tuple(out)
