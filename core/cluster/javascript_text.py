"""JavaScript and TypeScript stack traces as text: V8, Firefox, Safari, with causes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.cluster.open_section import Section, located, unread
from rootcase.core.model.events import ExceptionInfo, Frame

V8 = re.compile(
    r"(?:^|\s)at (?:async )?(?:(?P<function>[^()\n]{1,300}?) )?"
    r"\(?(?P<path>(?:[A-Za-z][A-Za-z+-]{1,30}:/{0,3})?[^\s():]{1,600}):(?P<line>\d{1,9})(?::(?P<colum"
    r"n>\d{1,9}))?\)?,?(?: \{)?$"
)
_V8_NATIVE = re.compile(
    r"(?:^|\s)at (?:async )?([^()\n]{1,200}?) \((?:<anonymous>|native|index \d+|node:[\w/:]+)\)$|(?:^"
    r"|\s)at <anonymous>$"
)
_V8_EVAL = re.compile(r"(?:^|\s)at ([^()\n]{1,200}?) \(eval at ([\w.$<>]{1,200})[^\n]{0,600}\)$")
GECKO = re.compile(
    r"^\s*(?P<function>[^@\s]{0,300})@(?P<path>[^\s@]{1,600}?)(?: line \d+ > \w+)?:(?P<line>\d{1,9}):"
    r"(?P<column>\d{1,9})$"
)
_GECKO_NATIVE = re.compile(r"^\s*[^@\s]{0,300}@\[native code\]$")
_HEAD = re.compile(
    r"^(?P<before>[^\n]{0,300}?)(?P<kind>(?:[A-Z][\w$]{0,100}\.)?[A-Z][\w$]{0,100}?(?:Error|Exception|Rejection|Warning|Timeout|Fault)|Error)"
    r"(?: \[[^\]]{1,80}\])?(?:: (?P<value>[^\n]*))?$"
)
_CUSTOM = re.compile(r"^(?:Uncaught |Unhandled )?(?P<kind>[A-Z][\w$]{0,100}): (?P<value>[^\n]*)$")
_CAUSE = re.compile(r"(?:\[cause\]|cause|Caused by): (?P<rest>[A-Za-z][^\n]*)$")
_SOURCE = re.compile(r"^(?P<path>[^\s:]{1,400}\.[cm]?[jt]sx?):(?P<line>\d{1,9})$")
_AS = re.compile(r" \[as [^\]]{1,100}\]")
_LOOKS = re.compile(r"^\s+at \S")


def parse_javascript(lines: Sequence[str]) -> tuple[tuple[ExceptionInfo, ...], tuple[str, ...]]:
    """The innermost call is printed first; causes follow the exception they led to."""
    sections: list[Section] = []
    now: Section | None = None
    source: tuple[str, int, str] | None = None
    bad: list[int] = []
    for number, line in enumerate(lines, 1):
        frame = _frame(line)
        if frame is not None:
            if now is None:
                now = Section()
                sections.append(now)
            if frame.function or frame.line:
                now.add(frame)
        elif _LOOKS.match(line) and not _is_native(line):
            bad.append(number)
        elif _is_native(line):
            continue
        elif (match := _CAUSE.search(line)) and (head := _headed(match["rest"])):
            head.mechanism = "__cause__"
            now = head
            sections.append(now)
        elif now is None and (place := _SOURCE.match(line.strip())):
            source = (place["path"], int(place["line"]), lines[number] if number < len(lines) else "")
        elif now is None or not now.frames or (sections[-1].frames and not line[:1].isspace()):
            head = _headed(line)
            if head is None:
                if now is not None and not now.frames and line.strip() and len(now.value) < 2000:
                    now.value += "\n" + line.strip()
            elif now is None or now.frames:
                if now is not None and len(sections) > 1:
                    continue
                sections, now = [head], head
            elif not now.value:
                sections[-1] = now = head
    kept = [each for each in sections if each.frames or each.mechanism]
    if not any(each.frames for each in kept):
        return (), ()
    if source and kept:
        _with_source(kept[0], source)
    return tuple(each.closed("__cause__" if len(kept) > 1 else "") for each in reversed(kept)), unread(bad)


def _is_native(line: str) -> bool:
    return bool(_V8_NATIVE.search(line) or _GECKO_NATIVE.match(line))


def _frame(line: str) -> Frame | None:
    if "at " in line:
        if _V8_NATIVE.search(line):
            return None
        if found := _V8_EVAL.search(line):
            return Frame(_named(found.group(2)), "", "<eval>", "")
        match = V8.search(line)
        if match:
            return located(_named(match["function"] or ""), "", match["path"], match["line"], match["column"])
    if "@" in line and (match := GECKO.match(line)):
        return located(_named(match["function"]), "", match["path"], match["line"], match["column"])
    return None


def _named(function: str) -> str:
    name = _AS.sub("", function).strip().removeprefix("new ").removeprefix("async*").removeprefix("async ")
    return name.strip()


def _headed(line: str) -> Section | None:
    bare = line.strip().rstrip("{").strip()[:4000]
    match = _HEAD.match(bare)
    if match and (match["value"] is not None or not match["before"].strip()):
        return Section(match["kind"], match["value"] or "")
    custom = _CUSTOM.match(bare)
    return Section(custom["kind"], custom["value"]) if custom else None


def _with_source(section: Section, source: tuple[str, int, str]) -> None:
    """Node prints the failing line of an uncaught error above it."""
    path, line, text = source
    for position, frame in enumerate(section.frames):
        if frame.filename == path and frame.line == line and text.strip():
            section.frames[position] = replace(frame, context=((line, text.strip()),))
            return
