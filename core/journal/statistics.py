"""The statistics over the rows of all cases: a few passes of SQL, no journal is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from statistics import median
from typing import Literal

from rootcase.core.journal.spend import NANO, day_of
from rootcase.core.model.stats import SCHEMA, Bucket, Group, Measures, RuleStats, Stats

By = Literal["", "repository", "service"]
DAY_S = 86_400
MOST_GROUPS = 50
WHERE = "(:repository = '' OR repository = :repository) AND (:service = '' OR service = :service)"
COUNTS = {
    "opened": "sum(opened_us >= :since AND opened_us <= :until)",
    "tickets": "sum(ticket_us > 0 AND ticket_us >= :since AND ticket_us <= :until)",
    "pulls": "sum(pull_us > 0 AND pull_us >= :since AND pull_us <= :until)",
    "merged": "sum(merged_us > 0 AND merged_us >= :since AND merged_us <= :until)",
    "closed": "sum(closed_us > 0 AND closed_us >= :since AND closed_us <= :until)",
    "edited": "sum(edited AND merged_us >= :since AND merged_us <= :until)",
    "verified": "sum(verified_us > 0 AND verified_us >= :since AND verified_us <= :until)",
    "duplicates": "sum(CASE WHEN opened_us >= :since AND opened_us <= :until THEN duplicates ELSE 0 END)",
    "wrong": "sum(wrong_us > 0 AND max(merged_us, closed_us) >= :since AND max(merged_us, closed_us) <= :until)",
}
IDLE = "verdict IN ('wait', 'ignore')"


def statistics(
    connection: sqlite3.Connection, *, since_us: int, until_us: int, repository: str = "", service: str = ""
) -> Stats:
    """Everything about a period, of one repository or service where named. since_us: 0 for all time."""
    given: dict[str, object] = {
        "since": since_us, "until": until_us, "repository": repository, "service": service,
        "first_day": day_of(since_us), "last_day": day_of(until_us),
    }  # fmt: skip
    (cases,) = connection.execute(f"SELECT count(*) FROM tally WHERE {WHERE}", given).fetchone()
    (uncounted,) = connection.execute(
        "SELECT (SELECT count(*) FROM inbox) - (SELECT count(*) FROM tally)"
    ).fetchone()
    whole = _measures(connection, given, "")
    size = _bucket_s(connection, since_us, until_us)
    return Stats(
        SCHEMA, since_us, until_us, cases, max(0, uncounted), repository, service, whole.get("", Measures()),
        _groups(connection, given, "repository"), _groups(connection, given, "service"), _rules(connection, given),
        size, _buckets(connection, given, size),
    )  # fmt: skip


def _groups(connection: sqlite3.Connection, given: Mapping[str, object], by: By) -> tuple[Group, ...]:
    found = _measures(connection, given, by)
    ranked = sorted(found.items(), key=lambda item: (-item[1].opened, -item[1].pulls, item[0]))
    busy = [item for item in ranked if any((item[1].opened, item[1].pulls, item[1].merged, item[1].closed))]
    return tuple(Group(name, measures) for name, measures in busy[:MOST_GROUPS])


def _measures(connection: sqlite3.Connection, given: Mapping[str, object], by: By) -> dict[str, Measures]:
    """By the name of the group; all under "" for none."""
    group = by or "''"
    names = list(COUNTS)
    rows = connection.execute(
        f"SELECT {group}, {', '.join(COUNTS[name] for name in names)} FROM tally WHERE {WHERE} GROUP BY 1",
        given,
    )
    out = {row[0]: Measures(**dict(zip(names, row[1:], strict=True))) for row in rows}
    for name, seconds in _medians(connection, given, group, "cause_us").items():
        out[name] = replace(out[name], cause_s=seconds)
    for name, seconds in _medians(connection, given, group, "pull_us").items():
        out[name] = replace(out[name], pull_s=seconds)
    rows = connection.execute(
        f"SELECT {group}, sum({IDLE}), sum({IDLE} AND overruled) FROM tally_rule JOIN tally USING (journal)"
        f" WHERE {WHERE} AND decided_us >= :since AND decided_us <= :until GROUP BY 1", given,
    )  # fmt: skip
    for name, idle, overruled in rows:
        out[name] = replace(out[name], idle=idle, idle_overruled=overruled)
    rows = connection.execute(
        f"SELECT {group}, sum(nano_usd) FROM spend JOIN tally USING (journal)"
        f" WHERE {WHERE} AND day >= :first_day AND day <= :last_day GROUP BY 1", given,
    )  # fmt: skip
    for name, nano in rows:
        out[name] = replace(out[name], cost_usd=round(nano / NANO, 6))
    return {name: _with_rates(measures) for name, measures in out.items()}


def _with_rates(it: Measures) -> Measures:
    ended = it.merged + it.closed
    return replace(
        it,
        wrong_rate=round(it.wrong / ended, 4) if ended else None,
        cost_per_merge_usd=round(it.cost_usd / it.merged, 6) if it.merged else None,
    )


def _medians(
    connection: sqlite3.Connection, given: Mapping[str, object], group: str, column: str
) -> dict[str, float]:
    """Median seconds from a case's opening to a moment within the period, by group."""
    rows = connection.execute(
        f"SELECT {group}, {column} - opened_us FROM tally"
        f" WHERE {WHERE} AND {column} > 0 AND {column} >= :since AND {column} <= :until", given,
    )  # fmt: skip
    told: dict[str, list[int]] = {}
    for name, took_us in rows:
        told.setdefault(name, []).append(max(0, took_us))
    return {name: round(median(values) / 1e6, 3) for name, values in told.items()}


def _rules(connection: sqlite3.Connection, given: Mapping[str, object]) -> tuple[RuleStats, ...]:
    """The most overruled first."""
    rows = connection.execute(
        f"SELECT rule, count(*), sum(overruled), sum({IDLE}), sum({IDLE} AND overruled)"
        f" FROM tally_rule JOIN tally USING (journal)"
        f" WHERE {WHERE} AND decided_us >= :since AND decided_us <= :until"
        f" GROUP BY rule ORDER BY sum(overruled) DESC, count(*) DESC, rule", given,
    )  # fmt: skip
    return tuple(RuleStats(*row) for row in rows)


def _bucket_s(connection: sqlite3.Connection, since_us: int, until_us: int) -> int:
    """A day, a week for more than two months, thirty days for more than a year and a half."""
    begin = since_us or connection.execute("SELECT coalesce(min(opened_us), 0) FROM tally").fetchone()[0]
    days = (until_us - begin) / 1e6 / DAY_S if begin else 0
    return DAY_S if days <= 62 else 7 * DAY_S if days <= 550 else 30 * DAY_S


def _buckets(connection: sqlite3.Connection, given: Mapping[str, object], size_s: int) -> tuple[Bucket, ...]:
    """Every bucket of the period, the newest last and ending now; empty ones included."""
    size_us, until_us = size_s * 1_000_000, int(str(given["until"]))
    since_us = int(str(given["since"]))
    if not since_us:
        since_us = (
            connection.execute("SELECT coalesce(min(opened_us), 0) FROM tally").fetchone()[0] or until_us
        )
    number = max(1, -(-(until_us - since_us) // size_us))
    start_us = until_us - number * size_us
    counted: list[dict[str, float]] = [{} for _ in range(number)]
    asked = {**given, "start": start_us, "size": size_us, "since": max(since_us, 1)}
    for name in ("opened", "merged", "closed"):
        rows = connection.execute(
            f"SELECT ({name}_us - :start - 1) / :size, count(*) FROM tally"
            f" WHERE {WHERE} AND {name}_us >= :since AND {name}_us <= :until GROUP BY 1", asked,
        )  # fmt: skip
        for at, count in rows:
            counted[min(max(at, 0), number - 1)][name] = count
    rows = connection.execute(
        f"SELECT (CAST(strftime('%s', day) AS INTEGER) * 1000000 + 43200000000 - :start) / :size, sum(nano_usd)"
        f" FROM spend JOIN tally USING (journal)"
        f" WHERE {WHERE} AND day >= :first_day AND day <= :last_day GROUP BY 1", asked,
    )  # fmt: skip
    for at, nano in rows:
        bucket = counted[min(max(at, 0), number - 1)]
        bucket["cost_usd"] = round(bucket.get("cost_usd", 0.0) + nano / NANO, 6)
    return tuple(
        Bucket(
            start_us + at * size_us, int(each.get("opened", 0)), int(each.get("merged", 0)),
            int(each.get("closed", 0)), each.get("cost_usd", 0.0),
        )
        for at, each in enumerate(counted)
    )  # fmt: skip
