"""What the statistics say of many cases: one dataclass for the screen, the table and the published JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Measures:
    """Counts within a period, each by the moment it happened. Medians in seconds, 0 for none.

    opened: cases. tickets, pulls: sent. merged, closed: pull requests that ended, closed without a merge. edited:
    merged with commits of somebody else's. verified: fixes that stayed quiet. duplicates: cases that went into
    another, and work that others had already. idle: verdicts to wait or ignore; idle_overruled: of these, those
    that a human overruled. cause_s: to the first supported hypothesis; pull_s: to the pull request, both from the
    case's opening. wrong: pull requests closed as wrong, reverted, or back within 30 days; wrong_rate: of those
    that ended, None where none did. cost_usd: all that was spent; cost_per_merge_usd: None without a merge.
    """

    opened: int = 0
    tickets: int = 0
    pulls: int = 0
    merged: int = 0
    closed: int = 0
    edited: int = 0
    verified: int = 0
    duplicates: int = 0
    idle: int = 0
    idle_overruled: int = 0
    cause_s: float = 0.0
    pull_s: float = 0.0
    wrong: int = 0
    wrong_rate: float | None = None
    cost_usd: float = 0.0
    cost_per_merge_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The measures of one repository or service; name: "" for cases without one."""

    name: str
    measures: Measures


@dataclass(frozen=True, slots=True)
class RuleStats:
    """decided: cases whose verdict hung on the rule. overruled: of these, those where a human said otherwise.

    idle, idle_overruled: the same of verdicts to wait or ignore.
    """

    rule: str
    decided: int
    overruled: int
    idle: int = 0
    idle_overruled: int = 0


@dataclass(frozen=True, slots=True)
class Bucket:
    """What happened in a stretch of time that begins at `from_us`."""

    from_us: int
    opened: int = 0
    merged: int = 0
    closed: int = 0
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Stats:
    """since_us: begin of the period, 0 for all time. cases: how many there are. uncounted: cases whose journals
    were not looked through yet. repository, service: what was asked for, "" for all. bucket_s: length of a bucket.
    """

    schema: Literal["rootcase.stats/1"]
    since_us: int
    until_us: int
    cases: int
    uncounted: int
    repository: str
    service: str
    all: Measures
    repositories: tuple[Group, ...]
    services: tuple[Group, ...]
    rules: tuple[RuleStats, ...]
    bucket_s: int
    buckets: tuple[Bucket, ...]


SCHEMA: Literal["rootcase.stats/1"] = "rootcase.stats/1"
