"""Events in Sentry's shapes, the API's and the SDK's, as our own; odd input becomes `problems`, never a crash.

Sources: Sentry's event payload documentation (SDK shape) and its issue event endpoint (`entries`, API shape).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import parse_qsl

from rootcase.core.model.events import Breadcrumb, Event, Pairs, Request
from rootcase.core.signals.loose import LONG, SHORT, first_text, items, moment, pairs, table, text
from rootcase.core.signals.sentry_entries import (
    facts,
    missing_symbols,
    occurrence_message,
    report_message,
    template_trace,
)
from rootcase.core.signals.sentry_frames import exceptions

MAX_BREADCRUMBS = 100
MAX_FAULTS = 5


def event(raw: object) -> Event:
    """One event of whatever shape. `problems` says in words what was missing or could not be read."""
    problems: list[str] = []
    outer = table(raw)
    # Bugsink wraps the SDK's event in `data` and keeps its own ids outside.
    inner = table(outer.get("data"))
    body = inner if inner and "entries" not in outer and "exception" not in outer else outer
    parts = _parts(body)
    tags = pairs(body.get("tags"))
    tag = dict(tags)
    chain = exceptions(parts.get("exception"), parts.get("threads") or _lone_trace(parts), problems)
    message = _message(body, parts) or report_message(parts) or occurrence_message(body)
    at_us = _first_moment(body, outer)
    if not chain and not message:
        problems.append("no exception, no stack trace and no message")
    elif chain and not any(each.frames for each in chain):
        problems.append("no stack frames")
    if not at_us:
        problems.append("no readable time")
    problems += [*missing_symbols(parts), *_source_faults(body)]
    return Event(
        id=_identity(body, outer),
        platform=text(body.get("platform")),
        at_us=at_us,
        level=first_text(body, "level") or tag.get("level", "") or "error",
        message=message,
        logger=first_text(body, "logger") or tag.get("logger", ""),
        transaction=first_text(body, "transaction")
        or tag.get("transaction", "")
        or first_text(body, "culprit"),
        release=_release(body.get("release")) or tag.get("release", ""),
        environment=first_text(body, "environment") or tag.get("environment", ""),
        server=first_text(body, "server_name", "serverName") or tag.get("server_name", ""),
        user=_user(body.get("user")),
        trace_id=text(table(table(body.get("contexts")).get("trace")).get("trace_id")),
        exceptions=chain,
        breadcrumbs=_breadcrumbs(parts.get("breadcrumbs")),
        request=_request(parts.get("request")),
        tags=tags,
        contexts=_contexts(body) + facts(body, parts),
        problems=tuple(dict.fromkeys(problems)),
    )


def _parts(body: Mapping[str, object]) -> Mapping[str, object]:
    """Interfaces by name: the API's `entries`, else the fields of the event itself."""
    entries = body.get("entries")
    if not isinstance(entries, list):
        return body
    found: dict[str, object] = {}
    for entry in map(table, entries):
        found.setdefault(text(entry.get("type")), entry.get("data"))
    found.setdefault("request", body.get("request"))
    return found


def _lone_trace(parts: Mapping[str, object]) -> object:
    trace = parts.get("stacktrace") or template_trace(parts)
    return [{"crashed": True, "stacktrace": trace}] if trace else None


def _identity(body: Mapping[str, object], outer: Mapping[str, object]) -> str:
    given = first_text(body, "event_id", "eventID", "eventId") or first_text(
        outer, "event_id", "eventID", "id"
    )
    if given:
        return given.replace("-", "") if len(given) == 36 else given
    return hashlib.sha256(text(outer, 100_000).encode()).hexdigest()[:32]


def _message(body: Mapping[str, object], parts: Mapping[str, object]) -> str:
    for source in (parts.get("logentry"), parts.get("message"), body.get("logentry")):
        found = first_text(table(source), "formatted", "message", limit=LONG)
        if found:
            return found
    # The API's top-level message repeats the exception; it counts only where nothing else speaks.
    plain = body.get("message")
    return text(plain, LONG) if isinstance(plain, str) and not parts.get("exception") else ""


def _first_moment(body: Mapping[str, object], outer: Mapping[str, object]) -> int:
    names = ("timestamp", "dateCreated", "datetime", "received", "dateReceived", "ingested_at")
    return next((at for source in (body, outer) for name in names if (at := moment(source.get(name)))), 0)


def _release(value: object) -> str:
    return first_text(table(value), "version") if isinstance(value, dict) else text(value)


def _user(value: object) -> str:
    found = first_text(table(value), "id", "username", "email", "ip_address", "ipAddress")
    return "" if found == "{{auto}}" else found


def _source_faults(body: Mapping[str, object]) -> list[str]:
    faults = [first_text(table(each), "message", "type") for each in items(body.get("errors"))]
    return [f"the source says: {fault}" for fault in faults if fault][:MAX_FAULTS]


def _breadcrumbs(value: object) -> tuple[Breadcrumb, ...]:
    newest = [table(each) for each in items(value) if isinstance(each, dict)][-MAX_BREADCRUMBS:]
    return tuple(
        Breadcrumb(
            at=text(each.get("timestamp")),
            category=text(each.get("category") or each.get("type")),
            level=text(each.get("level")),
            message=text(each.get("message"), SHORT * 2),
            data=pairs(each.get("data"), most=20),
        )
        for each in newest
    )


def _request(value: object) -> Request | None:
    raw = table(value)
    if not raw:
        return None
    query = raw.get("query") or raw.get("query_string") or raw.get("queryString")
    if isinstance(query, str):
        query = [list(pair) for pair in parse_qsl(query[:LONG].lstrip("?"), keep_blank_values=True)]
    return Request(
        method=text(raw.get("method")),
        url=text(raw.get("url"), LONG),
        query=pairs(query),
        headers=pairs(raw.get("headers")),
        body=text(raw.get("data"), LONG),
    )


def _contexts(body: Mapping[str, object]) -> Pairs:
    """Contexts and extra data one level deep (`runtime.name`, `extra.order`)."""
    found: list[tuple[str, str]] = []
    for name, value in table(body.get("contexts")).items():
        if isinstance(value, dict):
            found += [(f"{text(name)}.{key}", each) for key, each in pairs(value) if key != "type"]
        elif value is not None:
            found.append((text(name), text(value)))
    for source in (body.get("extra"), body.get("context")):
        found += [(f"extra.{key}", each) for key, each in pairs(source, limit=SHORT * 2)]
    modules = [(f"modules.{name}", version) for name, version in pairs(body.get("modules"), most=500)]
    return tuple([*found[:150], *modules[:200]])
