"""`rootcase stats`: what came of the cases of a period, in all and by repository or service."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rootcase.core.commands.casefile import opened
from rootcase.core.commands.output import say, say_json, table
from rootcase.core.config.load import Loaded
from rootcase.core.model.stats import Group, Measures, Stats
from rootcase.core.stats import stats_of


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    async with opened(loaded) as store:
        stats = await stats_of(store, args.since, repository=args.repository, service=args.service)
    if args.json:
        say_json(stats)
        return 0
    say("\n\n".join(_blocks(stats, args.since)))
    return 0


def _blocks(stats: Stats, period: str) -> list[str]:
    scope = " ".join(part for part in (stats.repository, stats.service) if part)
    when = "all time" if period == "all" else f"the last {period}"
    head = f"{stats.cases:,} cases{f' of {scope}' if scope else ''}; counted over {when}."
    blocks = [head, table(measure_rows(stats.all), ("measure", "value"))]
    for name, groups in (("repository", stats.repositories), ("service", stats.services)):
        if len(groups) > 1:
            blocks.append(_groups(name, groups))
    if stats.rules:
        rows = [
            (r.rule, str(r.decided), str(r.overruled), f"{r.idle_overruled} of {r.idle}") for r in stats.rules
        ]
        blocks.append(table(rows, ("rule", "decided", "overruled", "to do nothing, overruled")))
    return blocks


def measure_rows(it: Measures) -> list[tuple[str, str]]:
    """Every measure in words, with its value as people read it."""
    return [
        ("opened", f"{it.opened:,}"),
        ("pull requests sent", f"{it.pulls:,}"),
        ("merged", f"{it.merged:,}"),
        ("closed without a merge", f"{it.closed:,}"),
        ("edited before the merge", f"{it.edited:,} of {it.merged:,}"),
        ("verified", f"{it.verified:,}"),
        ("tickets", f"{it.tickets:,}"),
        ("duplicates prevented", f"{it.duplicates:,}"),
        ("verdicts to do nothing", f"{it.idle:,}, {it.idle_overruled:,} overruled"),
        ("time to the first supported hypothesis", length(it.cause_s)),
        ("time to the pull request", length(it.pull_s)),
        ("wrong pull requests", _rate(it)),
        ("spent", f"${it.cost_usd:,.2f}"),
        ("cost per merged fix", "–" if it.cost_per_merge_usd is None else f"${it.cost_per_merge_usd:,.2f}"),
    ]


def length(seconds: float) -> str:
    """`14 min`, `3.2 h`, `2.5 d`; a dash where nothing was measured."""
    if not seconds:
        return "–"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size * (2 if size == 86_400 else 1):
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def _rate(it: Measures) -> str:
    ended = it.merged + it.closed
    return "–" if it.wrong_rate is None else f"{it.wrong:,} of {ended:,}, {it.wrong_rate:.0%}"


def _groups(name: str, groups: Sequence[Group]) -> str:
    rows = [
        (
            group.name or "(none)", f"{it.opened:,}", f"{it.pulls:,}", f"{it.merged:,}", f"{it.closed:,}",
            length(it.pull_s), "–" if it.wrong_rate is None else f"{it.wrong_rate:.0%}", f"${it.cost_usd:,.2f}",
        )
        for group in groups for it in (group.measures,)
    ]  # fmt: skip
    return table(rows, (name, "opened", "sent", "merged", "closed", "time to PR", "wrong", "spent"))
