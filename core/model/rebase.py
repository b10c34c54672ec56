"""Hunks onto another commit: a hunk moves with the lines around it, and conflicts where those have changed; pure."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rootcase.core.model.drafts import Hunk
from rootcase.core.model.hunks import CONTEXT_LINES, lines_of


@dataclass(frozen=True, slots=True)
class Conflict:
    """A hunk that cannot be moved. why: a sentence's end, such as `its lines have changed there`."""

    hunk: Hunk
    why: str


def onto(
    hunks: Sequence[Hunk], old: Mapping[str, str | None], new: Mapping[str, str | None]
) -> tuple[tuple[Hunk, ...], tuple[Conflict, ...]]:
    """(hunks where they stand on the new texts, those that do not fit there).

    Args: old, new: path → text at the hunks' base and at the other commit, None where there is no such file.
    A hunk fits where its lines and one line on each side are unchanged, as git's own merge asks.
    """
    moved: list[Hunk] = []
    conflicts: list[Conflict] = []
    for hunk in hunks:
        found = _moved(hunk, old.get(hunk.path), new.get(hunk.path))
        if isinstance(found, Hunk):
            moved.append(found)
        else:
            conflicts.append(Conflict(hunk, found))
    return tuple(moved), tuple(conflicts)


def _moved(hunk: Hunk, old: str | None, new: str | None) -> Hunk | str:
    """The hunk on the new text, or why it does not fit there."""
    if old == new:
        return hunk
    if new is None:
        return "its file is gone there"
    if old is None or hunk.change == "create":
        return "the same change is there already" if new == "".join(hunk.new) else "its file is there already"
    before, after = lines_of(old), lines_of(new)
    first, last = hunk.start - 1, hunk.start - 1 + len(hunk.old)
    for a, b, size in _matching(before, after):
        around = a <= max(0, first - 1) and min(len(before), last + 1) <= a + size
        edges = (first > 0 or b == a) and (last < len(before) or b + size == len(after))
        if around and edges:
            return _at(hunk, after, first + b - a)
    if _is_there(hunk, before, after):
        return "the same change is there already"
    return "its lines, or those beside it, have changed there"


def _matching(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int, int]]:
    """(in before, in after, length) of runs of lines that are the same."""
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    middle = difflib.SequenceMatcher(
        None, before[head : len(before) - tail], after[head : len(after) - tail], autojunk=False
    )
    blocks = [(a + head, b + head, size) for a, b, size in middle.get_matching_blocks() if size]
    ends = [(0, 0, head), (len(before) - tail, len(after) - tail, tail)]
    return sorted([*blocks, *(block for block in ends if block[2])])


def _at(hunk: Hunk, lines: Sequence[str], begin: int) -> Hunk:
    end = begin + len(hunk.old)
    return replace(
        hunk, start=begin + 1,
        before=tuple(lines[max(0, begin - CONTEXT_LINES) : begin]), after=tuple(lines[end : end + CONTEXT_LINES]),
    )  # fmt: skip


def _is_there(hunk: Hunk, before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether the line before it, its new lines and the line after stand together on the new text."""
    first, last = hunk.start - 1, hunk.start - 1 + len(hunk.old)
    wanted = [*before[max(0, first - 1) : first], *hunk.new, *before[last : last + 1]]
    size = len(wanted)
    return bool(hunk.new) and any(list(after[n : n + size]) == wanted for n in range(len(after) - size + 1))
