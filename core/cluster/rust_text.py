"""Rust panics with their backtraces as text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rootcase.core.cluster.open_section import Section, located
from rootcase.core.model.events import ExceptionInfo, Frame

MARK = re.compile(r"panicked at |^\s*\d{1,4}: [\w<].*\n\s+at \S+\.rs:\d", re.MULTILINE)
_NEW = re.compile(r"panicked at ([^\s:']{1,400}):(\d{1,9}):(\d{1,9}):?\s*$")
_OLD = re.compile(r"panicked at '(.{0,4000})', ([^\s:]{1,400}):(\d{1,9}):(\d{1,9})")
_CALL = re.compile(r"^\s*(\d{1,4}):\s+(?:0x[0-9a-f]+ - )?(\S.{0,600})$")
_PLACE = re.compile(r"^\s+at (\S{1,500}?):(\d{1,9})(?::(\d{1,9}))?$")
_HASH = re.compile(r"::h[0-9a-f]{16}$")
_MACHINERY = re.compile(
    r"^(?:<?(?:std|core|alloc|tokio|futures|actix|hyper|tower)\b|rust_begin_unwind|__rust|_start|__libc|main$|start_thread|clone)"
)


def parse_rust(lines: Sequence[str]) -> tuple[tuple[ExceptionInfo, ...], tuple[str, ...]]:
    """The panic and, where a backtrace was on, its calls."""
    section = Section("panic")
    place: tuple[str, str, str] | None = None
    call = ""
    want_message = False
    for line in lines:
        if match := _OLD.search(line):
            section.value, *where = match.groups()
            place = (where[0], where[1], where[2])
        elif match := _NEW.search(line):
            where = list(match.groups())
            place, want_message = (where[0], where[1], where[2]), True
        elif want_message:
            section.value, want_message = line.strip(), False
        elif (match := _PLACE.match(line)) and call:
            section.add(located(*_split(call), *match.groups()))
            call = ""
        elif match := _CALL.match(line):
            if call:
                section.add(Frame(*_split(call)))
            call = match.group(2)
    if call:
        section.add(Frame(*_split(call)))
    ours = [
        n
        for n, frame in enumerate(section.frames)
        if not _MACHINERY.match(f"{frame.module}::{frame.function}")
    ]
    section.frames = section.frames[ours[0] :] if ours else section.frames
    if not section.frames and place:
        section.add(located("", "", *place))
    return ((section.closed(),) if section.frames else ()), ()


def _split(call: str) -> tuple[str, str]:
    """A path without hash and closures: (function, module)."""
    bare = _HASH.sub("", call.strip())
    bare = re.sub(r"::\{\{?closure\}?\}(?:#\d+)?|::\{closure#\d+\}|::\{shim[^}]*\}", "", bare)
    bare = re.sub(r"^<(.{1,300}?) as .{1,300}?>", r"\1", bare).replace("<", "").replace(">", "")
    module, _, function = bare.rpartition("::")
    return function, module
