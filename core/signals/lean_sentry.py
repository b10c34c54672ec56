"""Sentry events read for clustering alone: typed, in one pass, with stacks that repeat kept once.

What is odd in an event (a number where text should be, a lone surrogate) goes through the reader that takes anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from rootcase.core.model.events import Event, ExceptionInfo, Frame, Pairs
from rootcase.core.safety.text import clean
from rootcase.core.signals.loose import LONG, decode, pairs
from rootcase.core.signals.sentry_events import event as full_event
from rootcase.core.signals.sentry_frames import INNER_FRAMES, MAX_EXCEPTIONS, OUTER_FRAMES

STACKS_KEPT = 4_000
NOTHING = msgspec.Raw(b"null")
CONTEXT_KEPT = 5
MOST_TAGS = 40
# Errors whose host may stand in local variables or breadcrumbs, which this reader leaves out.
_MAY_BE_NETWORK = re.compile(
    r"Timeout|Connect|Network|SSL|Socket|DNS|URL|HTTP|Http|Unreachable|Unavailable|Gateway|Reset|Refused|gaierror|Retry|Protocol"
)
_NAMES_HOST = re.compile(r"://|host=|\b[a-z0-9-]+(?:\.[a-z0-9-]+)+\b|:\d{2,5}\b")


class LeanFrame(msgspec.Struct, frozen=True, gc=False):
    function: str | None = None
    rawFunction: str | None = None
    module: str | None = None
    filename: str | None = None
    absPath: str | None = None
    abs_path: str | None = None
    lineNo: int | None = None
    lineno: int | None = None
    colNo: int | None = None
    colno: int | None = None
    inApp: bool | None = None
    in_app: bool | None = None
    context_line: str | None = None
    pre_context: tuple[str | None, ...] | None = None
    post_context: tuple[str | None, ...] | None = None
    context: tuple[tuple[int | None, str | None], ...] | None = None


class LeanTrace(msgspec.Struct, gc=False):
    frames: tuple[LeanFrame | None, ...] | None = None


class LeanMechanism(msgspec.Struct, gc=False):
    type: str | None = None
    source: str | None = None


class LeanException(msgspec.Struct, gc=False):
    type: str | None = None
    value: str | None = None
    module: str | None = None
    mechanism: LeanMechanism | None = None
    stacktrace: LeanTrace | None = None
    rawStacktrace: LeanTrace | None = None


class LeanValues(msgspec.Struct, gc=False):
    values: list[LeanException | None] | None = None


class LeanMessage(msgspec.Struct, gc=False):
    formatted: str | None = None
    message: str | None = None


class LeanEntry(msgspec.Struct, gc=False):
    type: str | None = None
    data: msgspec.Raw = NOTHING


class LeanEvent(msgspec.Struct, gc=False):
    exception: LeanValues | list[LeanException | None] | None = None
    entries: list[LeanEntry] | None = None
    threads: msgspec.Raw = NOTHING
    stacktrace: msgspec.Raw = NOTHING
    data: msgspec.Raw = NOTHING
    logentry: LeanMessage | None = None
    message: str | LeanMessage | None = None
    logger: str | None = None
    platform: str | None = None
    release: msgspec.Raw = NOTHING
    tags: msgspec.Raw = NOTHING


class LeanSentry:
    """Reads events one after another; remembers stacks, so that an equal one is the same object again."""

    def __init__(self) -> None:
        self._events = msgspec.json.Decoder(LeanEvent, strict=False)
        self._values = msgspec.json.Decoder(LeanValues | list[LeanException | None], strict=False)
        self._words = msgspec.json.Decoder(LeanMessage, strict=False)
        self._stacks: dict[tuple[LeanFrame | None, ...], tuple[Frame, ...]] = {}

    def event(self, identifier: str, raw: bytes | msgspec.Raw) -> Event:
        """The event with exceptions, message, logger, release and service tags; never raises for what is in it."""
        try:
            return self._lean(identifier, raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError):
            return self._full(raw)

    def _full(self, raw: bytes | msgspec.Raw) -> Event:
        try:
            return full_event(decode(bytes(raw)))
        except (ValueError, RecursionError):
            return Event("", problems=("no JSON that can be read",))

    def _lean(self, identifier: str, raw: bytes | msgspec.Raw) -> Event:
        lean = self._events.decode(raw)
        given = lean.exception
        said = lean.logentry
        for entry in lean.entries or ():
            if not _given(entry.data):
                continue
            if entry.type == "exception" and given is None:
                given = self._values.decode(entry.data)
            elif entry.type in ("message", "logentry") and said is None:
                said = self._words.decode(entry.data)
            elif entry.type in ("threads", "stacktrace") and given is None and len(lean.entries or ()) < 3:
                return self._full(raw)
        values = given.values if isinstance(given, LeanValues) else given
        threads, lone = _given(lean.threads), _given(lean.stacktrace)
        if not values and (threads or lone or (_given(lean.data) and given is None and lean.entries is None)):
            return self._full(raw)
        given_values = [each for each in (values or ())[-MAX_EXCEPTIONS:] if each is not None]
        chain = _linked(given_values, tuple(map(self._exception, given_values)))
        if chain and not any(each.frames for each in chain) and (threads or lean.entries):
            return self._full(raw)
        if any(_needs_more(each) for each in chain):
            return self._full(raw)
        message = _message(lean, said, bool(chain))
        tags = _tags(lean.tags)
        named = dict(tags)
        release = _release(lean.release) or named.get("release", "")
        kept = (*tags, *_template(said, message)) if not chain else tags[:MOST_TAGS]
        stack = message if not chain and "\n" in message else ""
        return Event(
            identifier, platform=lean.platform or "", message=message, stack_text=stack, logger=_plain(lean.logger),
            release=release, exceptions=chain, tags=kept,
        )  # fmt: skip

    def _exception(self, raw: LeanException) -> ExceptionInfo:
        trace = raw.stacktrace or raw.rawStacktrace
        mechanism = raw.mechanism.type if raw.mechanism else None
        value = raw.value or ""
        return ExceptionInfo(
            _plain(raw.type), _plain(value, LONG), _plain(raw.module), mechanism or "", None,
            self._frames(trace.frames) if trace and trace.frames else (),
        )  # fmt: skip

    def _frames(self, raw: tuple[LeanFrame | None, ...]) -> tuple[Frame, ...]:
        if len(raw) > OUTER_FRAMES + INNER_FRAMES:
            raw = raw[:OUTER_FRAMES] + raw[-INNER_FRAMES:]
        known = self._stacks.get(raw)
        if known is None:
            if len(self._stacks) >= STACKS_KEPT:
                self._stacks.clear()
            known = tuple(_frame(each) for each in raw if each is not None)
            self._stacks[raw] = known
        return known


def _plain(text: str | None, limit: int = 500) -> str:
    if not text:
        return ""
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return text
    return clean(text[: limit * 4], limit=limit)


def _frame(raw: LeanFrame) -> Frame:
    line = raw.lineNo or raw.lineno or 0
    line = line if 0 < line < 2**31 else 0
    path = _plain(raw.absPath or raw.abs_path).replace("\\", "/")
    return Frame(
        function=_plain(raw.function or raw.rawFunction), module=_plain(raw.module),
        filename=_plain(raw.filename).replace("\\", "/") or path, abs_path=path, line=line,
        column=raw.colNo or raw.colno or 0, in_app=raw.inApp if raw.inApp is not None else raw.in_app,
        context=_context(raw, line),
    )  # fmt: skip


def _context(raw: LeanFrame, line: int) -> tuple[tuple[int, str], ...]:
    if raw.context:
        return tuple((at or 0, _plain(text)) for at, text in raw.context[:41])
    if raw.context_line is None or not line:
        return ()
    before = [_plain(text) for text in (raw.pre_context or ())[-CONTEXT_KEPT:]]
    after = [_plain(text) for text in (raw.post_context or ())[:CONTEXT_KEPT]]
    rows: Sequence[str] = [*before, _plain(raw.context_line), *after]
    return tuple((line - len(before) + n, text) for n, text in enumerate(rows))


def _needs_more(item: ExceptionInfo) -> bool:
    return bool(_MAY_BE_NETWORK.search(item.type)) and not _NAMES_HOST.search(item.value[:400])


def _template(said: LeanMessage | None, message: str) -> Pairs:
    """The logger's template where the source keeps it beside the formatted message."""
    given = said.message if said else None
    return (("template", _plain(given, LONG)),) if given and given != message else ()


def _message(lean: LeanEvent, said: LeanMessage | None, has_exception: bool) -> str:
    if said and (said.formatted or said.message):
        return _plain(said.formatted or said.message, LONG)
    if isinstance(lean.message, LeanMessage):
        return _plain(lean.message.formatted or lean.message.message, LONG)
    return "" if has_exception else _plain(lean.message, LONG)


def _linked(raw: Sequence[LeanException], chain: tuple[ExceptionInfo, ...]) -> tuple[ExceptionInfo, ...]:
    """`raise … from …` is noted on the cause; it is a trait of the one that was raised."""
    out = list(chain)
    for at, item in enumerate(raw[:-1]):
        if item.mechanism and item.mechanism.source == "__cause__":
            out[at + 1] = replace(out[at + 1], mechanism="__cause__")
    return tuple(out)


def _given(raw: msgspec.Raw) -> bool:
    return len(memoryview(raw)) > 4 or bytes(raw) not in (b"null", b"[]", b"{}", b'""')


def _release(raw: msgspec.Raw) -> str:
    value = msgspec.json.decode(raw)
    if isinstance(value, dict):
        value = value.get("version")
    return _plain(value) if isinstance(value, str) else ""


def _tags(raw: msgspec.Raw) -> Pairs:
    return pairs(msgspec.json.decode(raw)) if _given(raw) else ()
