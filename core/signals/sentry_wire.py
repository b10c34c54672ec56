"""Sentry's issues, releases and deploys as they come over the wire, and what they mean in our words.

Source: the published API description (organizations/{org}/issues/, releases/, deploys/). Only what is
used is named; everything may be null or missing, since self-hosted versions differ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from rootcase.core.model.signals import Actor, Deploy, Release, Signal, SignalKind, Work
from rootcase.core.signals.loose import first_text, items, moment, number, table, text
from rootcase.core.signals.trend import fold_trend

SHA = re.compile(r"[0-9a-f]{40}")
# `assigned` activities that a rule and not a person made (getsentry/sentry, GroupAssignee).
_BY_RULE = frozenset(("projectOwnership", "codeowners", "suspectCommitter"))
_AFTER_A_FIX = frozenset(
    ("set_resolved_in_commit", "set_resolved_in_release", "set_resolved", "set_regression")
)
_SLOW = frozenset(("performance", "db_query", "http_client", "frontend", "mobile", "performance_issue"))


class WireIssue(msgspec.Struct, rename="camel"):
    """What makes an issue one has its type; what only adds to it is read with patience, see `loose`."""

    id: str
    short_id: str | None = None
    title: str | None = None
    culprit: str | None = None
    permalink: str | None = None
    level: str | None = None
    status: str | None = None
    substatus: str | None = None
    issue_category: str | None = None
    count: str | int | None = None
    user_count: int | None = None
    first_seen: str | None = None
    last_seen: str | None = None
    is_unhandled: bool | None = None
    num_comments: int | None = None
    seer_autofix_last_triggered: object = None
    seer_explorer_autofix_last_triggered: object = None
    status_details: object = None
    project: object = None
    assigned_to: object = None
    first_release: object = None
    last_release: object = None
    stats: object = None
    activity: object = None
    annotations: object = None
    integration_issues: object = None
    sentry_app_issues: object = None
    tags: object = None


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
    commit_count: int | None = None
    last_deploy: WireDeploy | None = None


def signal_of(issue: WireIssue, *, source: str, service: str = "", me: Sequence[str] = ()) -> Signal:
    """An issue as a signal. me: names by which Sentry knows this engineer, to tell "mine" from "theirs"."""
    slug = first_text(table(issue.project), "slug", "name")
    trend, bucket_s = _trend(table(issue.stats))
    activity = [table(each) for each in items(issue.activity)]
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
        substatus=text(issue.substatus),
        status_by=_status_by(table(issue.status_details), me),
        handled=None if issue.is_unhandled is None else not issue.is_unhandled,
        events=number(issue.count),
        users=number(issue.user_count),
        first_seen_us=moment(issue.first_seen),
        last_seen_us=moment(issue.last_seen),
        first_release=first_text(table(issue.first_release), "version"),
        last_release=first_text(table(issue.last_release), "version"),
        trend=trend,
        bucket_s=bucket_s,
        assignee=_assignee(issue, activity, me),
        work=(*tickets_of(issue.integration_issues, issue.sentry_app_issues, issue.annotations),
              *_pull_requests(activity)),
        kind=_kind(text(issue.issue_category)),
    )  # fmt: skip


def release_of(wire: WireRelease, previous: str = "") -> Release:
    """A release; its commit only where Sentry knows a full sha."""
    named = (wire.last_commit.id if wire.last_commit else "", wire.ref, wire.version)
    return Release(
        version=text(wire.version),
        commit=next((each for each in named if each and SHA.fullmatch(each)), ""),
        created_us=moment(wire.date_released) or moment(wire.date_created),
        previous=text(previous),
    )


def deploy_of(wire: WireDeploy, release: str) -> Deploy:
    at_us = moment(wire.date_finished) or moment(wire.date_started)
    return Deploy(release=text(release), environment=text(wire.environment), at_us=at_us, url=text(wire.url))


def actor_of(person: Mapping[str, object], me: Sequence[str]) -> Actor:
    """A user, a team (`#name`) or an app as Sentry describes it."""
    names = [
        each for name in ("name", "username", "email", "id", "slug") if (each := first_text(person, name))
    ]
    team = person.get("type") == "team"
    shown = f"#{names[0]}" if team and names else names[0] if names else "somebody"
    mine = {each.casefold() for each in me}
    return Actor(
        name=shown,
        bot=person.get("isSentryApp") is True,
        me=not team and any(each.casefold() in mine for each in names),
    )


def tickets_of(*groups: object) -> tuple[Work, ...]:
    """Tickets that are linked to an issue, in any of the places and shapes in which Sentry shows them."""
    found: dict[str, Work] = {}
    for group in groups:
        for entry in map(table, items(group)):
            inner = entry.get("externalIssues")
            for link in map(table, items(inner)) if isinstance(inner, list) else [entry]:
                name = first_text(link, "displayName", "key", "id")
                url = first_text(link, "url", "webUrl")
                if name or url:
                    found.setdefault(
                        url or name,
                        Work("ticket", name or url, title=first_text(link, "title"), url=url, where="Sentry"),
                    )
    return tuple(found.values())


def _kind(category: str) -> SignalKind:
    """Sentry's issue categories (getsentry/sentry, issues/grouptype.py) in our words; new ones are alerts."""
    if category in ("", "error"):
        return "error"
    return "trace" if category in _SLOW else "alert"


def _pull_requests(activity: Sequence[Mapping[str, object]]) -> tuple[Work, ...]:
    """Pull requests that Sentry saw naming the issue. activity: newest first.

    Whether one was merged is not told; what was resolved or came back after it was named is over with it.
    """
    found: dict[str, Work] = {}
    over = False
    for each in activity:
        over = over or first_text(each, "type") in _AFTER_A_FIX
        if first_text(each, "type") not in ("set_resolved_in_pull_request", "referenced_in_pull_request"):
            continue
        pull = table(table(each.get("data")).get("pullRequest"))
        name = first_text(pull, "id", "key")
        if name:
            work = Work(
                "pull_request", name,
                title=first_text(pull, "title"),
                url=first_text(pull, "externalUrl", "url"),
                where=first_text(table(pull.get("repository")), "name") or "Sentry",
                state="done" if over else "open",
            )  # fmt: skip
            found.setdefault(work.url or work.id, work)
    return tuple(found.values())


def _assignee(issue: WireIssue, activity: Sequence[Mapping[str, object]], me: Sequence[str]) -> Actor | None:
    """Who has it. A team, and a person whom a rule and nobody else put there, is no human at work."""
    given = issue.assigned_to
    person = {"name": given} if isinstance(given, str) and given else table(given)
    if not person:
        return None
    actor = actor_of(person, me)
    latest = next((each for each in activity if each.get("type") == "assigned"), None)
    by_rule = latest is not None and first_text(table(latest.get("data")), "integration") in _BY_RULE
    return Actor(actor.name) if person.get("type") == "team" else replace(actor, by_rule=by_rule)


def _status_by(details: Mapping[str, object], me: Sequence[str]) -> Actor | None:
    raw = table(details.get("actor"))
    return actor_of(raw, me) if raw else None


def _trend(stats: Mapping[str, object]) -> tuple[tuple[int, ...], int]:
    """The finest series Sentry sent, at most 24 buckets of it."""
    for name in ("24h", "14d", "30d", "auto", ""):
        rows = [row for row in items(stats.get(name)) if isinstance(row, list) and len(row) >= 2]
        if len(rows) >= 2:
            step = number(rows[1][0]) - number(rows[0][0])
            return fold_trend([number(row[1]) for row in rows], max(1, step))
    return (), 3600
