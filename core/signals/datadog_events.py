"""Sample events of a Datadog error issue: from logs, else spans, else RUM, which alone hold its stack trace.

The stack is text in the language's own format (docs.datadoghq.com/error_tracking); `core/cluster` reads it.
Attributes come nested or with dotted names, so both are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rootcase.core.model.errors import RateLimited, SourceError
from rootcase.core.model.events import Event, ExceptionInfo, Frame, Pairs, Request
from rootcase.core.model.signals import Signal
from rootcase.core.safety.text import clean
from rootcase.core.signals.client import Client
from rootcase.core.signals.datadog_wire import language_of
from rootcase.core.signals.faults import Unavailable
from rootcase.core.signals.lookback import iso
from rootcase.core.signals.loose import LONG, first_text, items, moment, table, text
from rootcase.core.signals.told import MAX_STACK, facts_of, tag_pairs

LOGS = "api/v2/logs/events/search"
SPANS = "api/v2/spans/events/search"
RUM = "api/v2/rum/events/search"
# Spans are asked after logs: they allow few searches.
PLACES = (("logs", LOGS), ("spans", SPANS), ("RUM", RUM))
_LEVELS = {"emergency": "fatal", "alert": "fatal", "critical": "fatal", "error": "error", "warn": "warning"}


async def issue_events(client: Client, signal: Signal, limit: int, since_us: int) -> tuple[Event, ...]:
    """Events with their stack traces; one made of the issue's own words where none is kept. Newest first."""
    faults: list[SourceError] = []
    problems: list[str] = []
    for name, path in PLACES:
        try:
            answer = await client.search(path, _body(name, signal.id, limit, since_us), object)
        except SourceError as fault:
            # One place that cannot be searched does not hide what the next one holds; that it was not is said.
            faults.append(fault)
            problems.append(f"{name} could not be searched: {fault.title}")
            continue
        events = [event_of(each, signal) for each in items(table(answer.value).get("data"))]
        telling = [each for each in events if each.stack_text] or events
        if telling:
            first = replace(telling[0], problems=(*telling[0].problems, *problems))
            return (first, *telling[1:limit])
    passing = next((fault for fault in faults if isinstance(fault, RateLimited | Unavailable)), None)
    if passing is not None:
        # The stack may well be there. It is this issue that has to wait, not the source: only one of its
        # places is out of calls (spans allow 300 searches an hour).
        raise Unavailable(
            f"{client.service}: the stack trace of {signal.title[:80]!r} cannot be looked for now",
            f"{passing.title}. {passing.detail}",
            "It is looked for again at the next sync.",
        )
    searched = "no stack trace: no log, span or RUM event of this issue is kept"
    return (from_issue(signal, tuple(problems) or (searched,)),)


def event_of(raw: object, signal: Signal) -> Event:
    """A log, a span or a RUM event of an issue."""
    outer = table(raw)
    row = table(outer.get("attributes"))
    inner = {**table(row.get("custom")), **table(row.get("attributes"))}
    tags = tag_pairs(items(row.get("tags")))
    tag = dict(tags)
    kind, value = _first(inner, "error.kind", "error.type"), _long(inner, "error.message")
    stack = clean(_raw(inner, "error.stack"), limit=MAX_STACK)
    at_us = next((at for name in ("timestamp", "start_timestamp") if (at := moment(row.get(name)))), 0)
    return Event(
        id=first_text(outer, "id"),
        platform=language_of(signal),
        at_us=at_us,
        level=_LEVELS.get(first_text(row, "status").lower(), "error"),
        message=first_text(row, "message", limit=LONG) or value,
        logger=_first(inner, "logger.name"),
        transaction=first_text(row, "resource_name") or _first(inner, "view.name", "http.url_details.path"),
        release=_first(inner, "dd.version", "version") or tag.get("version", "") or signal.last_release,
        environment=_first(inner, "dd.env", "env") or first_text(row, "env") or tag.get("env", ""),
        server=first_text(row, "host") or tag.get("host", ""),
        user=_first(inner, "usr.id", "usr.email"),
        trace_id=_first(inner, "dd.trace_id", "trace_id", "_dd.trace_id") or first_text(row, "trace_id"),
        exceptions=(ExceptionInfo(type=kind, value=value),) if (kind or value) else (),
        request=_request(inner),
        tags=(("service", first_text(row, "service") or signal.service), *tags),
        contexts=_contexts(inner),
        problems=() if stack else ("no stack trace in this event",),
        stack_text=stack,
    )


def from_issue(signal: Signal, problems: tuple[str, ...]) -> Event:
    """What the issue itself says: its type, its message, and the one place in the code that Datadog names."""
    tag = dict(signal.tags)
    frame = Frame(
        function=tag.get("function", ""),
        filename=tag.get("file", "").lstrip("/"),
        abs_path=tag.get("file", ""),
    )
    kind = tag.get("error_type", "")
    value = signal.title.removeprefix(f"{kind}: ") if kind else signal.title
    frames = (frame,) if frame.function or frame.filename else ()
    return Event(
        id=f"issue-{signal.id}",
        platform=language_of(signal),
        at_us=signal.last_seen_us,
        level=signal.level,
        message=signal.title,
        release=signal.last_release,
        environment=signal.environment,
        exceptions=(ExceptionInfo(type=kind, value=value, frames=frames),),
        tags=(("service", signal.service), *signal.tags),
        problems=problems,
    )


def _body(name: str, issue_id: str, limit: int, since_us: int) -> dict[str, object]:
    """The search. Without `from` all three look at the last 15 minutes only; spans alone want a wrapping."""
    asked: dict[str, object] = {
        "filter": {"query": f"@issue.id:{issue_id}", "from": iso(since_us), "to": "now"},
        "page": {"limit": max(1, min(limit, 100))},
        "sort": "-timestamp",
    }
    return {"data": {"type": "search_request", "attributes": asked}} if name == "spans" else asked


def _raw(source: Mapping[str, object], path: str) -> str:
    """A text at a dotted path: nested, dotted, or nested with a dotted rest."""
    if isinstance(source.get(path), str):
        return str(source[path])
    head, _, rest = path.partition(".")
    inner = source.get(head)
    return _raw(table(inner), rest) if rest and isinstance(inner, dict) else ""


def _long(source: Mapping[str, object], path: str) -> str:
    return text(_raw(source, path), LONG)


def _first(source: Mapping[str, object], *paths: str) -> str:
    return next((found for path in paths if (found := text(_raw(source, path)))), "")


def _request(inner: Mapping[str, object]) -> Request | None:
    method, url = _first(inner, "http.method"), _first(inner, "http.url", "view.url")
    return Request(method=method, url=url) if method or url else None


def _contexts(inner: Mapping[str, object]) -> Pairs:
    """All other attributes; the error itself stands elsewhere."""
    rest = {name: value for name, value in inner.items() if name != "error" and not name.startswith("error.")}
    return facts_of(rest)
