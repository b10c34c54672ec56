"""Tickets, pull requests, branches and comments as contexts of `explain gate` give them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rootcase.core.commands.situation.people import actor, people
from rootcase.core.gate.people import is_human
from rootcase.core.model.signals import Actor, Deploy, Work, WorkKind
from rootcase.core.signals.loose import LONG, first_text, flag, items, moment, table, text

OURS = "rootcase"
REFUSED = frozenset(
    {"won't fix", "wontfix", "won't do", "not planned", "by design", "as designed", "declined"}
)
# How services spell one thing; the first that is there counts.
NAME = ("key", "id", "number", "name", "iid")
TITLE = ("title", "summary", "subject")
ADDRESS = ("url", "html_url", "web_url", "link")
PLACE = ("where", "source", "tracker", "forge", "repository")
BODY = ("body", "description", "text")
ASSIGNED = ("assignee", "assignees", "assigned_to", "assignedTo", "owner")
OPENED = (
    "by", "author", "reporter", "creator", "created_by", "createdBy", "opened_by", "filed_by", "user", "from",
)  # fmt: skip
MERGED_AT = ("merged_at", "mergedAt", "merged_on", "merged")
MERGE = ("merge_commit", "merge_commit_sha", "mergeCommit", "sha", "commit")
DEPLOYED = ("deployed", "released", "in_production", "is_deployed", "live")
RELEASE = ("release", "released_in", "deployed_in", "version", "fixed_in")
SAID_AT = ("at", "created_at", "createdAt", "time", "date")
SAID = ("text", "body", "comment", "message", "content")
SAID_WHERE = ("where", "on", "at_ticket", "ticket", "source", "place", "issue", "pr")
_RELEASED = "\nreleased in "


def ticket(value: object, key: str) -> Work:
    row = table(value)
    if not row:
        return Work("ticket", text(value))
    state = first_text(row, "state", "status") or first_text(table(row.get("status")), "name") or "open"
    how = first_text(row, "resolution", "state_reason", "close_reason")
    how = how or first_text(table(row.get("resolution")), "name")
    if how.lower().replace("_", " ") in REFUSED:
        state = "won't fix"
    elif any(flag(row.get(name)) is True for name in ("closed", "done", "resolved")):
        state = "closed"
    return _work("ticket", row, key, state)


def pull(value: object, key: str) -> Work:
    row = table(value)
    if not row:
        return Work("pull_request", text(value))
    state = first_text(row, "state", "status").lower() or "open"
    merged_at = next((moment(row[name]) for name in MERGED_AT if _is_time(row.get(name))), 0)
    commit = first_text(row, *MERGE) or first_text(table(row.get("merge_commit")), "sha", "oid")
    if merged_at or flag(row.get("merged")) is True:
        state = "merged"
    elif flag(row.get("closed")) is True or row.get("closed_at"):
        state = "closed"
    if flag(row.get("reverted")) is True:
        state = "closed"
    deployed = next((flag(row[name]) for name in DEPLOYED if isinstance(row.get(name), bool)), None)
    if deployed is None and _is_time(row.get("deployed_at")):
        deployed = True
    work = replace(_work("pull_request", row, key, state), at_us=merged_at, commit=commit, deployed=deployed)
    release = first_text(row, *RELEASE)
    return replace(work, text=f"{work.text}{_RELEASED}{release}") if release else work


def branch(value: object, key: str) -> Work:
    row = table(value)
    name = first_text(row, "name", "ref", "branch", "id") if row else text(value)
    return Work("branch", name, name, by=_by(row, key) if row else None, ours=name.startswith(f"{OURS}/"))


def comment(value: object, key: str) -> Work:
    """An object, or `lena: I am on it`; who cannot be told is somebody."""
    row = table(value)
    if not row:
        name, _, said = text(value, LONG).partition(":")
        if not said or not re.fullmatch(r"@?[\w.-]{2,40}(?:\[bot\])?", name.strip()):
            name, said = "somebody", text(value, LONG)
        return Work("comment", "", by=Actor(name.strip()), text=said.strip())
    return Work(
        "comment", first_text(row, "id"), url=first_text(row, *ADDRESS), by=_by(row, key) or Actor("somebody"),
        ours=_is_ours(row), where=first_text(row, *SAID_WHERE), text=first_text(row, *SAID, limit=LONG),
        at_us=next((moment(row[name]) for name in SAID_AT if row.get(name)), 0),
    )  # fmt: skip


def _work(kind: WorkKind, row: Mapping[str, object], key: str, state: str) -> Work:
    name = first_text(row, *NAME)
    return Work(
        kind, f"#{name}" if name.isdigit() else name, first_text(row, *TITLE), first_text(row, *ADDRESS), state,
        _by(row, key), _is_ours(row), first_text(row, *PLACE), text=first_text(row, *BODY, limit=LONG),
    )  # fmt: skip


def _by(row: Mapping[str, object], key: str) -> Actor | None:
    """Who works on it: a human who is assigned, else who opened it; None where nobody is named."""
    assigned = [each for name in ASSIGNED if row.get(name) for each in people(row[name], key)]
    opened = next((actor(row[name], key) for name in OPENED if row.get(name)), None)
    human = next((each for each in assigned if is_human(each) or each.me), None)
    return human or opened or next(iter(assigned), None)


def _is_ours(row: Mapping[str, object]) -> bool:
    """Rootcase made it: said so, by its author's name, its label, its branch, or the line it signs with."""
    if any(flag(row.get(name)) is True for name in ("ours", "rootcase", "by_rootcase")):
        return True
    makers = [row.get(name) for name in (*OPENED, "source", "origin", "created_via")]
    labels = list(items(row.get("labels")))
    named = [
        each if isinstance(each, str) else first_text(table(each), "name", "login")
        for each in (*makers, *labels)
    ]
    branch_name = first_text(row, "branch", "head", "head_ref", "source_branch")
    return (
        any(name.lower().removesuffix("[bot]") == OURS for name in named)
        or branch_name.startswith(f"{OURS}/")
        or "Rootcase case " in first_text(row, *BODY, limit=LONG)
    )


def _is_time(value: object) -> bool:
    return value is not None and not isinstance(value, bool) and moment(value) > 0


def settled(work: Work, deploys: Sequence[Deploy]) -> Work:
    """A merged pull request with what the deploys tell of it: its release or its commit is out, or is not."""
    if work.kind != "pull_request" or work.deployed is not None or not deploys:
        return work
    releases = {deploy.release.removeprefix("v") for deploy in deploys}
    if _RELEASED in work.text:
        named = work.text.rpartition(_RELEASED)[2]
        return replace(work, deployed=named.removeprefix("v") in releases)
    if work.commit and any(work.commit.startswith(release) for release in releases if len(release) >= 7):
        return replace(work, deployed=True)
    return work


def names_another(work: Work, short_id: str) -> bool:
    """Whether its text names other issues of the same project, and not this one."""
    project, _, number = short_id.rpartition("-")
    if not project or not number or work.kind not in ("pull_request", "ticket"):
        return False
    words = rf"(?<![\w-]){re.escape(project)}-\w+"
    told = re.findall(words, f"{work.title}\n{work.text}"[:8000], re.IGNORECASE)
    return bool(told) and short_id.lower() not in (each.lower() for each in told)
