"""Sentry's issues, releases and deploys as they come over the wire, and what they mean in our words.

Source: the published API description (organizations/{org}/issues/, releases/, deploys/). Only what is
used is named; everything may be null or missing, since self-hosted versions differ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from rootcase.core.model.signals import Actor, Deploy, Release, Signal, Work
from rootcase.core.signals.loose import first_text, items, moment, number, table, text
from rootcase.core.signals.trend import fold_trend

_SHA = re.compile(r"[0-9a-f]{40}")
# `assigned` activities that a rule and not a person made (getsentry/sentry, GroupAssignee).
_BY_RULE = frozenset(("projectOwnership", "codeowners", "suspectCommitter"))


class WireProject(msgspec.Struct, rename="camel"):
    slug: str | None = None
    name: str | None = None


class WirePerson(msgspec.Struct, rename="camel"):
    type: str | None = None
    id: str | int | None = None
    name: str | None = None
    username: str | None = None
    email: str | None = None
    is_sentry_app: bool | None = None


class WireVersion(msgspec.Struct, rename="camel"):
    version: str | None = None


class WireActivity(msgspec.Struct, rename="camel"):
    type: str | None = None
    data: dict[str, object] | None = None
    user: WirePerson | None = None


class WireIssue(msgspec.Struct, rename="camel"):
    id: str
    short_id: str | None = None
    title: str | None = None
    culprit: str | None = None
    permalink: str | None = None
    level: str | None = None
    status: str | None = None
    status_details: dict[str, object] | None = None
    project: WireProject | None = None
    assigned_to: WirePerson | None = None
    count: str | int | None = None
    user_count: int | None = None
    first_seen: str | None = None
    last_seen: str | None = None
    is_unhandled: bool | None = None
    num_comments: int | None = None
    first_release: WireVersion | None = None
    last_release: WireVersion | None = None
    stats: dict[str, list[list[float]]] | None = None
    activity: list[WireActivity] | None = None
    annotations: object = None
    integration_issues: object = None
    sentry_app_issues: object = None


class WireCommit(msgspec.Struct, rename="camel"):
    id: str | None = None


class WireDeploy(msgspec.Struct, rename="camel"):
    environment: str | None = None
    date_started: str | None = None
    date_finished: str | None = None
    url: str | None = None


class WireRelease(msgspec.Struct, rename="camel"):
    version: str
    ref: str | None = None
    date_created: str | None = None
    date_released: str | None = None
    last_commit: WireCommit | None = None
    deploy_count: int | None = None
    last_deploy: WireDeploy | None = None


def signal_of(issue: WireIssue, *, source: str, service: str = "", me: Sequence[str] = ()) -> Signal:
    """An issue as a signal. me: names by which Sentry knows this engineer, to tell "mine" from "theirs"."""
    slug = text(issue.project.slug) if issue.project else ""
    trend, bucket_s = _trend(issue.stats or {})
    return Signal(
        source=source,
        id=text(issue.id),
        short_id=text(issue.short_id),
        title=text(issue.title),
        url=text(issue.permalink),
        project=slug,
        service=service or slug,
        level=text(issue.level) or "error",
        status=text(issue.status) or "unresolved",
        status_by=_status_by(issue.status_details or {}, me),
        handled=None if issue.is_unhandled is None else not issue.is_unhandled,
        events=number(issue.count),
        users=number(issue.user_count),
        first_seen_us=moment(issue.first_seen),
        last_seen_us=moment(issue.last_seen),
        first_release=text(issue.first_release.version) if issue.first_release else "",
        last_release=text(issue.last_release.version) if issue.last_release else "",
        trend=trend,
        bucket_s=bucket_s,
        assignee=_assignee(issue, me),
        work=_work(issue),
    )


def release_of(wire: WireRelease, previous: str = "") -> Release:
    """A release; its commit only where Sentry knows a full sha."""
    named = (wire.last_commit.id if wire.last_commit else "", wire.ref, wire.version)
    return Release(
        version=text(wire.version),
        commit=next((each for each in named if each and _SHA.fullmatch(each)), ""),
        created_us=moment(wire.date_released) or moment(wire.date_created),
        previous=text(previous),
    )


def deploy_of(wire: WireDeploy, release: str) -> Deploy:
    at_us = moment(wire.date_finished) or moment(wire.date_started)
    return Deploy(release=text(release), environment=text(wire.environment), at_us=at_us, url=text(wire.url))


def actor_of(person: WirePerson, me: Sequence[str]) -> Actor:
    names = [text(each) for each in (person.name, person.username, person.email, person.id) if each]
    shown = f"#{names[0]}" if person.type == "team" and names else names[0] if names else "somebody"
    mine = {each.casefold() for each in me}
    return Actor(
        name=shown,
        bot=bool(person.is_sentry_app),
        me=person.type != "team" and any(each.casefold() in mine for each in names),
    )


def _assignee(issue: WireIssue, me: Sequence[str]) -> Actor | None:
    if issue.assigned_to is None:
        return None
    actor = actor_of(issue.assigned_to, me)
    latest = next((each for each in issue.activity or [] if each.type == "assigned"), None)
    by_rule = latest is not None and text((latest.data or {}).get("integration")) in _BY_RULE
    return Actor(name=actor.name, bot=True, me=actor.me) if by_rule else actor


def _status_by(details: dict[str, object], me: Sequence[str]) -> Actor | None:
    raw = table(details.get("actor"))
    if not raw:
        return None
    person = WirePerson(
        id=first_text(raw, "id"),
        name=first_text(raw, "name"),
        username=first_text(raw, "username"),
        email=first_text(raw, "email"),
    )
    return actor_of(person, me)


def _trend(stats: dict[str, list[list[float]]]) -> tuple[tuple[int, ...], int]:
    """The finest series Sentry sent, at most 24 buckets of it."""
    for name in ("24h", "14d", "30d", "auto", ""):
        rows = [row for row in stats.get(name, []) if len(row) >= 2]
        if len(rows) >= 2:
            return fold_trend([number(row[1]) for row in rows], max(1, int(rows[1][0] - rows[0][0])))
    return (), 3600


def _work(issue: WireIssue) -> tuple[Work, ...]:
    """Tickets that are linked to the issue, in any of the three places where Sentry shows them."""
    found: dict[str, Work] = {}
    for group in (issue.integration_issues, issue.sentry_app_issues, issue.annotations):
        for entry in map(table, items(group)):
            for link in (
                map(table, items(entry.get("externalIssues"))) if "externalIssues" in entry else [entry]
            ):
                name = first_text(link, "displayName", "key", "id")
                url = first_text(link, "url", "webUrl")
                if name or url:
                    work = Work(
                        kind="ticket",
                        id=name or url,
                        title=first_text(link, "title"),
                        url=url,
                        where="Sentry",
                    )
                    found.setdefault(url or name, work)
    return tuple(found.values())
