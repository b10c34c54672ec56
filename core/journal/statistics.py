"""The statistics over the rows of all cases: three readings of SQL, no journal is opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from rootcase.core.journal.spend import NANO, day_of
from rootcase.core.model.stats import SCHEMA, Bucket, Group, Measures, RuleStats, Stats

DAY_S = 86_400
DAY_US = DAY_S * 1_000_000
MOST_GROUPS = 50
SCOPE = "(:repository = '' OR repository = :repository) AND (:service = '' OR service = :service)"
IDLE = "verdict IN ('wait', 'ignore')"


@dataclass(slots=True)
class Sum:
    """The counts of one repository and service, as they grow."""

    opened: int = 0
    tickets: int = 0
    pulls: int = 0
    merged: int = 0
    closed: int = 0
    edited: int = 0
    verified: int = 0
    duplicates: int = 0
    wrong: int = 0
    idle: int = 0
    idle_overruled: int = 0
    nano_usd: int = 0
    cause_us: list[int] = field(default_factory=list)
    pull_us: list[int] = field(default_factory=list)

    def add(self, other: Sum) -> None:
        for name in NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.cause_us.extend(other.cause_us)
        self.pull_us.extend(other.pull_us)

    def measures(self) -> Measures:
        ended, cost = self.merged + self.closed, self.nano_usd / NANO
        return Measures(
            self.opened, self.tickets, self.pulls, self.merged, self.closed, self.edited, self.verified,
            self.duplicates, self.idle, self.idle_overruled, _median_s(self.cause_us), _median_s(self.pull_us),
            self.wrong, round(self.wrong / ended, 4) if ended else None, round(cost, 6),
            round(cost / self.merged, 6) if self.merged else None,
        )  # fmt: skip


NUMBERS = [name for name in Sum.__dataclass_fields__ if name not in ("cause_us", "pull_us")]
Sums = dict[tuple[str, str], Sum]


@dataclass(slots=True)
class Axis:
    """The buckets of a period. start_us: where the first begins; they end with the period."""

    start_us: int
    size_us: int
    opened: list[int]
    merged: list[int]
    closed: list[int]
    nano_usd: list[int]

    def at(self, moment_us: int) -> int:
        return min(max((moment_us - self.start_us - 1) // self.size_us, 0), len(self.opened) - 1)

    def buckets(self) -> tuple[Bucket, ...]:
        rows = zip(self.opened, self.merged, self.closed, self.nano_usd, strict=True)
        return tuple(
            Bucket(self.start_us + number * self.size_us, opened, merged, closed, round(nano / NANO, 6))
            for number, (opened, merged, closed, nano) in enumerate(rows)
        )


def statistics(
    connection: sqlite3.Connection, *, since_us: int, until_us: int, repository: str = "", service: str = ""
) -> Stats:
    """Everything about a period, of one repository or service where named. since_us: 0 for all time."""
    given: dict[str, object] = {
        "since": since_us, "until": until_us, "repository": repository, "service": service,
        "first_day": day_of(since_us), "last_day": day_of(until_us),
    }  # fmt: skip
    axis = _axis(connection, since_us, until_us)
    sums: Sums = {}
    _count(connection, given, sums, axis, since_us, until_us)
    _spent(connection, given, sums, axis)
    rules = _rules(connection, given, sums)
    whole = Sum()
    for each in sums.values():
        whole.add(each)
    (cases,) = connection.execute(f"SELECT count(*) FROM tally WHERE {SCOPE}", given).fetchone()
    (counted,) = connection.execute("SELECT count(*) FROM tally").fetchone()
    (every,) = connection.execute("SELECT count(*) FROM inbox").fetchone()
    return Stats(
        SCHEMA, since_us, until_us, cases, max(0, every - counted), repository, service, whole.measures(),
        _groups((one, each) for (one, _), each in sums.items()),
        _groups((other, each) for (_, other), each in sums.items()), rules,
        axis.size_us // 1_000_000, axis.buckets(),
    )  # fmt: skip


def _count(
    connection: sqlite3.Connection,
    given: Mapping[str, object],
    sums: Sums,
    axis: Axis,
    since: int,
    until: int,
) -> None:
    """One reading of the cases to which anything happened in the period."""
    rows = connection.execute(
        "SELECT repository, service, opened_us, cause_us, ticket_us, pull_us, merged_us, closed_us, verified_us,"
        f" wrong_us, edited, duplicates FROM tally WHERE last_us >= :since AND {SCOPE}",
        given,
    )
    since = max(since, 1)
    for one, other, opened, cause, ticket, pull, merged, closed, verified, wrong, edited, duplicates in rows:
        it = sums.get((one, other))
        if it is None:
            it = sums[one, other] = Sum()
        if since <= opened <= until:
            it.opened += 1
            it.duplicates += duplicates
            axis.opened[axis.at(opened)] += 1
        if since <= cause <= until:
            it.cause_us.append(cause - opened)
        it.tickets += since <= ticket <= until
        if since <= pull <= until:
            it.pulls += 1
            it.pull_us.append(pull - opened)
        if since <= merged <= until:
            it.merged += 1
            it.edited += edited
            axis.merged[axis.at(merged)] += 1
        if since <= closed <= until:
            it.closed += 1
            axis.closed[axis.at(closed)] += 1
        it.verified += since <= verified <= until
        it.wrong += wrong > 0 and since <= max(merged, closed) <= until


def _spent(connection: sqlite3.Connection, given: Mapping[str, object], sums: Sums, axis: Axis) -> None:
    """What was spent on the days of the period; a day counts at its noon."""
    rows = connection.execute(
        "SELECT repository, service, CAST(strftime('%s', day) AS INTEGER), sum(nano_usd)"
        " FROM spend CROSS JOIN tally USING (journal)"
        f" WHERE day >= :first_day AND day <= :last_day AND {SCOPE} GROUP BY day, repository, service",
        given,
    )
    for one, other, day_s, nano in rows:
        sums.setdefault((one, other), Sum()).nano_usd += nano
        axis.nano_usd[axis.at(day_s * 1_000_000 + DAY_US // 2)] += nano


def _rules(connection: sqlite3.Connection, given: Mapping[str, object], sums: Sums) -> tuple[RuleStats, ...]:
    """The most overruled first."""
    rows = connection.execute(
        f"SELECT repository, service, rule, count(*), sum(overruled), sum({IDLE}), sum({IDLE} AND overruled)"
        f" FROM tally_rule WHERE decided_us >= :since AND decided_us <= :until AND {SCOPE} GROUP BY 1, 2, 3",
        given,
    )
    told: dict[str, list[int]] = {}
    for one, other, rule, *counts in rows:
        it = sums.setdefault((one, other), Sum())
        it.idle += counts[2]
        it.idle_overruled += counts[3]
        told[rule] = [a + b for a, b in zip(told.get(rule, [0] * 4), counts, strict=True)]
    ranked = sorted(told, key=lambda rule: (-told[rule][1], -told[rule][0], rule))
    return tuple(RuleStats(rule, *told[rule]) for rule in ranked)


def _groups(sums: Iterable[tuple[str, Sum]]) -> tuple[Group, ...]:
    """The busiest first; those where nothing happened are left out."""
    by_name: dict[str, Sum] = {}
    for name, each in sums:
        by_name.setdefault(name, Sum()).add(each)
    groups = [Group(name, each.measures()) for name, each in by_name.items()]
    busy = [
        g for g in groups if any((g.measures.opened, g.measures.pulls, g.measures.merged, g.measures.closed))
    ]
    return tuple(sorted(busy, key=lambda g: (-g.measures.opened, -g.measures.pulls, g.name))[:MOST_GROUPS])


def _axis(connection: sqlite3.Connection, since_us: int, until_us: int) -> Axis:
    """A bucket is a day; a week for more than two months, thirty days for more than a year and a half."""
    if not since_us:
        since_us = connection.execute("SELECT min(opened_us) FROM tally").fetchone()[0] or until_us
    days = (until_us - since_us) / DAY_US
    size_us = DAY_US if days <= 62 else 7 * DAY_US if days <= 550 else 30 * DAY_US
    number = max(1, -(-(until_us - since_us) // size_us))
    return Axis(until_us - number * size_us, size_us, [0] * number, [0] * number, [0] * number, [0] * number)


def _median_s(values: list[int]) -> float:
    return round(max(0.0, median(values)) / 1e6, 3) if values else 0.0
