"""A hunk as diff rows: numbers on both sides, signs, code colours and the words that changed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rootcase.core.model.drafts import Hunk, HunkState
from rootcase.tui.render.code import Highlighter
from rootcase.tui.render.layout import cells, cut_segs, one_line
from rootcase.tui.render.line import Line, Seg

Sign = Literal[" ", "-", "+"]
Span = tuple[int, int]
WORD = re.compile(r"\w+|\s+|[^\w\s]")
# Below this likeness two lines are different lines, and marking single words in them only confuses.
ALIKE = 0.4
SHOWN_CONTEXT = 2


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One row. old, new: line numbers, 0 where the row is not on that side.

    index: into the hunk's new lines, -1 where the row has none. changed: spans of the text that differ.
    """

    sign: Sign
    text: str
    old: int = 0
    new: int = 0
    index: int = -1
    changed: tuple[Span, ...] = ()


def shift_of(states: Sequence[HunkState], hunk: Hunk) -> int:
    """By how many lines the accepted hunks before this one move its new lines."""
    return sum(
        len(s.hunk.new) - len(s.hunk.old)
        for s in states
        if s.decision == "accepted" and s.hunk.path == hunk.path and s.hunk.start < hunk.start
    )


def diff_rows(hunk: Hunk, shift: int = 0, *, context: int = SHOWN_CONTEXT) -> tuple[DiffRow, ...]:
    """Context before, the changed lines in their order, context after."""
    before = hunk.before[max(0, len(hunk.before) - context) :]
    rows: list[DiffRow] = []
    at = hunk.start - len(before)
    for number, text in enumerate(before, at):
        rows.append(DiffRow(" ", shown(text), number, number + shift))
    old, new = [shown(t) for t in hunk.old], [shown(t) for t in hunk.new]
    matcher = difflib.SequenceMatcher(None, hunk.old, hunk.new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            rows.extend(
                DiffRow(" ", new[c + i], hunk.start + a + i, hunk.start + shift + c + i, c + i)
                for i in range(b - a)
            )
            continue
        rows.extend(_changed(old[a:b], new[c:d], hunk.start + a, hunk.start + shift + c, c))
    for i, text in enumerate(hunk.after[:context]):
        rows.append(DiffRow(" ", shown(text), hunk.start + len(old) + i, hunk.start + shift + len(new) + i))
    return tuple(rows)


def shown(text: str) -> str:
    """A line as it is drawn: no line end, tabs as spaces, nothing hidden."""
    return one_line(text.rstrip("\r\n").expandtabs(4))


def _changed(old: Sequence[str], new: Sequence[str], old_at: int, new_at: int, index: int) -> list[DiffRow]:
    spans = [changed_words(a, b) for a, b in zip(old, new, strict=False)]
    spans.extend([((), ())] * abs(len(old) - len(new)))
    removed = [DiffRow("-", text, old_at + i, 0, -1, spans[i][0]) for i, text in enumerate(old)]
    added = [DiffRow("+", text, 0, new_at + i, index + i, spans[i][1]) for i, text in enumerate(new)]
    return [*removed, *added]


def changed_words(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The spans that differ on each side; none where the lines have too little in common."""
    a, b = WORD.findall(old), WORD.findall(new)
    if len(a) > 400 or len(b) > 400:
        return (), ()
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < ALIKE:
        return (), ()
    left: list[Span] = []
    right: list[Span] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            left.extend(_span(a, i, j))
            right.extend(_span(b, k, m))
    return tuple(left), tuple(right)


def _span(words: Sequence[str], start: int, end: int) -> list[Span]:
    if start == end:
        return []
    begin = sum(map(len, words[:start]))
    return [(begin, begin + sum(map(len, words[start:end])))]


def painted(segs: Sequence[Seg], spans: Sequence[Span], surface: str) -> tuple[Seg, ...]:
    """The segments with `surface` behind the characters inside the spans."""
    if not spans:
        return tuple(segs)
    out: list[Seg] = []
    at = 0
    for part in segs:
        edges = sorted({0, len(part.text), *(min(max(e - at, 0), len(part.text)) for s in spans for e in s)})
        for begin, end in pairwise(edges):
            inside = any(s <= at + begin < e for s, e in spans)
            out.append(Seg(part.text[begin:end], f"{part.style} on {surface}" if inside else part.style))
        at += len(part.text)
    return tuple(out)


class HunkPainter:
    """Draws the rows of one hunk at a width; keeps the tokenizer of each side."""

    def __init__(self, hunk: Hunk, *, rejected: bool = False) -> None:
        self._rejected = rejected
        self._path = hunk.path
        self._old = _side((*hunk.before, *hunk.old, *hunk.after), hunk.path)
        self._new = _side((*hunk.before, *hunk.new, *hunk.after), hunk.path)

    def line(self, row: DiffRow, width: int, id: str = "", *, numbers: int = 4) -> Line:
        """`  86  86      text`: two number columns, the sign, the code."""
        gutter = f"{row.old or '':>{numbers}}{row.new or '':>{numbers}} "
        room = width - len(gutter) - 2
        if self._rejected:
            return self._struck(row, gutter, room, id)
        sign = {"-": "bad bold", "+": "good bold", " ": "faint"}[row.sign]
        surface = {"-": "del", "+": "add", " ": ""}[row.sign]
        segs = painted(self._code(row), row.changed, f"{surface}-word")
        return Line(
            (Seg(gutter, "faint"), Seg(f"{row.sign} ", sign), *cut_segs(segs, room)), surface=surface, id=id
        )

    def _struck(self, row: DiffRow, gutter: str, room: int, id: str) -> Line:
        body = row.text.lstrip(" ")
        indent = Seg(" " * (len(row.text) - len(body)), "faint")
        text = Seg(body, "faint strike" if row.sign == "+" else "faint")
        return Line(
            (Seg(gutter, "faint"), Seg(f"{row.sign} ", "faint"), *cut_segs((indent, text), room)), id=id
        )

    def _code(self, row: DiffRow) -> tuple[Seg, ...]:
        side = self._old if row.sign == "-" else self._new
        return side.get(row.text) or (Seg(row.text),)


def _side(lines: Sequence[str], path: str) -> dict[str, tuple[Seg, ...]]:
    texts = [shown(line) for line in lines]
    painter = Highlighter(texts, path)
    return {text: painter.line(index) for index, text in enumerate(texts) if text}


def side_by_side(rows: Sequence[DiffRow]) -> tuple[tuple[DiffRow | None, DiffRow | None], ...]:
    """Rows in pairs for two columns: old left, new right."""
    out: list[tuple[DiffRow | None, DiffRow | None]] = []
    removed: list[DiffRow] = []
    added: list[DiffRow] = []

    def flush() -> None:
        for i in range(max(len(removed), len(added))):
            out.append((removed[i] if i < len(removed) else None, added[i] if i < len(added) else None))
        removed.clear()
        added.clear()

    for row in rows:
        if row.sign == " ":
            flush()
            out.append((row, row))
        elif row.sign == "-":
            if added:
                flush()
            removed.append(row)
        else:
            added.append(row)
    flush()
    return tuple(out)


def number_width(states: Sequence[HunkState]) -> int:
    """Cells of a line number column over all hunks, with its gap."""
    largest = max((s.hunk.start + max(len(s.hunk.old), len(s.hunk.new)) + 3 for s in states), default=0)
    return max(4, len(str(largest)) + 1)


def fill(segs: Sequence[Seg], width: int) -> tuple[Seg, ...]:
    """The segments in exactly `width` cells, the rest in the style of the last surface."""
    kept = cut_segs(segs, width)
    missing = width - cells(kept)
    return (*kept, Seg(" " * missing)) if missing > 0 else kept
