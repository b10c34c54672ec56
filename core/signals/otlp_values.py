"""OTLP's typed values, times, ids and severities as plain ones.

Source: opentelemetry-proto, common.proto (AnyValue) and logs.proto (SeverityNumber).
"""

from __future__ import annotations

import base64
import binascii
import re

from rootcase.core.signals.loose import LONG, items, table, text

DEEPEST = 6
MAX_VALUE = 60_000
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){1,32}")
_LEVELS = ((21, "fatal"), (17, "error"), (13, "warning"), (9, "info"), (1, "debug"))
_WORDS = {
    "fatal": "fatal", "critical": "fatal", "emerg": "fatal", "alert": "fatal", "error": "error", "err": "error",
    "severe": "error", "warn": "warning", "warning": "warning", "info": "info", "information": "info",
    "notice": "info", "debug": "debug", "trace": "debug",
}  # fmt: skip


def attributes(raw: object) -> dict[str, str]:
    """Attributes by name, as text; of two with one name the last counts. A stack trace may be long."""
    found: dict[str, str] = {}
    for each in map(table, items(raw)):
        name = text(each.get("key"))
        if name:
            limit = MAX_VALUE if name == "exception.stacktrace" else LONG
            found[name] = text(plain(each.get("value")), limit)
    return found


def plain(raw: object, depth: int = 0) -> object:
    """An AnyValue as what it holds; numbers in strings become numbers, what is nested too deep is left out."""
    value = table(raw)
    if not value or depth > DEEPEST:
        return None if not isinstance(raw, str | int | float | bool) else raw
    if "stringValue" in value or "boolValue" in value or "doubleValue" in value:
        return next(value[name] for name in ("stringValue", "boolValue", "doubleValue") if name in value)
    if "intValue" in value:
        given = value["intValue"]
        return int(given) if isinstance(given, str) and re.fullmatch(r"-?\d{1,20}", given) else given
    if "bytesValue" in value:
        return value["bytesValue"]
    if "arrayValue" in value:
        return [plain(each, depth + 1) for each in items(table(value["arrayValue"]).get("values"))]
    if "kvlistValue" in value:
        rows = map(table, items(table(value["kvlistValue"]).get("values")))
        return {text(row.get("key")): plain(row.get("value"), depth + 1) for row in rows}
    return None


def micros(nanos: object) -> int:
    """Microseconds of a time in nanoseconds, as a number or as text; 0 where it is none."""
    if isinstance(nanos, str) and nanos.isascii() and nanos.isdigit() and len(nanos) <= 20:
        nanos = int(nanos)
    return nanos // 1000 if isinstance(nanos, int) and 0 < nanos < 2**64 else 0


def identity(raw: object) -> str:
    """A trace or span id in lower-case hex; an exporter that wrote base64 is understood, all zeros mean none."""
    given = text(raw)
    if not _HEX.fullmatch(given) and given:
        try:
            given = base64.b64decode(given, validate=True).hex()
        except (binascii.Error, ValueError):
            return ""
    return "" if not given.strip("0") else given.lower()


def level_of(severity: int, words: str) -> str:
    """Our word for a severity number, else for a severity text, "" for neither."""
    if severity:
        return next((word for least, word in _LEVELS if severity >= least), "")
    return _WORDS.get(words.strip().lower(), "")
