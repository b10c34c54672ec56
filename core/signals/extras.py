"""`signals.json`: what a source would know about events in a folder, for exports and sample incidents.

    {"issues":   {"<issue id>": {"short_id": "SHOP-7", "title": "…", "url": "…", "users": 41,
                                 "assignee": {"name": "Ada"}, "work": [{"kind": "ticket", "id": "PAY-1"}],
                                 "last_seen": "2026-03-01T10:00:00Z", "trend": [1, 0, 4]},
                 "<incident id>": {"kind": "incident", "title": "…", "service": "shop", "dedup": "…",
                                   "links": {"issue": "https://…"},
                                   "diagnoses": [{"origin": "…", "text": "…", "url": "…"}]}},
     "releases": [{"version": "2.14.0", "commit": "<40 hex>", "created": "…", "previous": "2.13.0"}],
     "deploys":  [{"release": "2.14.0", "environment": "production", "at": "…", "url": "…"}]}

Every field is optional, and a given one wins over what was counted; unknown fields are refused by name. An
entry with a `kind` is a signal also where no event file knows its id.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import msgspec

from rootcase.core.model.errors import SourceError
from rootcase.core.model.signals import Actor, Deploy, Diagnosis, Release, Signal, SignalKind, Work, WorkKind
from rootcase.core.safety.text import clean, clean_line
from rootcase.core.signals.loose import moment, pairs
from rootcase.core.signals.trend import fold_trend

FILE_NAME = "signals.json"


class Person(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    bot: bool = False
    me: bool = False


class KnownWork(msgspec.Struct, forbid_unknown_fields=True):
    kind: WorkKind
    id: str
    title: str = ""
    url: str = ""
    state: Literal["open", "merged", "closed", "done"] = "open"
    by: Person | None = None
    ours: bool = False
    where: str = ""


class KnownDiagnosis(msgspec.Struct, forbid_unknown_fields=True):
    origin: str
    text: str
    url: str = ""


class KnownIssue(msgspec.Struct, forbid_unknown_fields=True):
    """All fields None where the events themselves shall tell."""

    short_id: str | None = None
    title: str | None = None
    url: str | None = None
    project: str | None = None
    service: str | None = None
    level: str | None = None
    status: Literal["unresolved", "resolved", "ignored"] | None = None
    status_by: Person | None = None
    handled: bool | None = None
    events: int | None = None
    users: int | None = None
    first_seen: str | float | None = None
    last_seen: str | float | None = None
    first_release: str | None = None
    last_release: str | None = None
    environment: str | None = None
    assignee: Person | None = None
    work: list[KnownWork] | None = None
    trend: list[int] | None = None
    bucket_s: int | None = None
    tags: dict[str, str] | None = None
    kind: SignalKind | None = None
    substatus: str | None = None
    dedup: str | None = None
    merged_into: str | None = None
    links: dict[str, str] | None = None
    diagnoses: list[KnownDiagnosis] | None = None


class KnownRelease(msgspec.Struct, forbid_unknown_fields=True):
    version: str
    commit: str = ""
    created: str | float | None = None
    previous: str = ""


class KnownDeploy(msgspec.Struct, forbid_unknown_fields=True):
    release: str
    environment: str = ""
    at: str | float | None = None
    url: str = ""


class Extras(msgspec.Struct, forbid_unknown_fields=True):
    issues: dict[str, KnownIssue] = {}
    releases: list[KnownRelease] = []
    deploys: list[KnownDeploy] = []

    def release_list(self) -> tuple[Release, ...]:
        """Releases, newest first."""
        found = [
            Release(clean_line(r.version), clean_line(r.commit), moment(r.created), clean_line(r.previous))
            for r in self.releases
        ]
        return tuple(sorted(found, key=lambda release: -release.created_us))

    def deploy_list(self) -> tuple[Deploy, ...]:
        """Deploys, newest first."""
        found = [
            Deploy(clean_line(d.release), clean_line(d.environment), moment(d.at), clean_line(d.url))
            for d in self.deploys
        ]
        return tuple(sorted(found, key=lambda deploy: -deploy.at_us))


def read_extras(folder: Path) -> Extras:
    """The folder's signals.json, empty where there is none. SourceError with the place of what is wrong."""
    path = folder / FILE_NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Extras()
    except OSError as error:
        raise SourceError(f"Cannot read {path}", str(error.strerror), "Check its permissions.") from None
    try:
        return msgspec.json.decode(data, type=Extras)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError(
            f"{path} is not as expected", clean(str(error)), "See the format in the documentation of `files`."
        ) from None


def with_extras(signal: Signal, known: KnownIssue) -> Signal:
    """The signal as its events tell it, with what the file says on top."""
    trend, bucket_s = signal.trend, signal.bucket_s
    if known.trend is not None:
        trend, bucket_s = fold_trend(known.trend, known.bucket_s or 3600)
    return replace(
        signal,
        short_id=_given(known.short_id, signal.short_id),
        title=_given(known.title, signal.title),
        url=_given(known.url, signal.url),
        project=_given(known.project, signal.project),
        service=_given(known.service, signal.service),
        level=_given(known.level, signal.level),
        environment=_given(known.environment, signal.environment),
        first_release=_given(known.first_release, signal.first_release),
        last_release=_given(known.last_release, signal.last_release),
        status=known.status or signal.status,
        status_by=_actor(known.status_by) or signal.status_by,
        handled=signal.handled if known.handled is None else known.handled,
        events=signal.events if known.events is None else known.events,
        users=signal.users if known.users is None else known.users,
        first_seen_us=moment(known.first_seen) or signal.first_seen_us,
        last_seen_us=moment(known.last_seen) or signal.last_seen_us,
        assignee=_actor(known.assignee) or signal.assignee,
        work=signal.work if known.work is None else tuple(map(_work, known.work)),
        trend=trend,
        bucket_s=bucket_s,
        tags=signal.tags if known.tags is None else pairs(known.tags),
        kind=known.kind or signal.kind,
        substatus=_given(known.substatus, signal.substatus),
        dedup=_given(known.dedup, signal.dedup),
        merged_into=_given(known.merged_into, signal.merged_into),
        links=signal.links if known.links is None else pairs(known.links),
        diagnoses=signal.diagnoses if known.diagnoses is None else tuple(map(_diagnosis, known.diagnoses)),
    )


def _given(said: str | None, counted: str) -> str:
    return counted if said is None else clean_line(said)


def _actor(person: Person | None) -> Actor | None:
    return Actor(name=clean_line(person.name), bot=person.bot, me=person.me) if person else None


def _work(known: KnownWork) -> Work:
    return Work(
        kind=known.kind,
        id=clean_line(known.id),
        title=clean_line(known.title),
        url=clean_line(known.url),
        state=known.state,
        by=_actor(known.by),
        ours=known.ours,
        where=clean_line(known.where),
    )


def _diagnosis(known: KnownDiagnosis) -> Diagnosis:
    return Diagnosis(clean_line(known.origin), clean(known.text), clean_line(known.url))
