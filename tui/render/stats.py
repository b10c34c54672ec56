"""The Stats screen's panes: figures, what happened over time, repositories or services, rules of the gate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from rootcase.core.model.stats import Group, Measures, RuleStats, Stats
from rootcase.tui.render.layout import cells, cut, pad, section, seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.plots import axis, bar_row, bars
from rootcase.tui.render.words import SECOND_US, age, dollars

NAMES = 18
NUMBER = 8
NOTHING = "–"


def figures(it: Measures, width: int) -> tuple[Line, ...]:
    """How far cases come, as bars; then how well, how fast, for how much."""
    top = max(it.opened, it.pulls, it.merged, 1)
    funnel = (
        ("opened", it.opened, "spark"), ("sent for review", it.pulls, "spark"), ("merged", it.merged, "good"),
        ("verified", it.verified, "good"), ("closed unmerged", it.closed, "bad"), ("wrong", it.wrong, "bad"),
    )  # fmt: skip
    rows = [section("How far they come", width)]
    rows += [
        bar_row(name, value, top, f"{value:,}", width, names=NAMES, style=style)
        for name, value, style in funnel
    ]
    rows += [section("How well", width)]
    rows += [_row(name, value, width) for name, value in _well(it)]
    rows += [section("How fast, for how much", width)]
    rows += [_row(name, value, width) for name, value in _fast(it)]
    return tuple(rows)


def _well(it: Measures) -> list[tuple[str, str]]:
    ended = it.merged + it.closed
    wrong = NOTHING if it.wrong_rate is None else f"{it.wrong_rate:.0%} of {ended:,}"
    share = f", {it.idle_overruled / it.idle:.0%}" if it.idle else ""
    return [
        ("wrong pull requests", wrong),
        ("edited before the merge", f"{it.edited:,} of {it.merged:,}" if it.merged else NOTHING),
        ("verdicts to do nothing", f"{it.idle:,}"),
        ("  overruled by humans", f"{it.idle_overruled:,}{share}"),
        ("duplicates prevented", f"{it.duplicates:,}"),
        ("tickets", f"{it.tickets:,}"),
    ]  # fmt: skip


def _fast(it: Measures) -> list[tuple[str, str]]:
    per_merge = NOTHING if it.cost_per_merge_usd is None else dollars(it.cost_per_merge_usd)
    return [
        ("to the first hypothesis", age(it.cause_s) if it.cause_s else NOTHING),
        ("to the pull request", age(it.pull_s) if it.pull_s else NOTHING),
        ("spent", dollars(it.cost_usd)),
        ("cost per merged fix", per_merge),
    ]


def _row(name: str, value: str, width: int) -> Line:
    return Line((seg(cut(name, width - len(value) - 2), "muted"),), (seg(value, "strong bold"),))


def over_time(stats: Stats, width: int, height: int) -> tuple[Line, ...]:
    """Four rows of bars on one axis: opened, merged, closed unmerged, spent. height: rows there are."""
    buckets = stats.buckets
    series: tuple[tuple[str, Sequence[float], str, str], ...] = (
        ("opened", [b.opened for b in buckets], "spark", f"{stats.all.opened:,}"),
        ("merged", [b.merged for b in buckets], "good", f"{stats.all.merged:,}"),
        ("closed unmerged", [b.closed for b in buckets], "bad", f"{stats.all.closed:,}"),
        ("spent", [b.cost_usd for b in buckets], "accent", dollars(stats.all.cost_usd)),
    )
    high = max(1, min(6, (height - 2) // len(series) - 1))
    every = {1: "a day", 7: "a week", 30: "in 30 days"}.get(stats.bucket_s // 86_400, "")
    rows: list[Line] = []
    for name, values, style, total in series:
        most = max(values, default=0)
        told = f"most {every} {dollars(most) if name == 'spent' else f'{most:,.0f}'}" if most else "none"
        rows.append(
            section(
                name, width, (seg(f"{told}, ", "muted"), seg(total, "strong bold"), seg(" in all", "muted"))
            )
        )
        rows.extend(bars(values, width, high, style))
    return (*rows, *axis(_dates(stats, width), width))


def _dates(stats: Stats, width: int) -> list[tuple[int, str]]:
    """Where days are written under the axis: the first bucket, then about every 12 cells, the newest last."""
    number = len(stats.buckets)
    each = max(1, width // max(1, number)) if number <= width else width / number
    step = max(1, round(12 / each))
    out = []
    for at in range(0, number, step):
        when = datetime.fromtimestamp(stats.buckets[at].from_us / SECOND_US, UTC)
        text = f"{when.day} {when:%b}" if stats.bucket_s < 20 * 86_400 else f"{when:%b %Y}"
        if int(at * each) + len(text) <= width:
            out.append((int(at * each), text))
    return out


def groups(items: Sequence[Group], kind: str, width: int, *, chosen: str = "") -> tuple[Line, ...]:
    """A row for each repository or service, as many columns as there is room for. chosen: the one that is shown."""
    heads = ["opened", "sent", "merged", "wrong"] + (["to PR", "spent"] if width >= 62 else [])
    names = max(8, min(32, width - NUMBER * len(heads)))
    rows = [Line((seg(pad(kind, names), "muted"), *(seg(head.rjust(NUMBER), "muted") for head in heads)))]
    for group in items:
        it = group.measures
        wrong = NOTHING if it.wrong_rate is None else f"{it.wrong_rate:.0%}"
        values = [f"{it.opened:,}", f"{it.pulls:,}", f"{it.merged:,}", wrong]
        values += [age(it.pull_s) if it.pull_s else NOTHING, dollars(it.cost_usd)]
        name = group.name or "(none)"
        mark = "► " if chosen and group.name == chosen else ""
        line = (
            seg(pad(cut(mark + name, names - 1), names), "strong bold"),
            *(seg(value.rjust(NUMBER)) for value in values[: len(heads)]),
        )
        rows.append(Line(line, id=f"group:{group.name}"))
    if not items:
        rows.append(Line((seg("Nothing happened in this period.", "muted"),)))
    return tuple(rows)


def rules(items: Sequence[RuleStats], width: int) -> tuple[Line, ...]:
    """How often each rule of the gate decided, and how often a human said otherwise."""
    names = max(12, min(34, width - 26))
    heads = (seg("decided".rjust(9), "muted"), seg("overruled".rjust(11), "muted"))
    rows = [Line((seg(pad("rule of the gate", names), "muted"), *heads))]
    for rule in items:
        share = f"{rule.overruled / rule.decided:.0%}" if rule.overruled else ""
        style = "warn bold" if rule.overruled * 4 >= rule.decided > 3 else "fg"
        name = pad(cut(rule.rule.replace("_", " "), names - 1), names)
        counts = (seg(f"{rule.decided:,}".rjust(9)), seg(f"{rule.overruled:,}".rjust(11), style))
        rows.append(Line((seg(name), *counts, seg(share.rjust(6), style))))
    if not items:
        rows.append(Line((seg("No rule has decided anything.", "muted"),)))
    return tuple(rows)


def scope(stats: Stats | None, period: str, width: int) -> tuple[Seg, ...]:
    """`the last 30 days   all repositories   214 cases`."""
    if stats is None:
        return (seg(period, "strong bold"), seg("  reading…", "muted"))
    what = stats.repository or stats.service or ("all repositories" if width >= 100 else "all")
    out = [seg(period, "strong bold"), seg(f"   {what}", "fg"), seg(f"   {stats.cases:,} cases", "muted")]
    if stats.uncounted:
        out.append(seg(f"   {stats.uncounted:,} are being counted", "warn"))
    return tuple(out) if cells(out) <= width else (seg(period, "strong bold"), seg(f"  {what}"))
