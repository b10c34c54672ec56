"""What a source hands us, and what is known there about deploys and existing work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rootcase.core.model.events import Pairs

WorkKind = Literal["pull_request", "ticket", "branch", "assignee", "comment"]
# What a signal is about: an error class, an alert or incident without an exception, an unhealthy
# deploy, a slow or failing trace.
SignalKind = Literal["error", "alert", "incident", "deploy", "trace"]
Facet = Literal["release", "environment", "endpoint", "region", "tenant"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a bot at a service. me: the engineer whose token or login this is.

    by_rule: an ownership rule or a bot put the name there, and no person did.
    """

    name: str
    bot: bool = False
    me: bool = False
    by_rule: bool = False

    @property
    def is_person(self) -> bool:
        """Whether a person has it by what the service says: no bot, no team (`#name`), and no rule's doing."""
        return not (self.bot or self.by_rule or self.name.startswith("#"))


@dataclass(frozen=True, slots=True)
class Work:
    """Something that already exists for an error: a ticket, a pull request, a branch, an assignee.

    state: open, merged, closed, done or won't fix. ours: Rootcase made it. by: who is assigned, else who
    opened or wrote it. commit: of a merge. at_us: when it was merged, or a comment written. text: a
    comment's. deployed: whether production has the merge, None where nobody could tell.
    """

    kind: WorkKind
    id: str
    title: str = ""
    url: str = ""
    state: str = "open"
    by: Actor | None = None
    ours: bool = False
    where: str = ""
    commit: str = ""
    at_us: int = 0
    text: str = ""
    deployed: bool | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A release as its source names it. commit: full sha, or "" where the source does not say."""

    version: str
    commit: str = ""
    created_us: int = 0
    previous: str = ""


@dataclass(frozen=True, slots=True)
class Deploy:
    release: str
    environment: str = ""
    at_us: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a signal falls to one value of a facet. users: 0 where the source does not count them.

    sampled: counted in our samples alone, so it shows proportions and no totals.
    """

    facet: Facet
    value: str
    events: int = 0
    users: int = 0
    sampled: bool = False


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What another tool says the cause is: an input with its origin, never a truth.

    origin: who says it (`Seer`, `Dynatrace`, `--rca`). url: where it can be read there.
    """

    origin: str
    text: str
    url: str = ""
    at_us: int = 0


@dataclass(frozen=True, slots=True)
class Signal:
    """One issue, alert or log line of a source, as last seen; the counts are the source's own.

    source: the configured name (`sentry`, `files`); id: the source's own id; short_id: what people say.
    trend: events per bucket, oldest first, at most 24 buckets; bucket_s: seconds in each.
    partial: why the numbers may be low, or "".
    substatus: the source's finer word (`regressed`, `escalating`, `acknowledged`, `archived_forever`), or "".
    dedup: the key by which a paging service joins repeats (`alias`, `incident_key`), or "".
    merged_into: id of the signal that took this one in at the source, or "".
    links: (what, address) of other pages that this one names, such as the tracker's issue in a page's details.
    shares: blast radius, the largest share of a facet first. suspects: commit shas that the source names.
    owners: teams or people that own the service by the source's own rules; owning is not working on it.
    """

    source: str
    id: str
    short_id: str = ""
    title: str = ""
    url: str = ""
    project: str = ""
    service: str = ""
    level: str = "error"
    status: str = "unresolved"
    status_by: Actor | None = None
    handled: bool | None = None
    events: int = 0
    users: int = 0
    first_seen_us: int = 0
    last_seen_us: int = 0
    first_release: str = ""
    last_release: str = ""
    environment: str = ""
    trend: tuple[int, ...] = ()
    bucket_s: int = 3600
    assignee: Actor | None = None
    work: tuple[Work, ...] = ()
    releases: tuple[Release, ...] = ()
    deploys: tuple[Deploy, ...] = ()
    tags: Pairs = ()
    partial: str = ""
    kind: SignalKind = "error"
    substatus: str = ""
    dedup: str = ""
    merged_into: str = ""
    links: Pairs = ()
    shares: tuple[Share, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    suspects: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


# Before a dedup key among the names that lead to a case.
DEDUP = "dedup:"


def named_by(signal: Signal) -> tuple[str, ...]:
    """The names a signal is found by: its id at its source, what people call it, its address, its dedup key."""
    names = (
        f"{signal.source}:{signal.id}",
        signal.short_id,
        signal.url,
        signal.dedup and DEDUP + signal.dedup,
    )
    return tuple(name for name in names if name)
