"""Events and deploys on one time axis, and how to stop the bleeding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rootcase.core.model.case import Case
from rootcase.core.model.code import Commit
from rootcase.core.model.signals import Signal
from rootcase.tui.render.layout import cells, cut, cut_segs, seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.words import SECOND_US, clock, day_clock

EIGHTHS = " ▁▂▃▄▅▆▇█"
RATES = {1: "a second", 60: "a minute", 3600: "an hour", 86_400: "a day"}


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of time on `width` cells."""

    start_us: int
    end_us: int
    width: int

    def column(self, at_us: int) -> int:
        """The cell of a moment, may lie outside."""
        span = max(1, self.end_us - self.start_us)
        return int((at_us - self.start_us) * self.width // span)

    def moment(self, column: int) -> int:
        return self.start_us + column * (self.end_us - self.start_us) // max(1, self.width)


def trend_signal(case: Case) -> Signal | None:
    """The signal whose counts are drawn: the one with most events among those that have a trend."""
    drawn = [signal for signal in case.signals if any(signal.trend)]
    return max(drawn, key=lambda signal: signal.events, default=None)


def rate(case: Case) -> str:
    """What one bar counts, and the highest: `events an hour, max 402`."""
    signal = trend_signal(case)
    if signal is None:
        return "no counts over time"
    size = signal.bucket_s
    per = RATES.get(size) or (f"in {size // 60} minutes" if size % 60 == 0 else f"in {size} s")
    return f"events {per}, max {max(signal.trend):,}"


def timeline(case: Case, width: int, rows: int) -> tuple[Line, ...]:
    """Deploy labels, bars `rows` high, the axis and its hours. width: in cells."""
    signal = trend_signal(case)
    if signal is None:
        return (Line((seg("No counts over time are known: only single events were read.", "muted"),)),)
    axis = _axis(signal, width)
    deploys = _deploys(case, axis)
    bars = [_bar_row(signal, axis, level, rows, deploys) for level in range(rows, 0, -1)]
    return (_labels(case, axis, deploys), *bars, Line((Seg("─" * width, "rule"),)), _hours(case, axis))


def _axis(signal: Signal, width: int) -> Axis:
    """The last bucket with events is the one of `last_seen`; sources end their rows at different moments."""
    last = max(index for index, number in enumerate(signal.trend) if number)
    bucket_us = signal.bucket_s * SECOND_US
    anchor = signal.last_seen_us // bucket_us * bucket_us
    start = anchor - last * bucket_us
    return Axis(start, start + len(signal.trend) * bucket_us, width)


def _bar_row(
    signal: Signal, axis: Axis, level: int, rows: int, deploys: Sequence[tuple[int, str, str]]
) -> Line:
    top = max(signal.trend)
    rising = is_rising(signal.trend)
    marks = {column for column, _, _ in deploys}
    out: list[Seg] = []
    for column in range(axis.width):
        bucket = min(len(signal.trend) - 1, column * len(signal.trend) // axis.width)
        eighths = round(signal.trend[bucket] * rows * 8 / top)
        if signal.trend[bucket] and not eighths:
            eighths = 1
        filled = min(8, max(0, eighths - (level - 1) * 8))
        late = bucket >= len(signal.trend) * 2 // 3
        if filled:
            out.append(Seg(EIGHTHS[filled], "bad" if rising and late else "spark"))
        else:
            out.append(Seg("│" if column in marks else " ", "rule"))
    return Line(_joined(out))


def _joined(parts: Sequence[Seg]) -> tuple[Seg, ...]:
    """Neighbours of one style as one segment."""
    out: list[Seg] = []
    for part in parts:
        if out and out[-1].style == part.style:
            out[-1] = Seg(out[-1].text + part.text, part.style)
        else:
            out.append(part)
    return tuple(out)


def is_rising(trend: Sequence[int]) -> bool:
    """Whether the last third has clearly more than the two before it, on average."""
    third = max(1, len(trend) // 3)
    late, early = trend[-third:], trend[:-third]
    return sum(late) / third > 1.5 * (sum(early) / len(early) if early else 0)


def _deploys(case: Case, axis: Axis) -> list[tuple[int, str, str]]:
    """(column, label, style) of each deploy inside the axis, the one of the failing release lit."""
    out = {}
    for signal in case.signals:
        for deploy in signal.deploys:
            column = axis.column(deploy.at_us)
            if 0 <= column < axis.width:
                failing = case.code is not None and deploy.release == case.code.release
                label = f"▼ {deploy.release} {deploy.environment}".rstrip()
                out[column] = (column, label, "warn bold" if failing else "fg")
    return [out[column] for column in sorted(out)]


def _labels(case: Case, axis: Axis, deploys: Sequence[tuple[int, str, str]]) -> Line:
    good = case.code.rollback if case.code else None
    out: list[Seg] = []
    if good:
        out.extend(
            (seg("◄ ", "good"), seg(good.release, "good bold"), seg(f" {good.good_for}, good", "muted"))
        )
    for number, (column, label, style) in enumerate(deploys):
        following = deploys[number + 1][0] if number + 1 < len(deploys) else axis.width
        if cells(out) > column:
            out = list(cut_segs(out, max(0, column - 1)))
        out.append(Seg(" " * (column - cells(out))))
        out.append(seg(cut(label, max(1, following - column - 1)), style))
    return Line(cut_segs(out, axis.width))


def _hours(case: Case, axis: Axis) -> Line:
    """Times under the axis, a first event in its own colour; days where the axis is longer than one."""
    step = max(12, axis.width // 6)
    long = axis.end_us - axis.start_us > 26 * 3600 * SECOND_US
    first = min((s.first_seen_us for s in case.signals if s.first_seen_us), default=0)
    at_first = axis.column(first) if first else -1
    out: list[Seg] = []
    for column in range(0, axis.width - 6, step):
        if 0 <= at_first < axis.width and abs(column - at_first) < 14:
            continue
        out.append(Seg(" " * (column - cells(out))))
        moment = axis.moment(column)
        out.append(seg(day_clock(moment, 0) if long else clock(moment), "muted"))
    if 0 <= at_first < axis.width:
        out = _insert(out, min(at_first, axis.width - 12), seg(f"{clock(first)} first", "bad"))
    return Line(cut_segs(out, axis.width))


def _insert(row: Sequence[Seg], column: int, label: Seg) -> list[Seg]:
    out: list[Seg] = []
    at = 0
    placed = False
    for part in row:
        if not placed and at + cells((part,)) > column:
            space = column - at
            out.extend((Seg(" " * space), label))
            rest = part.text[space + cells((label,)) :]
            out.append(Seg(rest, part.style))
            placed = True
        else:
            out.append(part)
        at += cells((part,))
    if not placed:
        out.extend((Seg(" " * max(0, column - at)), label))
    return out


def bleeding(case: Case, width: int) -> tuple[Line, ...]:
    """The rollback target and the key for it; why there is none where there is none."""
    good = case.code.rollback if case.code else None
    if good is None:
        why = "No earlier release is known, so there is no rollback target." if case.code else (
            "Known once the code is mapped."
        )  # fmt: skip
        return (Line((seg(cut(why, width), "muted"),)), *_revert_row(case, width))
    head = (
        seg("roll back to ", "muted"), seg(good.release, "good bold"),
        seg(f" at {good.commit[:7]}" if good.commit else "", "muted"),
    )  # fmt: skip
    rows = [Line(cut_segs(head, width))]
    if good.good_for:
        rows.append(Line((seg(cut(f"good for {good.good_for}", width), "muted"),)))
    if good.migrations:
        style = "muted" if good.migrations.startswith("no ") else "warn"
        rows.append(Line((seg(cut(good.migrations, width), style),)))
    rows.extend(_revert_row(case, width))
    rows.append(Line((seg("c  ", "accent bold"), seg(cut("copy the rollback target", width - 3)))))
    return tuple(rows)


def _revert_row(case: Case, width: int) -> list[Line]:
    """The key that drafts the revert of the likeliest suspect, or the draft that it has become."""
    draft = case.draft
    if draft is not None and draft.reverts:
        told = f"open the revert of {draft.reverts[:7]}, draft {draft.number}"
        return [Line((seg("d  ", "accent bold"), seg(cut(told, width - 3))))]
    suspect = likeliest(case)
    if suspect is None:
        return []
    return [Line((seg("r  ", "accent bold"), seg(cut(f"draft the revert of {suspect.short}", width - 3))))]


def likeliest(case: Case) -> Commit | None:
    """The commit that `r` reverts where none is selected: the first suspect that changed code or settings."""
    suspects = case.code.suspects if case.code else ()
    return next((s.commit for s in suspects if s.kind not in ("tests", "other") and s.score >= 0.1), None)


def one_line(case: Case, width: int) -> tuple[Line, ...]:
    """The rollback target in one row, for the narrow screen."""
    good = case.code.rollback if case.code else None
    if good is None:
        return ()
    lead = (seg("stop it  ", "good bold"), seg("roll back to "), seg(good.release, "good bold"))
    rest = [seg(f", good for {good.good_for}" if good.good_for else "", "muted")]
    if likeliest(case) is not None and not (case.draft and case.draft.reverts):
        rest.extend((seg("  r", "accent bold"), seg(" draft the revert", "muted")))
    return (Line(cut_segs((*lead, *rest), width)),)
