"""The latest event and what was logged before it, as evidence that others can cite."""

from __future__ import annotations

from collections.abc import Iterable

from rootcase.core.model.events import Breadcrumb, Event
from rootcase.core.model.evidence import Evidence, Numbering
from rootcase.core.safety.text import clean, clean_line

LOG_LINES = 5
TEXT_LIMIT = 4_000


def event_evidence(known: Iterable[Evidence], event: Event) -> tuple[Evidence, ...]:
    """The event as `e…` and its last breadcrumbs as `l…`; empty where this event is recorded already."""
    known = tuple(known)
    if any(item.kind == "event" and dict(item.data).get("id") == event.id for item in known):
        return ()
    numbers = Numbering(known)
    raised = event.raised
    label = f"{raised.type}: {raised.value}" if raised else event.message or "event"
    items = [
        Evidence(
            numbers.next("event"), "event", clean_line(label, limit=120), clean(event_text(event), limit=TEXT_LIMIT),
            at_us=event.at_us, data=(("id", event.id), ("release", event.release), ("environment", event.environment)),
        )
    ]  # fmt: skip
    for crumb in [crumb for crumb in event.breadcrumbs if crumb.message or crumb.data][-LOG_LINES:]:
        text = _crumb_text(crumb)
        items.append(
            Evidence(numbers.next("log"), "log", clean_line(text, limit=120), clean(text, limit=TEXT_LIMIT))
        )
    return tuple(items)


def event_text(event: Event) -> str:
    """What an event says besides its frames, a fact a line."""
    lines = [f"{item.type}: {item.value}".rstrip(": ") for item in event.exceptions]
    request = event.request
    facts = {
        "message": event.message,
        "request": f"{request.method} {request.url}".strip() if request else "",
        "transaction": event.transaction,
        "release": event.release,
        "environment": event.environment,
        "server": event.server,
        "user": event.user,
        "trace": event.trace_id,
    }
    lines += [f"{name}: {value}" for name, value in facts.items() if value]
    lines += [f"tag {name}: {value}" for name, value in event.tags[:20]]
    lines += [f"context {name}: {value}" for name, value in event.contexts[:20]]
    return "\n".join(lines)


def _crumb_text(crumb: Breadcrumb) -> str:
    data = " ".join(f"{name}={value}" for name, value in crumb.data[:8])
    return " ".join(part for part in (crumb.at, crumb.category, crumb.message, data) if part)
