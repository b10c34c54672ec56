"""C# and other .NET stack traces as text: inner exceptions, asynchronous calls."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rootcase.core.cluster.open_section import Section, located
from rootcase.core.model.events import ExceptionInfo, Frame

FRAME = re.compile(
    r"(?:^|\s)at ((?:[\w.`<>+|$\[\],@-]{1,400}))\(([^()\n]{0,1000}(?:\([^()\n]{0,200}\)[^()\n]{0,200}){0,3})\)"
    r"(?: in (.{1,500}?):line (\d{1,9}))?\s*$"
)
MARK = re.compile(
    r" in [^\n]{1,500}:line \d|--- End of (?:inner exception )?stack trace|System\.\w[\w.]*Exception"
)
_END_INNER = re.compile(r"--- End of inner exception stack trace ---")
_HEAD = re.compile(
    r"(?:^|[\s\]:>])((?:[A-Za-z_]\w{0,80}\.){0,10}[A-Z]\w{0,100}(?:Exception"
    r"|Error))(?: \(0x[0-9A-Fa-f]+\))?(?:: (.*))?$"
)
_STATE = re.compile(r"^(.*?)[.+]<(\w+)>[dg]__\w+(?:`\d+)?\.MoveNext$")
_LAMBDA = re.compile(r"^(.*?)[.+](?:<>c(?:__DisplayClass\w+)?(?:`\d+)?[.+])?<(\w+)>[bg]__[\w|]+$")


def parse_dotnet(lines: Sequence[str]) -> tuple[tuple[ExceptionInfo, ...], tuple[str, ...]]:
    """Oldest cause first: `--->` opens the inner one, whose frames are printed before the outer's."""
    waiting: list[Section] = []
    done: list[Section] = []
    frames: list[Frame] = []
    for line in lines:
        if "at " in line and (match := FRAME.search(line)):
            if waiting:
                frames.append(_frame(match))
        elif _END_INNER.search(line):
            if waiting:
                inner = waiting.pop()
                inner.frames, frames = frames, []
                done.append(inner)
        elif not frames or "---> " in line:
            heads = [head for part in line.split("---> ") if (head := _headed(part))]
            if heads and ("---> " in line or not waiting):
                waiting.extend(heads)
            elif heads and len(waiting) == 1 and not waiting[0].value:
                waiting = heads
    while waiting:
        inner = waiting.pop()
        inner.frames, frames = frames, []
        done.append(inner)
    if not any(each.frames for each in done):
        return (), ()
    return tuple(each.closed("__cause__" if len(done) > 1 else "") for each in done), ()


def _headed(part: str) -> Section | None:
    match = _HEAD.search(part.strip()[:4000])
    return Section(match.group(1), match.group(2) or "") if match else None


def _frame(match: re.Match[str]) -> Frame:
    call, _, path, line = match.groups()
    if found := _STATE.match(call) or _LAMBDA.match(call):
        module, function = found.groups()
    else:
        module, _, function = call.rpartition(".")
    return located(function, module.replace("+", "."), path or "", line)
