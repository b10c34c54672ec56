"""PHP stack traces as text: uncaught errors, what loggers print, and Xdebug's table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rootcase.core.cluster.open_section import Section, located
from rootcase.core.model.events import ExceptionInfo, Frame

MARK = re.compile(r"#\d{1,4} [^\n]{1,500}\(\d{1,9}\): |#\d{1,4} \{main\}|PHP +\d+\. |Stack trace:")
_FRAME = re.compile(
    r"(?:^|\s)#(\d{1,4}) (?:(.{1,500}?)\((\d{1,9})\)|\[internal function\])(?:: (.{0,4000}))?$"
)
_MAIN = re.compile(r"#\d{1,4} \{main\}")
_XDEBUG = re.compile(r"(?:^|\s)(?:PHP +)?(\d{1,3})\. ([^\s(]{1,300})\(.{0,1000}\) (\S{1,500}?):(\d{1,9})$")
_THROWN = re.compile(
    r"(?:Uncaught |Next |\(|^|\s)(?:exception ')?((?:[\\A-Za-z_][\w\\]{0,200}?)?(?:Error|Exception"
    r"|Fault)[\w\\]{0,60})'?"
    r"(?:\(code: [^)]{0,40}\))?(?:: | with message ')(.{0,4000}?)'? (?:in|at) (\S{1,500}?)(?::|\()(\d{1,9})\)?"
)
_OPEN = re.compile(
    r"(?:Uncaught |Next |\(|^|\s)((?:[\\A-Za-z_][\w\\]{0,200}?)?(?:Error|Exception"
    r"|Fault))(?:\(code: [^)]{0,40}\))?: (.{0,4000})$"
)
_PLAIN = re.compile(
    r"PHP (?:Fatal|Parse|Recoverable fatal) error: +(.{1,2000}?) in (\S{1,500}) on line (\d{1,9})"
)
_WHERE = re.compile(r"thrown in (\S{1,500}) on line (\d{1,9})")


def parse_php(lines: Sequence[str]) -> tuple[tuple[ExceptionInfo, ...], tuple[str, ...]]:
    """Oldest cause first, as PHP prints them (`Next` begins the one that was raised from it)."""
    sections: list[tuple[Section, str, str]] = []
    calls: list[list[tuple[str, str, str]]] = []
    table: list[Frame] = []
    for line in lines:
        if "#" in line and (match := _FRAME.search(line)):
            if not sections:
                sections.append((Section(), "", ""))
                calls.append([])
            calls[-1].append((match.group(2) or "", match.group(3) or "0", match.group(4) or ""))
        elif match := _THROWN.search(line[:6000]):
            kind, value, path, number = match.groups()
            sections.append((Section(kind, value), path, number))
            calls.append([])
        elif match := _PLAIN.search(line[:6000]):
            if not sections:
                sections.append((Section("Error", match.group(1)), match.group(2), match.group(3)))
                calls.append([])
        elif match := _XDEBUG.search(line):
            table.append(located(match.group(2), "", match.group(3), match.group(4)))
        elif (match := _WHERE.search(line)) and sections and not sections[-1][1]:
            sections[-1] = (sections[-1][0], match.group(1), match.group(2))
        elif (match := _OPEN.search(line[:6000])) and not (calls and calls[-1]):
            sections.append((Section(match.group(1), match.group(2)), "", ""))
            calls.append([])
    found = [_whole(*section, made) for section, made in zip(sections, calls, strict=True)]
    if table and sections and not any(each.frames[1:] for each in found):
        # A row of the table names the call's place, as `#0` does; it runs outermost first.
        head, path, number = sections[-1]
        rows = [(f.filename, str(f.line), f.function) for f in reversed(table) if f.function != "{main}"]
        found = [_whole(Section(head.type, head.value), path, number, rows)]
    kept = [each for each in found if each.frames]
    return tuple(each.closed("__cause__" if len(kept) > 1 else "") for each in kept), ()


def _whole(section: Section, path: str, number: str, calls: Sequence[tuple[str, str, str]]) -> Section:
    """`#0 file(line): f()` says that f was called there: its own place is one step further in."""
    where, line = path, number
    if path and calls and calls[0][:2] == (path, number):
        # What PHP calls where the error is, is the handler that made an exception of it.
        calls = calls[1:]
    for file, at, call in calls:
        name = (call.split("(", 1)[0] if call else "").replace("\\\\", "\\")
        if where:
            section.add(located(name, "", where, line))
        elif name:
            owner, _, function = name.replace("::", "->").rpartition("->")
            section.add(Frame(function or name, owner))
        where, line = file, at
    if where:
        section.add(located("<main>", "", where, line))
    return section
