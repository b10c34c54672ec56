"""JavaScript, Java and Go stack traces as text → exceptions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rootcase.core.model.events import ExceptionInfo, Frame

_V8 = re.compile(
    r"^\s*at (?:async )?(?:(?:new )?([^()]{1,300}?) )?\(?([^\s()]{1,500}?):(\d{1,9})(?::(\d{1,9}))?\)?$"
)
_GECKO = re.compile(r"^([^@\s]{0,300})@([^\s]{1,500}?):(\d{1,9}):(\d{1,9})$")
_JAVA = re.compile(r"^\s*at ([\w.$/]{1,300})\.([\w$<>]{1,200})\(([^():]{0,200})(?::(\d{1,9}))?\)")
_JAVA_TYPE = re.compile(
    r"^(?:Exception in thread \"[^\"]{0,200}\" |Caused by: )?((?:[a-z_][\w]*\.)+[A-Z][\w$]*)(?:: ?(.*))?$"
)
_JS_TYPE = re.compile(r"^(?:Uncaught )?([A-Z]\w{0,100}(?:Error|Exception)?)(?:: (.*))?$")
_GO_CALL = re.compile(r"^([\w./\-]{1,300}(?:\.\(\*?\w+\))?[\w.]*)\(.{0,500}\)$")
_GO_FILE = re.compile(r"^\s+(/?[^\s:]{1,500}\.go):(\d{1,9})")


def parse_javascript(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """V8 and Firefox traces; the innermost call is printed first."""
    kind, value, frames = "", "", []
    for line in lines:
        match = _V8.match(line) or _GECKO.match(line)
        if match:
            function, path, number, column = match.groups()
            frames.append(Frame((function or "").strip(), "", path, "", int(number), int(column or 0)))
        elif not frames and (head := _JS_TYPE.match(line.strip())):
            kind, value = head.group(1), head.group(2) or ""
        elif frames and line.strip():
            break
    return (ExceptionInfo(kind, value, frames=tuple(reversed(frames))),) if frames else ()


def parse_java(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """`Caused by` chains; the raised exception is printed first, its causes after it."""
    found: list[tuple[str, str, list[Frame]]] = []
    for line in lines:
        if match := _JAVA.match(line):
            module, function, filename, number = match.groups()
            if found:
                found[-1][2].append(Frame(function, module, filename, "", int(number or 0)))
        elif head := _JAVA_TYPE.match(line.strip()):
            found.append((head.group(1), head.group(2) or "", []))
    return tuple(
        ExceptionInfo(kind, value, mechanism="__cause__", frames=tuple(reversed(frames)))
        for kind, value, frames in reversed(found)
        if frames
    )


def parse_go(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The first goroutine of a panic."""
    value, call, frames = "", "", []
    for line in lines:
        if line.startswith("panic: "):
            value = line[7:].strip()
        elif match := _GO_CALL.match(line):
            call = match.group(1)
        elif (place := _GO_FILE.match(line)) and call:
            package = re.split(r"\.(?=[^/]*$)", call, maxsplit=1)[0].split(".", 1)[0]
            frames.append(Frame(call, package, place.group(1), place.group(1), int(place.group(2))))
            call = ""
        elif frames and not line.strip():
            break
    return (ExceptionInfo("panic", value, frames=tuple(reversed(frames))),) if frames else ()
