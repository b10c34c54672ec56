"""Tickets, pull requests, branches and comments as contexts of `explain gate` give them."""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Mapping

from rootcase.core.commands.situation.people import actor, people
from rootcase.core.gate.people import is_human
from rootcase.core.model.signals import Actor, Work, WorkKind
from rootcase.core.signals.loose import LONG, first_text, flag, items, moment, table, text

OURS = "rootcase"


def ticket(value: object, key: str) -> Work:
    row = table(value)
    if not row:
        return Work("ticket", text(value))
    state = first_text(row, "state", "status") or first_text(table(row.get("status")), "name") or "open"
    resolution = first_text(row, "resolution", "state_reason", "close_reason") or first_text(
        table(row.get("resolution")), "name"
    )
    if resolution and resolution.lower().replace("_", " ") in (
        "won't fix",
        "wontfix",
        "won't do",
        "not planned",
        "by design",
        "as designed",
    ):
        state = "won't fix"
    if any(flag(row.get(n)) is True for n in ("closed", "done", "resolved")):
        state = "closed"
    return _work("ticket", row, key, state)


def pull(value: object, key: str) -> Work:
    row = table(value)
    if not row:
        return Work("pull_request", text(value))
    state = first_text(row, "state", "status").lower() or "open"
    merged_at = next(
        (moment(row[n]) for n in ("merged_at", "mergedAt", "merged_on", "merged") if _is_time(row.get(n))), 0
    )
    commit = first_text(
        row, "merge_commit", "merge_commit_sha", "mergeCommit", "sha", "commit"
    ) or first_text(table(row.get("merge_commit")), "sha", "oid")
    if merged_at or flag(row.get("merged")) is True:
        state = "merged"
    elif flag(row.get("closed")) is True or row.get("closed_at"):
        state = "closed"
    deployed = next(
        (
            flag(row[n])
            for n in ("deployed", "released", "in_production", "is_deployed", "live")
            if isinstance(row.get(n), bool)
        ),
        None,
    )
    if deployed is None and _is_time(row.get("deployed_at")):
        deployed = True
    return _work("pull_request", row, key, state, at_us=merged_at, commit=commit, deployed=deployed)


def branch(value: object, key: str) -> Work:
    row = table(value)
    name = text(value) if not row else first_text(row, "name", "ref", "branch", "id")
    ours = name.startswith(f"{OURS}/")
    return Work("branch", name, name, by=_by(row, key) if row else None, ours=ours)


def comment(value: object, key: str) -> Work:
    row = table(value)
    if not row:
        return Work("comment", "", text=text(value, LONG))
    at_us = next((moment(row[n]) for n in ("at", "created_at", "createdAt", "time", "date") if row.get(n)), 0)
    return Work(
        "comment", first_text(row, "id"), by=_by(row, key), at_us=at_us, url=first_text(row, "url"),
        text=first_text(row, "text", "body", "comment", "message", "content", limit=LONG),
        where=first_text(row, "where", "on", "at_ticket", "ticket", "source", "place", "issue", "pr"),
        ours=_is_ours(row),
    )  # fmt: skip


def _work(
    kind: WorkKind,
    row: Mapping[str, object],
    key: str,
    state: str,
    *,
    at_us: int = 0,
    commit: str = "",
    deployed: bool | None = None,
) -> Work:
    name = first_text(row, "key", "id", "number", "name", "iid")
    name = f"#{name}" if name.isdigit() else name
    return Work(
        kind, name, first_text(row, "title", "summary", "subject"), first_text(row, "url", "html_url", "web_url", "link"), state,
        _by(row, key), _is_ours(row), first_text(row, "where", "source", "tracker", "forge", "repository"), commit, at_us,
        first_text(row, "body", "description", "text", limit=LONG), deployed,
    )  # fmt: skip


def _by(row: Mapping[str, object], key: str) -> Actor | None:
    """Who works on it: a human who is assigned, else who opened it; None where nobody is named."""
    assigned: list[Actor] = []
    for name in ("assignee", "assignees", "assigned_to", "assignedTo", "owner"):
        if row.get(name):
            assigned += people(row[name], key)
    opened = next(
        (actor(row[n], key) for n in ("by", "author", "reporter", "creator", "created_by", "createdBy", "opened_by", "filed_by", "user", "from") if row.get(n)),
        None,
    )  # fmt: skip
    human = next((each for each in assigned if is_human(each) or each.me), None)
    return human or opened or next(iter(assigned), None)


def _is_ours(row: Mapping[str, object]) -> bool:
    """Rootcase made it: said so, by its author's name, its label, its branch, or the line it signs with."""
    if any(flag(row.get(n)) is True for n in ("ours", "rootcase", "by_rootcase")):
        return True
    names = [
        row.get(n)
        for n in ("by", "author", "reporter", "creator", "created_by", "opened_by", "filed_by", "user")
    ]
    told = [
        name if isinstance(name, str) else first_text(table(name), "name", "login") for name in names if name
    ]
    labels = [
        text(each) if isinstance(each, str) else first_text(table(each), "name")
        for each in items(row.get("labels"))
    ]
    branch_name = first_text(row, "branch", "head", "head_ref", "source_branch")
    signed = "Rootcase case " in first_text(row, "body", "description", limit=LONG)
    return (
        any(name.lower().removesuffix("[bot]") == OURS for name in told)
        or OURS in (label.lower() for label in labels)
        or branch_name.startswith(f"{OURS}/")
        or signed
    )


def _is_time(value: object) -> bool:
    return value is not None and not isinstance(value, bool) and moment(value) > 0
