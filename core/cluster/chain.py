"""Which exceptions of a chain tell of one fault: from the innermost cause to the one that was raised."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rootcase.core.cluster.names import type_name
from rootcase.core.cluster.python_text import GROUPS
from rootcase.core.cluster.trace import IMPLICIT
from rootcase.core.model.events import ExceptionInfo, Frame

Chain = tuple[ExceptionInfo, ...]
MAX_CHAIN = 50
# Only Python and Ruby note by themselves what was being handled; elsewhere whoever raises names the cause.
_NAMED_CAUSES = (".java", ".kt", ".scala", ".groovy", ".cs", ".fs", ".vb", ".go", ".php", ".rs",
                 ".js", ".ts", ".tsx", ".jsx", ".mjs", ".cjs", ".swift")  # fmt: skip
_RAISES = re.compile(r"\braise\b|\braise_from\b|\bthrow\b|\breraise\b")
_FROM = re.compile(r"\braise\b.*\bfrom\b|\braise_from\b|\breraise\b")
# A handler raises by itself, or one function of its own does so for it; what fails below that is other work.
_RAISED_FOR_IT = 1


def fault_chains(exceptions: Sequence[ExceptionInfo]) -> tuple[Chain, ...]:
    """The chains that may hold the fault, each innermost cause first; several only for a group.

    A later exception belongs to an earlier one where it translates it (`raise X from e`, or a `raise`
    in the handler). One that merely broke while the other was handled is a fault of its own.
    """
    items = tuple(exceptions)[-MAX_CHAIN:]
    if not items:
        return ()
    start = _start_of(items, len(items) - 1)
    head = items[start]
    if type_name(head.type) not in GROUPS or start == 0:
        return (items[start:],)
    return _children(items[:start], items[start:])


def _children(before: Chain, outer: Chain) -> tuple[Chain, ...]:
    chains, end = [], len(before) - 1
    while end >= 0:
        start = _start_of(before, end)
        inner = tuple(item for item in before[start : end + 1] if type_name(item.type) not in GROUPS)
        if inner:
            chains.append(inner + outer)
        end = start - 1
    told = [
        chain for chain in chains if type_name(chain[0].type) not in ("CancelledError", "KeyboardInterrupt")
    ]
    return tuple(told or chains) or (outer,)


def _passed(crash: Frame, earlier: ExceptionInfo) -> bool:
    """Whether the later error was raised at the very line that the earlier one came through."""
    return crash.line > 0 and any(
        frame.line == crash.line and frame.function == crash.function and _path(frame) == _path(crash)
        for frame in earlier.frames[:-1]
    )


def _below_handler(later: ExceptionInfo, earlier: ExceptionInfo) -> int:
    """How many calls below the handler of the earlier error the later one was raised, 0 where that is not known.

    In Python an error's frames begin where it was caught. Where both begin at the entry, as in Ruby, nothing says it.
    """
    if not earlier.frames or _same_function(later.frames[0], earlier.frames[0]):
        return 0
    deep = (
        depth
        for depth, frame in enumerate(reversed(later.frames))
        if _same_function(frame, earlier.frames[0])
    )
    return next(deep, 0)


def _same_function(one: Frame, other: Frame) -> bool:
    return one.function == other.function and _path(one) == _path(other)


def _path(frame: Frame) -> str:
    return frame.filename or frame.abs_path


def _start_of(items: Chain, end: int) -> int:
    position = end
    while position > 0 and type_name(items[position].type) not in GROUPS:
        if not translates(items[position], items[position - 1]):
            break
        position -= 1
    return position


def translates(later: ExceptionInfo, earlier: ExceptionInfo) -> bool:
    """Whether `later` is the same fault in other words, told by how and where it was raised."""
    if later.mechanism == "group":
        return False
    if later.mechanism == "__cause__" or not later.frames:
        return True
    crash = later.frames[-1]
    if _path(crash).endswith(_NAMED_CAUSES):
        return True
    if _passed(crash, earlier):
        return True
    if _below_handler(later, earlier) > _RAISED_FOR_IT and not _FROM.search(crash.context_line):
        return False
    if crash.context_line:
        return bool(_RAISES.search(crash.context_line))
    # What the language raises broke while the other was handled; any other kind is raised by code, on purpose,
    # and whoever does so there names it anew.
    return type_name(later.type) not in IMPLICIT
