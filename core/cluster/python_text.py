"""Python tracebacks as text → exceptions: chained, grouped, syntax errors, prefixed by a logger, cut short."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rootcase.core.model.events import ExceptionInfo, Frame

HEADER = "Traceback (most recent call last):"
CAUSE = "The above exception was the direct cause of the following exception:"
CONTEXT = "During handling of the above exception, another exception occurred:"
GROUPS = frozenset({"ExceptionGroup", "BaseExceptionGroup"})
MESSAGE_LINES = 50
REPEATS_KEPT = 3

_FILE = re.compile(r'^\s*File "([^"]*)", line (\d{1,9})(?:, in (.*))?$')
_RAISED = re.compile(r"^([A-Za-z_][\w.]*(?:<locals>[\w.]*)?)(?:: ?(.*))?$")
_MARGIN = re.compile(r"^ *[|+](?: |$)")
_GROUP_MARGIN = re.compile(r" *(?:[|+] )?(?:Exception Group )?$")
_SEPARATOR = re.compile(r"^ *\+?-?\+-{3,}(?: (\d+|\.\.\.) -{3,})?$")
_REPEATED = re.compile(r"^\s*\[Previous line repeated (\d+) more times?\]$")
_NEW_RECORD = re.compile(r"^\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d|^(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\b")
_CARETS = re.compile(r"^\s*[~^]+[~^ ]*$")


@dataclass(slots=True)
class _Open:
    """An exception while it is being read."""

    link: str = ""
    depth: int = 0
    frames: list[Frame] = field(default_factory=list)
    type: str = ""
    message: list[str] = field(default_factory=list)

    def closed(self) -> ExceptionInfo:
        text = "\n".join(self.message).rstrip()
        return ExceptionInfo(self.type, text, mechanism=self.link, frames=tuple(self.frames))


@dataclass(slots=True)
class _Reader:
    """Reads line by line; each line is looked at once."""

    done: list[list[_Open]] = field(default_factory=lambda: [[]])
    now: _Open | None = None
    link: str = ""
    depth: int = 0
    in_message: bool = False

    def line(self, line: str) -> None:
        bare = line.strip()
        if bare.endswith(HEADER):
            self._begin()
        elif bare in (CAUSE, CONTEXT):
            self._end()
            self.link = "__cause__" if bare == CAUSE else "__context__"
        elif match := _FILE.match(line):
            self._frame(match)
        elif self.now is None:
            return
        elif self.in_message:
            self._message(line)
        elif match := _REPEATED.match(line):
            self.now.frames.extend(self.now.frames[-1:] * min(REPEATS_KEPT, int(match.group(1)[:6])))
        elif line[:1].isspace():
            self._source(line)
        elif match := _RAISED.match(bare):
            self.now.type = match.group(1)
            self.now.message = [match.group(2) or ""]
            self.in_message = True

    def separator(self) -> None:
        self._end()
        self.link = "group"

    def finish(self) -> list[list[_Open]]:
        self._end()
        return [chain for chain in self.done if chain]

    def _begin(self) -> None:
        self._end()
        if not self.link and self.done[-1]:
            self.done.append([])
        self.now = _Open(self.link, self.depth)
        self.link = ""

    def _end(self) -> None:
        if self.now is not None and (self.now.frames or self.now.type):
            self.done[-1].append(self.now)
        self.now, self.in_message = None, False

    def _frame(self, match: re.Match[str]) -> None:
        if self.now is None or self.in_message:
            self._begin()
        assert self.now is not None
        path, line, function = match.group(1).replace("\\", "/"), int(match.group(2)), match.group(3)
        rooted = path.startswith("/") or path[1:2] == ":"
        self.now.frames.append(
            Frame(function or "<module>", filename=path, abs_path=path if rooted else "", line=line)
        )

    def _source(self, line: str) -> None:
        frames = self.now.frames if self.now else []
        if frames and not frames[-1].context and not _CARETS.match(line):
            frames[-1] = replace(frames[-1], context=((frames[-1].line, line.strip()),))

    def _message(self, line: str) -> None:
        assert self.now is not None
        if _NEW_RECORD.match(line) or len(self.now.message) >= MESSAGE_LINES:
            self._end()
        else:
            self.now.message.append(line)


def parse_python(lines: Sequence[str]) -> tuple[tuple[ExceptionInfo, ...], tuple[str, ...]]:
    """The last stack trace in the lines, oldest cause first, and what could not be read of it."""
    reader = _Reader()
    prefix = ""
    for raw in lines:
        at = raw.find(HEADER)
        if at > 0:
            # The margin of a group is no log prefix: its depth tells children from parents.
            prefix = _GROUP_MARGIN.sub("", raw[:at])
        line = _without(prefix, raw) if prefix else raw
        separator = _SEPARATOR.match(line) if "---" in line else None
        if separator:
            reader.separator()
            continue
        margin = _MARGIN.match(line)
        reader.depth = margin.end() if margin else 0
        reader.line(line[margin.end() :] if margin else line)
    chains = reader.finish()
    if not chains:
        return (), ()
    return _ordered(chains[-1]), _problems(chains)


def _without(prefix: str, line: str) -> str:
    """A log prefix off a line: the same text, or the same shape where it is a clock."""
    if line.startswith(prefix):
        return line[len(prefix) :]
    head = line[: len(prefix)]
    if len(head) == len(prefix) and re.sub(r"\d", "0", head) == re.sub(r"\d", "0", prefix):
        return line[len(prefix) :]
    return line


def _ordered(chain: list[_Open]) -> tuple[ExceptionInfo, ...]:
    """Children of a group come before it, as in a Sentry event; in text they come after, deeper indented."""
    out: list[_Open] = []
    groups: list[_Open] = []
    for item in chain:
        while groups and item.depth <= groups[-1].depth:
            out.append(groups.pop())
        (groups if item.type.rsplit(".", 1)[-1] in GROUPS else out).append(item)
    return tuple(item.closed() for item in [*out, *reversed(groups)])


def _problems(chains: list[list[_Open]]) -> tuple[str, ...]:
    found = []
    if len(chains) > 1:
        found.append(f"{len(chains)} stack traces in one text; the last one was read")
    if not chains[-1][-1].type:
        found.append("the line with the exception is missing")
    return tuple(found)
