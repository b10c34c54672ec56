"""Remembers what was made of an event, so that another that differs in ids and clocks alone is not judged again."""

from __future__ import annotations

import hashlib
import re

from rootcase.core.model.events import Event, ExceptionInfo

MOST = 20_000
TEXT_COMPARED = 60_000
# Ids, clocks and addresses. Ports, status codes and line numbers stay: they are shorter, or stand after a colon.
_PASSING = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]*(?:Z|[+-]\d\d:?\d\d)?|\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b"
    r"|(?<![\w.:])\d{4,}(?![\w.])"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b0x[0-9a-f]{4,16}\b"
)
_ADDRESSED = (
    "://",
    "onnect",
    "imeout",
    "imed out",
    "ost=",
    "efused",
    "HTTP",
    "http",
    "lookup",
    "resolve",
    "dial ",
)
_NO_DIGITS = str.maketrans("123456789", "000000000")
_Key = tuple[object, ...] | bytes


class Seen:
    """Maps an event to a node and the number of its failing line; forgets all when it grows too large."""

    def __init__(self) -> None:
        # The exceptions are kept beside, so that the identity of their frames stays theirs.
        self._found: dict[_Key, tuple[int, int, tuple[ExceptionInfo, ...]]] = {}
        self._last: _Key | None = None

    def find(self, event: Event, service: str) -> tuple[int, int] | None:
        self._last = _key(event, service)
        found = self._found.get(self._last) if self._last is not None else None
        return found[:2] if found else None

    def keep(self, event: Event, service: str, node: int, number: int) -> None:
        """Remembers the event that `find` was asked for last."""
        if self._last is None:
            return
        if len(self._found) >= MOST:
            self._found.clear()
        self._found[self._last] = (node, number, event.exceptions)


def _key(event: Event, service: str) -> _Key | None:
    if event.breadcrumbs or not (event.exceptions or event.message or event.stack_text):
        return None
    chain = tuple(
        (
            item.type,
            _PASSING.sub("0", item.value[:2000]) if item.value else "",
            id(item.frames) if item.frames else 0,
            item.mechanism,
        )
        for item in event.exceptions
    )
    if event.stack_text and not any(item.frames for item in event.exceptions):
        return _digest(event.stack_text, chain, service, event.logger)
    if event.exceptions:
        return (*chain, service)
    return _digest(event.message, tuple(event.tags), service, event.logger)


def _digest(text: str, *others: object) -> bytes:
    body = text[-TEXT_COMPARED:]
    if any(word in body for word in _ADDRESSED):
        body = _PASSING.sub("0", body)
    else:
        # Far from any address every number is passing; this is ten times as fast as looking at each.
        body = body.translate(_NO_DIGITS).replace("0000", "0").replace("00", "0").replace("00", "0")
    return hashlib.blake2b(f"{body}\x1f{others}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
