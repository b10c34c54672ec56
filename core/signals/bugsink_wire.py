"""Bugsink's issues, releases and events as they come over the wire, and what they mean in our words.

Source: the OpenAPI description that Bugsink 2.6 serves at /api/canonical/0/schema/.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec

from rootcase.core.model.events import Event, ExceptionInfo
from rootcase.core.model.signals import Release, Signal
from rootcase.core.signals.bugsink_stack import frames_of
from rootcase.core.signals.loose import first_text, moment, number, table, text
from rootcase.core.signals.sentry_events import event

API = "api/canonical/0"
# What Bugsink calls an event without an exception.
LOG_MESSAGE = "Log Message"


class WireIssue(msgspec.Struct):
    id: str
    project: int | None = None
    friendly_id: str | None = None
    first_seen: str | None = None
    last_seen: str | None = None
    digested_event_count: int | None = None
    calculated_type: str | None = None
    calculated_value: str | None = None
    transaction: str | None = None
    is_resolved: bool | None = None
    is_resolved_unconditionally: bool | None = None
    is_resolved_by_next_release: bool | None = None
    is_muted: bool | None = None


class Listed(msgspec.Struct):
    """A page of any list. next: a whole address, null on the last page."""

    results: list[msgspec.Raw]
    next: str | None = None


def signal_of(issue: WireIssue, *, source: str, service: str, project: str, base: str) -> Signal:
    """An issue as a signal. project: its slug; base: the server's address, for the page of the issue."""
    status, substatus = _status(issue)
    return Signal(
        source=source,
        id=text(issue.id),
        short_id=text(issue.friendly_id),
        title=_title(issue),
        url=f"{base}/issues/issue/{text(issue.id)}/event/last/",
        project=project,
        service=service or project,
        status=status,
        substatus=substatus,
        events=number(issue.digested_event_count),
        first_seen_us=moment(issue.first_seen),
        last_seen_us=moment(issue.last_seen),
        tags=(("transaction", text(issue.transaction)),) if issue.transaction else (),
    )


def event_of(raw: object) -> Event:
    """An event in the SDK's own shape; frames from Bugsink's Markdown where the SDK's data has none."""
    found = event(raw)
    outer = table(raw)
    if any(each.frames for each in found.exceptions):
        return found
    markdown = text(outer.get("stacktrace_md"), 200_000)
    frames = frames_of(markdown, outermost_first=found.platform in ("", "python"))
    if not frames:
        return found
    *earlier, last = found.exceptions or (ExceptionInfo(mechanism="thread"),)
    kept = tuple(problem for problem in found.problems if problem != "no stack frames")
    return replace(
        found,
        exceptions=(*earlier, replace(last, frames=frames)),
        problems=(*kept, "frames from Bugsink's own rendering"),
    )


def release_of(raw: object, previous: str) -> Release:
    body = table(raw)
    version = first_text(body, "version")
    sha = len(version) == 40 and all(sign in "0123456789abcdef" for sign in version)
    return Release(version, version if sha else "", moment(body.get("date_released")), previous)


def _status(issue: WireIssue) -> tuple[str, str]:
    if issue.is_resolved:
        return "resolved", "resolved_in_next_release" if issue.is_resolved_by_next_release else ""
    return ("ignored", "muted") if issue.is_muted else ("unresolved", "")


def _title(issue: WireIssue) -> str:
    kind, value = text(issue.calculated_type), text(issue.calculated_value).split("\n")[0]
    if kind == LOG_MESSAGE and value:
        return value
    return ": ".join(part for part in (kind, value) if part) or text(issue.transaction) or "(no title)"
