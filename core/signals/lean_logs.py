"""Log items read for clustering alone: Datadog's, OTLP's, and plain lines or stack text."""

from __future__ import annotations

from collections.abc import Mapping

from rootcase.core.model.events import Event, ExceptionInfo
from rootcase.core.safety.text import clean
from rootcase.core.signals.loose import LONG, decode, first_text, items, table, text

MOST_TEXT = 1_000_000


def _long(value: object) -> str:
    """Text that may hold a stack trace, with its line breaks."""
    if not isinstance(value, str):
        return ""
    if value.isascii() and "\x1b" not in value and "\r" not in value:
        return value[:MOST_TEXT]
    return clean(value[:MOST_TEXT])


def text_event(identifier: str, raw: Mapping[str, object]) -> tuple[Event, str]:
    """`{"text", "service"}`: a log line or a stack trace; the service beside it."""
    said = next(
        (
            found
            for name in ("text", "message", "msg", "line", "body", "log")
            if (found := _long(raw.get(name)))
        ),
        "",
    )
    service = first_text(raw, "service", "service.name", "app")
    return _told(
        identifier,
        said,
        service,
        logger=first_text(raw, "logger"),
        release=first_text(raw, "release", "version"),
    ), service


def datadog_event(identifier: str, raw: Mapping[str, object]) -> tuple[Event, str]:
    """A log search item: `attributes` holds message and service, its own `attributes` the error's fields."""
    outer = table(raw.get("attributes")) or raw
    inner = table(outer.get("attributes"))
    custom = table(inner.get("custom"))
    error: Mapping[str, object] = {}
    for place in (inner, custom, outer):
        found = place.get("error") or place.get("exception") or place.get("err")
        error = table(found) or _flat(place) or ({"message": found} if isinstance(found, str) else {})
        if error:
            break
    message = _long(outer.get("message")) or _long(inner.get("message"))
    service = first_text(outer, "service") or first_text(inner, "service")
    logger = first_text(table(inner.get("logger")), "name", "logger_name") or first_text(inner, "logger_name")
    release = _version(outer, inner)
    stack = _long(error.get("stack")) or _long(error.get("stack_trace")) or _long(error.get("stacktrace"))
    kind = first_text(error, "kind", "type")
    said = text(error.get("message"), LONG)
    if stack or kind:
        given = (ExceptionInfo(kind, said),) if kind or said else ()
        return Event(
            identifier, message=message[:LONG], logger=logger, release=release, exceptions=given,
            stack_text=stack or (message if "\n" in message else ""), tags=_service(service),
        ), service  # fmt: skip
    return _told(identifier, message or said, service, logger, release), service


def otlp_event(identifier: str, raw: Mapping[str, object]) -> tuple[Event, str]:
    """An OTLP log record, or a span's `exception` event: attributes by the semantic conventions."""
    resource = table(raw.get("resource"))
    given = {**_attributes(resource.get("attributes")), **_attributes(raw.get("attributes"))}
    body = raw.get("body")
    said = _long(table(body).get("stringValue")) if isinstance(body, dict) else _long(body)
    service = given.get("service.name", "")
    kind, stack = given.get("exception.type", ""), given.get("exception.stacktrace", "")
    if kind or stack:
        error = ExceptionInfo(kind, given.get("exception.message", ""))
        return Event(identifier, message=said[:LONG], exceptions=(error,), stack_text=stack,
                     release=given.get("service.version", ""), tags=_service(service)), service  # fmt: skip
    return _told(identifier, said, service, "", given.get("service.version", "")), service


def read_json(raw: bytes) -> Mapping[str, object] | None:
    """The object, or None where the line is none."""
    try:
        value = decode(raw)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _told(identifier: str, said: str, service: str, logger: str, release: str) -> Event:
    return Event(
        identifier, message=said[:LONG], logger=logger, release=release, tags=_service(service),
        stack_text=said if _may_hold_frames(said) else "",
    )  # fmt: skip


def _may_hold_frames(said: str) -> bool:
    return any(
        mark in said for mark in ("\n", "\\n", 'File "', " at ", "#0", "#012", "panicked at", ":in ", ".go:")
    )


def _service(service: str) -> tuple[tuple[str, str], ...]:
    return (("service", service),) if service else ()


def _flat(place: Mapping[str, object]) -> dict[str, object]:
    return {name[6:]: value for name, value in place.items() if name.startswith("error.")}


def _version(outer: Mapping[str, object], inner: Mapping[str, object]) -> str:
    told = first_text(inner, "version") or first_text(table(inner.get("dd")), "version")
    if told:
        return told
    for tag in items(outer.get("tags")):
        if isinstance(tag, str) and tag.startswith("version:"):
            return text(tag[8:])
    return ""


def _attributes(value: object) -> dict[str, str]:
    if isinstance(value, dict):
        return {name: each for name, each in value.items() if isinstance(each, str)}
    found = {}
    for each in items(value):
        pair = table(each)
        told = table(pair.get("value")).get("stringValue")
        if isinstance(told, str):
            found[str(pair.get("key"))] = _long(told)
    return found
