"""One line of a file of signals, whatever the source, read for clustering alone."""

from __future__ import annotations

import msgspec

from rootcase.core.model.events import Event
from rootcase.core.signals.lean_logs import datadog_event, otlp_event, read_json, text_event
from rootcase.core.signals.lean_sentry import LeanSentry
from rootcase.core.signals.loose import first_text, table

_SENTRY = frozenset({"sentry", "glitchtip", "bugsink"})
_SENTRY_KEYS = frozenset(("exception", "entries", "event_id", "eventID", "logentry", "threads", "stacktrace"))


class _Line(msgspec.Struct, gc=False):
    id: str | int | None = None
    source: str | None = None
    service: str | None = None
    event: msgspec.Raw = msgspec.Raw(b"")


class LeanReader:
    """Reads `{"id", "source", "event"}` lines; a line without that frame is an event itself."""

    def __init__(self) -> None:
        self._sentry = LeanSentry()
        self._lines = msgspec.json.Decoder(_Line)

    def read(self, line: bytes, number: int) -> tuple[str, Event, str]:
        """(id, event, service). A line that is no JSON object is an event that says nothing."""
        try:
            outer = self._lines.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self._odd(line, number)
        identifier = str(outer.id) if outer.id is not None else ""
        raw: bytes | msgspec.Raw = outer.event
        source = (outer.source or "").lower()
        if not len(memoryview(raw)):
            raw = line
        event, service = self._by_source(source, identifier or str(number), raw)
        return identifier or event.id or str(number), event, service or outer.service or ""

    def _odd(self, line: bytes, number: int) -> tuple[str, Event, str]:
        found = read_json(line)
        if found is None:
            return str(number), Event(str(number), problems=("no JSON object",)), ""
        identifier = first_text(found, "id") or str(number)
        inner = found.get("event")
        body = (
            table(inner) if isinstance(inner, dict) else {"text": inner} if isinstance(inner, str) else found
        )
        raw = msgspec.json.encode(_printable(body))
        event, service = self._by_source(first_text(found, "source").lower(), identifier, raw)
        return identifier, event, service or first_text(found, "service")

    def _by_source(self, source: str, identifier: str, raw: bytes | msgspec.Raw) -> tuple[Event, str]:
        if source in _SENTRY:
            return _with_service(self._sentry.event(identifier, raw))
        found = read_json(bytes(raw))
        if found is None:
            try:
                value = msgspec.json.decode(raw)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                value = None
            return (
                text_event(identifier, {"text": value}) if isinstance(value, str) else (Event(identifier), "")
            )
        if source == "datadog":
            return datadog_event(identifier, found)
        if _SENTRY_KEYS & found.keys():
            return _with_service(self._sentry.event(identifier, raw))
        if "body" in found or "severityText" in found or "timeUnixNano" in found:
            return otlp_event(identifier, found)
        if "attributes" in found:
            return datadog_event(identifier, found)
        return text_event(identifier, found)


def _with_service(event: Event) -> tuple[Event, str]:
    return event, next((value for name, value in event.tags if name in ("service", "service.name")), "")


def _printable(value: object) -> object:
    """The value with lone surrogates replaced, since no strict encoder takes them."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {str(_printable(str(name))): _printable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_printable(each) for each in value]
    if isinstance(value, float) and value != value:
        return None
    return value
