"""Ruby backtraces as text: the interpreter's two forms, and what loggers and Rails print."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rootcase.core.cluster.open_section import Section, located
from rootcase.core.model.events import ExceptionInfo, Frame

FRAME = re.compile(
    r"(?:^|[\s\[\"])((?:[A-Za-z]:)?[^\s:\"`]{1,500}):(\d{1,9}):in [`']([^'\n]{1,200})'(?:: (.*))?"
)
_RAISED = re.compile(r"^(.*) \(([A-Z][\w:]{0,200})\)$")
_LOGGED = re.compile(r"(?:^|[\s\]])([A-Z]\w*(?:::\w+){0,8})(?: \((.{0,2000})\)|: (.{0,2000}))(?::)?$")
_BARE = re.compile(r"^([A-Z]\w*(?:::\w+){0,8}(?:Error|Exception|NotFound|Invalid|Timeout|Refused)?)$")
_LOGGER = re.compile(r"^[A-Z], \[[^\]]{1,80}\] +[A-Z]{1,10} -- [^:]{0,80}: ")
_NUMBERED = re.compile(r"^\s*\d+: from ")


def parse_ruby(lines: Sequence[str]) -> tuple[tuple[ExceptionInfo, ...], tuple[str, ...]]:
    """Oldest cause first; the innermost call is printed first, except in numbered traces."""
    sections: list[Section] = []
    now: Section | None = None
    numbered = False
    for line in lines:
        if ":in " in line and (match := FRAME.search(line)):
            path, number, function, rest = match.groups()
            raised = _RAISED.match(rest.strip()) if rest else None
            if raised:
                value, kind = raised.groups()
                # In a numbered trace the frames stand before the line that names the error.
                if now is not None and numbered and not now.type:
                    now.type, now.value = kind, value
                    now.frames.reverse()
                else:
                    now = Section(kind, value)
                    sections.append(now)
                now.frames.insert(0, located(function, "", path, number))
                continue
            numbered = numbered or bool(_NUMBERED.match(line))
            if now is None:
                now = Section()
                sections.append(now)
            now.add(located(function, "", path, number))
        elif now is not None and not now.type and now.frames:
            continue
        elif head := _headed(line.strip()):
            if now is not None and not now.frames:
                sections.pop()
            now = head
            sections.append(now)
    kept = [each for each in sections if each.frames]
    for each in kept:
        each.frames = _without_builtins(each.frames)
    return tuple(each.closed("__cause__" if len(kept) > 1 else "") for each in reversed(kept)), ()


def _without_builtins(frames: list[Frame]) -> list[Frame]:
    """A method written in C stands at the place of its caller; the caller is what people wrote."""
    places = [(frame.filename, frame.line) for frame in frames] + [("", 0)]
    return [frame for at, frame in enumerate(frames) if places[at] != places[at + 1]]


def _headed(bare: str) -> Section | None:
    bare = _LOGGER.sub("", bare[:4000], count=1)
    if (match := _RAISED.match(bare)) and not bare.startswith("#"):
        return Section(match.group(2), match.group(1))
    if match := _LOGGED.search(bare[:4000]):
        return Section(match.group(1), match.group(2) or match.group(3) or "")
    if bare.startswith("Caused by:"):
        return _headed(bare[10:].strip())
    match = _BARE.match(bare)
    return Section(match.group(1)) if match else None
