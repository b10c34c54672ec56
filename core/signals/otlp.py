"""OTLP in JSON, as collectors write it into files: log records and spans that tell of failures, as our events.

Source: opentelemetry-proto's JSON mapping (lowerCamelCase, ids in hex, enums as numbers, 64-bit numbers as
strings) and the semantic conventions for exceptions (`exception.type`, `.message`, `.stacktrace` on log records
and on span events) and resources (`service.name`, `service.version`, `deployment.environment.name`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rootcase.core.model.events import Event, ExceptionInfo, Pairs, Request
from rootcase.core.signals.loose import LONG, flag, items, number, table, text
from rootcase.core.signals.otlp_values import attributes, identity, level_of, micros, plain

MAX_STACK = 60_000
MOST_TAGS = 80
ERROR_SEVERITY = 17
FAILED = 2  # STATUS_CODE_ERROR
_EXCEPTION = ("exception.type", "exception.message", "exception.stacktrace")
_DOTTED = re.compile(r"(?:[A-Za-z_$][\w$]{0,100}[./:]{1,2}){1,20}[A-Za-z_$][\w$]{0,100}")
# What makes a line of a stack trace one, in the usual languages; the rest is the message, which varies.
_FRAME_LINE = re.compile(r"^(?:\s|at |File \"|from |#\d|goroutine |[\w./-]{1,200}\.\w{1,5}:\d)")
_VARYING = re.compile(r"0x[0-9a-fA-F]+|[0-9a-fA-F]{8,}|\d+")
_PLATFORMS = {"nodejs": "node", "webjs": "javascript", "dotnet": "csharp", "cpp": "native"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event, and an issue id for events whose source gave none: service, type and where it happened."""

    event: Event
    issue: str


def is_otlp(value: object) -> bool:
    """Whether a JSON value is an export of logs or traces."""
    return bool({"resourceLogs", "resourceSpans"} & table(value).keys())


def failures(value: object) -> Iterator[Recorded]:
    """The records that tell of a failure: with an exception, of severity ERROR or worse, or a failed span."""
    for resource, scope, record in _nested(value, "resourceLogs", "scopeLogs", "logRecords"):
        own = attributes(record.get("attributes"))
        if (
            any(own.get(name) for name in _EXCEPTION)
            or number(record.get("severityNumber")) >= ERROR_SEVERITY
        ):
            yield _recorded(log_event(resource, scope, record), resource)
    for resource, scope, span in _nested(value, "resourceSpans", "scopeSpans", "spans"):
        raised = [e for e in map(table, items(span.get("events"))) if text(e.get("name")) == "exception"]
        for event in raised:
            yield _recorded(span_event(resource, scope, span, event), resource)
        status = table(span.get("status"))
        if not raised and status.get("code") in (FAILED, str(FAILED), "STATUS_CODE_ERROR"):
            yield _recorded(span_event(resource, scope, span, {}), resource)


def log_event(
    resource: Mapping[str, object], scope: Mapping[str, object], record: Mapping[str, object]
) -> Event:
    """One log record, whatever its severity."""
    own = attributes(record.get("attributes"))
    at_us = micros(record.get("timeUnixNano")) or micros(record.get("observedTimeUnixNano"))
    severity = level_of(number(record.get("severityNumber")), text(record.get("severityText")))
    body = text(plain(record.get("body")), LONG)
    return _event(resource, scope, own, record, at_us, message=body, level=severity)


def span_event(
    resource: Mapping[str, object],
    scope: Mapping[str, object],
    span: Mapping[str, object],
    event: Mapping[str, object],
) -> Event:
    """An exception that a span recorded, or for an empty one the failure of the span itself."""
    own = {**attributes(span.get("attributes")), **attributes(event.get("attributes"))}
    at_us = micros(event.get("timeUnixNano")) or micros(span.get("endTimeUnixNano"))
    status = text(table(span.get("status")).get("message"), LONG)
    name = text(span.get("name"))
    message = status if event else ": ".join(part for part in (f"span {name} failed", status) if part)
    return _event(resource, scope, own, span, at_us, message=message, level="", span_name=name)


# -- inside


def _nested(
    value: object, outer: str, middle: str, inner: str
) -> Iterator[tuple[Mapping[str, object], Mapping[str, object], Mapping[str, object]]]:
    """(resource, scope, record) of an export; anything of another shape is passed over."""
    for group in map(table, items(table(value).get(outer))):
        for part in map(table, items(group.get(middle))):
            for record in map(table, items(part.get(inner))):
                yield table(group.get("resource")), table(part.get("scope")), record


def _event(
    resource: Mapping[str, object],
    scope: Mapping[str, object],
    own: Mapping[str, str],
    record: Mapping[str, object],
    at_us: int,
    *,
    message: str,
    level: str,
    span_name: str = "",
) -> Event:
    about = attributes(resource.get("attributes"))
    chain = _exceptions(own)
    stack = own.get("exception.stacktrace", "")[:MAX_STACK]
    trace, span = identity(record.get("traceId")), identity(record.get("spanId"))
    parts = (
        trace,
        span,
        str(at_us),
        about.get("service.name", ""),
        message,
        own.get("exception.message", ""),
    )
    language = about.get("telemetry.sdk.language", "")
    return Event(
        id=hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:32],
        platform=_PLATFORMS.get(language, language),
        at_us=at_us,
        level=level or "error",
        message=message,
        logger=text(scope.get("name")),
        transaction=own.get("http.route", "") or span_name,
        release=about.get("service.version", ""),
        environment=about.get("deployment.environment.name", "") or about.get("deployment.environment", ""),
        server=next(
            (about[n] for n in ("host.name", "k8s.pod.name", "service.instance.id") if about.get(n)), ""
        ),
        user=next((own[name] for name in ("user.id", "enduser.id", "user.name") if own.get(name)), ""),
        trace_id=trace,
        exceptions=chain,
        request=_request(own),
        tags=_tags(about, own),
        contexts=tuple(about.items())[:MOST_TAGS],
        problems=_problems(chain, stack, message, at_us),
        stack_text=stack,
    )


def _exceptions(own: Mapping[str, str]) -> tuple[ExceptionInfo, ...]:
    kind, value = own.get("exception.type", ""), own.get("exception.message", "")
    if not (kind or value or own.get("exception.stacktrace")):
        return ()
    escaped = flag(own.get("exception.escaped"))
    module, name = "", kind
    if _DOTTED.fullmatch(kind):
        # Fully qualified here, in two parts at Sentry: the same class shall look the same.
        cut = max(kind.rfind(sign) for sign in "./:")
        module, name = kind[:cut].rstrip(":"), kind[cut + 1 :]
    return (ExceptionInfo(name, value, module, "otlp", None if escaped is None else not escaped),)


def _request(own: Mapping[str, str]) -> Request | None:
    method = own.get("http.request.method", "") or own.get("http.method", "")
    url = own.get("url.full", "") or own.get("http.url", "") or own.get("url.path", "")
    return Request(method=method, url=url) if method or url else None


def _tags(about: Mapping[str, str], own: Mapping[str, str]) -> Pairs:
    """The record's own attributes, and the service under the name that signals are counted by."""
    service = (("service", about["service.name"]),) if about.get("service.name") else ()
    region = (("region", about["cloud.region"]),) if about.get("cloud.region") else ()
    mine = ((name, value[:500]) for name, value in own.items() if name not in _EXCEPTION)
    return (*service, *region, *mine)[:MOST_TAGS]


def _problems(chain: Sequence[ExceptionInfo], stack: str, message: str, at_us: int) -> tuple[str, ...]:
    found: list[str] = []
    if chain and not stack:
        found.append("no stack frames")
    if not chain and not message:
        found.append("no exception, no stack trace and no message")
    if not at_us:
        found.append("no readable time")
    return tuple(found)


def _recorded(event: Event, resource: Mapping[str, object]) -> Recorded:
    service = attributes(resource.get("attributes")).get("service.name", "")
    raised = event.raised
    kind = f"{raised.module}.{raised.type}" if raised else event.logger
    lines = [line for line in event.stack_text.split("\n")[:400] if _FRAME_LINE.match(line)]
    where = lines or [(raised.value if raised else event.message).split("\n")[0]]
    skeleton = [_VARYING.sub("#", line.strip()) for line in where]
    digest = hashlib.sha256("\n".join((service, kind, *skeleton)).encode(errors="replace")).hexdigest()
    return Recorded(event, "otlp-" + digest[:16])
