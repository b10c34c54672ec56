"""Looking at what production sent: frames with their local variables, and the fields of an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from rootcase.core.agent.fencing import fence
from rootcase.core.agent.tools.tool import ToolResult, failure
from rootcase.core.model.case import Case
from rootcase.core.model.events import Event, Pairs

CRUMBS = 30
VALUE_LIMIT = 400
OTHERS = 10


@dataclass(frozen=True, slots=True)
class Trace:
    frame: Annotated[str, Meta(description="id such as f1; empty lists all frames")] = ""


@dataclass(frozen=True, slots=True)
class EventField:
    field: Literal["", "message", "tags", "breadcrumbs", "request", "contexts"] = ""


async def trace(case: Case, ask: Trace) -> ToolResult:
    """A frame as the code map recorded it, or the list of all."""
    wanted = ask.frame.strip("[] ")
    frames = case.code.frames if case.code else ()
    if not frames:
        return failure("No event of this case has a stack trace.")
    if not wanted:
        rows = [f"{f.evidence or '–':>4}  {f.function}  {f.path}:{f.line}  {f.verdict}" for f in frames]
        return ToolResult(fence("frames in production, oldest first", "\n".join(rows)))
    found = next((item for item in case.evidence if item.id == wanted and item.kind == "frame"), None)
    if found is None:
        ids = ", ".join(f.evidence for f in frames if f.evidence)
        return failure(f"There is no frame {wanted}; there are {ids or 'none with an id'}.")
    return ToolResult(fence(f"frame {wanted} in production, with its local variables", found.text))


async def event(samples: Sequence[Event], ask: EventField) -> ToolResult:
    if not samples:
        return failure("No sample event of this case was kept.")
    newest = samples[0]
    rows = {
        "": _overview, "message": _message, "tags": lambda e: _pairs(e.tags), "contexts": lambda e: _pairs(e.contexts),
        "breadcrumbs": _breadcrumbs, "request": _request,
    }[ask.field](newest)  # fmt: skip
    if ask.field == "":
        rows += [f"also kept: {_short(other)}" for other in samples[1 : 1 + OTHERS]]
    origin = f"event {newest.id[:12]} in production{', ' + ask.field if ask.field else ''}"
    return ToolResult(fence(origin, "\n".join(rows) or "nothing was sent there"))


def _short(event: Event) -> str:
    error = f"{event.raised.type}: {event.raised.value[:120]}" if event.raised else event.message[:120]
    return f"{event.id[:12]} {event.release} {event.transaction} {error}"


def _overview(event: Event) -> list[str]:
    rows = [
        f"release {event.release or 'not sent'}, environment {event.environment or 'not sent'}",
        f"transaction {event.transaction or 'not sent'}, level {event.level}",
    ]
    rows += [f"{e.type}: {e.value[:VALUE_LIMIT]}" for e in event.exceptions]
    sent = {
        "tags": event.tags,
        "breadcrumbs": event.breadcrumbs,
        "contexts": event.contexts,
        "request": event.request,
    }
    return [
        *rows,
        "fields sent: " + (", ".join(name for name, value in sent.items() if value) or "none of them"),
    ]


def _message(event: Event) -> list[str]:
    return [event.message[:4000], *(f"{e.type}: {e.value[:2000]}" for e in event.exceptions)]


def _pairs(pairs: Pairs) -> list[str]:
    return [f"{name} = {value[:VALUE_LIMIT]}" for name, value in pairs]


def _breadcrumbs(event: Event) -> list[str]:
    return [
        f"{c.at} {c.level} {c.category}: {c.message[:VALUE_LIMIT]} {' '.join(_pairs(c.data))}".strip()
        for c in event.breadcrumbs[-CRUMBS:]
    ]


def _request(event: Event) -> list[str]:
    request = event.request
    if request is None:
        return []
    rows = [f"{request.method} {request.url}", *_pairs(request.query), *_pairs(request.headers)]
    return [*rows, request.body[:2000]] if request.body else rows
