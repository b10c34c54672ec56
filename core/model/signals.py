"""What a source hands us, and what is known there about deploys and existing work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rootcase.core.model.events import Pairs

WorkKind = Literal["pull_request", "ticket", "branch", "assignee", "comment"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a bot at a service. me: the engineer whose token or login this is."""

    name: str
    bot: bool = False
    me: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """Something that already exists for an error: a ticket, a pull request, a branch, an assignee.

    state: open, merged, closed or done. ours: Rootcase made it. by: who opened it or is assigned.
    """

    kind: WorkKind
    id: str
    title: str = ""
    url: str = ""
    state: str = "open"
    by: Actor | None = None
    ours: bool = False
    where: str = ""


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
class Signal:
    """One issue, alert or log line of a source, as last seen; the counts are the source's own.

    source: the configured name (`sentry`, `files`); id: the source's own id; short_id: what people say.
    trend: events per bucket, oldest first, at most 24 buckets; bucket_s: seconds in each.
    partial: why the numbers may be low, or "".
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
