"""Go panics and printed error stacks as text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rootcase.core.cluster.open_section import Section, located
from rootcase.core.model.events import ExceptionInfo, Frame

MARK = re.compile(r"goroutine \d+ \[|\.go:\d+(?: \+0x[0-9a-f]+)?\s*$", re.MULTILINE)
_PANIC = re.compile(r"(?:^|\s)(panic: |fatal error: |http: panic serving [^\s]{1,80}: )(.*)$")
_CALL = re.compile(
    r"(?:^|\s)(?:created by )?((?:[\w.~%-]{1,100}/){0,20}[\w.%-]{1,100}?(?:\.\(\*?[\w\[\].,/]{1,100}\)"
    r"|\.[\w\[\].-]{1,100}){1,6})"
    r"(?:\(.{0,2000}\))?(?: in goroutine \d+)?$"
)
_FILE = re.compile(r"(?:^|\s)((?:[A-Za-z]:)?[^\s:]{1,500}\.(?:go|s)):(\d{1,9})(?: \+0x[0-9a-f]+)?\s*$")
_ERROR_FIELD = re.compile(r"\b(?:error|err)\"?[=:] ?(?:\"((?:[^\"\\]|\\.){1,2000})\"|([^\s\"{}]{1,300}))")
_CALLER = re.compile(r"[A-Z]+$|\S+\.go:\d+$")
_PANICKING = frozenset({"panic", "runtime.gopanic", "runtime.panicmem", "runtime.sigpanic"})


def parse_go(lines: Sequence[str]) -> tuple[tuple[ExceptionInfo, ...], tuple[str, ...]]:
    """The goroutine that panicked; what only ran while it unwound is left out."""
    value, kind, call = "", "", ""
    frames: list[Frame] = []
    section = Section()
    spawned = False
    traced = False
    for line in lines:
        bare = line.rstrip()
        if not frames and (match := _PANIC.search(bare)):
            if not value or "[recovered]" in value:
                kind, value = "panic", match.group(2)
            continue
        if "goroutine " in bare and bare.endswith("]:"):
            if frames:
                break
            traced = True
            continue
        if match := _FILE.search(bare):
            if call:
                frames.append(_frame(call, match))
                call = ""
                if spawned:
                    break
            continue
        if bare.strip() == "" and frames:
            break
        if "panic(" in bare and bare.strip().startswith("panic("):
            call = "panic"
            continue
        if match := _CALL.search(bare):
            call = match.group(1)
            spawned = "created by " in bare
        elif not frames and not value and bare.strip() and not traced:
            value = bare.strip()
    deepest = max((n for n, f in enumerate(frames) if f.function in _PANICKING or _is_panic(f)), default=-1)
    for frame in frames[deepest + 1 :]:
        section.add(frame)
    if not section.frames:
        return (), ()
    section.type = kind or "error"
    section.value = _plain(value) if kind else _logged(value)
    problems = () if kind or value else ("the line with the panic is missing",)
    return (section.closed(),), problems


def _is_panic(frame: Frame) -> bool:
    return f"{frame.module}.{frame.function}" in _PANICKING or frame.function.startswith("goPanic")


def _plain(value: str) -> str:
    text = re.sub(r"\s*\[recovered.*$", "", value)
    text = re.sub(r"^(?:\*?[\w./]+)\((.*)\)$", r"\1", text) if text.endswith(")") else text
    return text.removeprefix("runtime error: ").strip().strip('"')


def _logged(value: str) -> str:
    """The error's own words out of a logger's line."""
    if found := _ERROR_FIELD.search(value):
        return found.group(1) or found.group(2)
    pieces = value.split("\t")
    words = [
        piece for piece in pieces[1:] if piece and not piece.startswith("{") and not _CALLER.match(piece)
    ]
    return words[-1].strip() if words else value


def _frame(call: str, place: re.Match[str]) -> Frame:
    folder, _, rest = call.rpartition("/")
    package, _, function = rest.partition(".")
    module = f"{folder}/{package}" if folder else package
    return located(function or call, module if function else "", place.group(1), place.group(2))
