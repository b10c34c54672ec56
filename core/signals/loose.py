"""Reads JSON whose shape nobody promised: every reader takes anything and gives the plain type it is for.

This is the edge where other people's text comes in, so strings are cleaned and cut here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from rootcase.core.model.events import Pairs
from rootcase.core.safety.text import clean

LONG = 4000
SHORT = 500
# Sentry and others send seconds; a number beyond the year 5000 in seconds is milliseconds.
_MILLISECONDS_FROM = 100_000_000_000.0


def decode(data: bytes | str) -> object:
    """The JSON value; ValueError where it is none.

    Python programs write lone surrogates and NaN into their JSON, which strict decoders refuse.
    """
    try:
        value: object = msgspec.json.decode(data)
        return value
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        text = data if isinstance(data, str) else data.decode("utf-8", errors="replace")
        value = json.loads(text)
        return value
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def text(value: object, limit: int = SHORT) -> str:
    """Any value as cleaned text: "" for null, compact JSON for what is nested."""
    if value is None:
        return ""
    if isinstance(value, str):
        # Cut before cleaning too: a megabyte in one variable is not worth reading to its end.
        return clean(value[: limit * 4], limit=limit)
    if isinstance(value, bool | int | float):
        return str(value)[:limit]
    try:
        return clean(json.dumps(value, ensure_ascii=False, default=str)[: limit * 4], limit=limit)
    except (TypeError, ValueError, RecursionError):
        return "(unreadable)"


def first_text(source: Mapping[str, object], *names: str, limit: int = SHORT) -> str:
    """The first of the named fields that holds text or a number, "" where none does."""
    for name in names:
        value = source.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
            return text(value, limit)
    return ""


def number(value: object) -> int:
    """A whole number not below 0, 0 for anything else; numbers in strings count."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 19:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return int(value) if math.isfinite(value) and 0 <= value < 2**63 else 0


def flag(value: object) -> bool | None:
    """True or false as JSON or as the words of a tag, None for anything else."""
    if isinstance(value, bool):
        return value
    return {"yes": True, "true": True, "no": False, "false": False}.get(str(value).lower())


def table(value: object) -> Mapping[str, object]:
    """The object, or an empty one."""
    if not isinstance(value, dict):
        return {}
    return {str(name): each for name, each in value.items()}


def items(value: object) -> Sequence[object]:
    """The array, also where it stands in `values`; a lone object counts as one item."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        inner = value.get("values")
        return inner if isinstance(inner, list) else [value] if value and "values" not in value else []
    return []


def pairs(value: object, *, limit: int = SHORT, most: int = 100) -> Pairs:
    """Names and values from an object, from [name, value] arrays, or from {key, value} objects.

    An object may have a value that is named `values`: it only stands around an array of pairs where those are
    all that it holds.
    """
    found: list[tuple[str, str]] = []
    if isinstance(value, dict) and not _around_pairs(value):
        found = [(text(name), text(each, limit)) for name, each in list(value.items())[:most]]
    else:
        for item in items(value)[:most]:
            if isinstance(item, list) and len(item) >= 2:
                found.append((text(item[0]), text(item[1], limit)))
            elif isinstance(item, dict) and "key" in item:
                found.append((text(item["key"]), text(item.get("value"), limit)))
    return tuple(pair for pair in found if pair[0])


def _around_pairs(value: dict[object, object]) -> bool:
    inner = value.get("values")
    if len(value) != 1 or not isinstance(inner, list) or not inner:
        return False
    return all((isinstance(x, list) and len(x) == 2) or (isinstance(x, dict) and "key" in x) for x in inner)


def moment(value: object) -> int:
    """Microseconds since 1970 of an ISO 8601 text or a number of (milli)seconds, 0 where unreadable."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value) if abs(value) < 2**63 and math.isfinite(value) else 0.0
        seconds = seconds / 1000 if seconds >= _MILLISECONDS_FROM else seconds
        return max(0, round(seconds * 1_000_000)) if seconds < _MILLISECONDS_FROM else 0
    if not isinstance(value, str) or not value:
        return 0
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        try:
            return moment(float(value))
        except ValueError:
            return 0
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    since = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return max(0, (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)
