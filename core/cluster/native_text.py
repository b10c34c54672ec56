"""Native stack traces as text: gdb, sanitizers, minidump walkers, Apple's crash reports."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rootcase.core.cluster.open_section import Section, located
from rootcase.core.model.events import ExceptionInfo, Frame

MARK = re.compile(
    r"^\s*#\d{1,4} +(?:0x[0-9a-f]{4,16} )?(?:in )?\S|^\s*\d{1,3} +\S{1,200}(?:!| +0x[0-9a-f]{6,16} )|AddressSanitizer",
    re.MULTILINE,
)
_GDB = re.compile(
    r"(?:^|\s)#(\d{1,4}) +(?:0x[0-9a-fA-F]{4,16} )?(?:in )?([^\s(].{0,400}?)(?: ?\(.{0,1000}\))?"
    r"(?:(?: at | )([^\s()]{1,400}?\.\w{1,4}):(\d{1,9})(?::(\d{1,9}))?| from (\S{1,400})"
    r"| \(([^\s()]{1,400}\+0x[0-9a-f]+)\))?$"
)
_WALKED = re.compile(
    r"^\s*(\d{1,4})  ?([\w.+-]{1,200})!(.{1,400}?)(?: \[(\S{1,400}) : (\d{1,9}) \+ 0x[0-9a-f]+\])?$"
)
_APPLE = re.compile(
    r"^(\d{1,3}) +(\S{1,200}) +0x[0-9a-f]{6,16} (.{1,400}?)(?: \+ \d+)?(?: \((\S{1,200}):(\d{1,9})\))?$"
)
_SANITIZER = re.compile(r"ERROR: (\w+Sanitizer): ([\w-]+)")
_SIGNAL = re.compile(r"\b(SIG(?:SEGV|ABRT|BUS|FPE|ILL|TRAP|SYS))\b|(Segmentation fault|EXC_\w+)")
_ASSERT = re.compile(r"Assertion [`'](.{1,300}?)' failed")


def parse_native(lines: Sequence[str]) -> tuple[tuple[ExceptionInfo, ...], tuple[str, ...]]:
    """The first thread's calls; the signal or the sanitizer's word is the type."""
    section = Section()
    last = -1
    for line in lines:
        if found := _SANITIZER.search(line):
            if not section.type:
                section.type, section.value = found.group(1), found.group(2)
        elif found := _ASSERT.search(line):
            section.type, section.value = section.type or "SIGABRT", f"Assertion {found.group(1)}"
        elif not section.type and not section.frames and (found := _SIGNAL.search(line)):
            section.type = {"Segmentation fault": "SIGSEGV"}.get(found.group(0), found.group(0))
        read = _read(line)
        if read is not None:
            number, frame = read
            if number <= last:
                break
            last = number
            section.add(frame)
    section.type = section.type or "crash"
    return ((section.closed(),) if section.frames else ()), ()


def _read(line: str) -> tuple[int, Frame] | None:
    if match := _WALKED.match(line):
        number, module, function, path, at = match.groups()
        return int(number), located(_bare(function), module if not path else "", path or "", at)
    if "#" in line and (match := _GDB.search(line)):
        path, library = match.group(3) or "", match.group(6) or match.group(7) or ""
        return int(match.group(1)), located(_bare(match.group(2)), "", path or library, match.group(4))
    if match := _APPLE.match(line):
        number, module, function, path, at = match.groups()
        return int(number), located(_bare(function), module if not path else "", path or "", at)
    return None


def _bare(function: str) -> str:
    return function.split("(", 1)[0].strip()
