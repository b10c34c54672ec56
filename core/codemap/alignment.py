"""Which new line an old one became inside one hunk, where git only says: these out, those in.

The lines of both sides are paired in order so that what they share is the most (Needleman and Wunsch's
alignment with similarity of words as score). Equal lines without a word of their own, such as `)`, pair
only beside another pair: on their own they prove nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

ALIKE = 0.5
# Around the line in question; a hunk of more is a rewrite.
WINDOW = 120
_WORD = re.compile(r"[A-Za-z_]\w*|\d+|[^\s\w]")
_LETTERS = re.compile(r"\w")


def counterpart(old: Sequence[str], new: Sequence[str], at: int) -> tuple[int, bool]:
    """The position in `new` of what `old[at]` became, and whether it reads the same but for white space.

    (-1, False) where it was taken out.
    """
    if not new:
        return -1, False
    first, start = max(0, at - WINDOW), max(0, at - WINDOW) if len(new) > 2 * WINDOW else 0
    left = [_Line(text) for text in old[first : at + WINDOW + 1]]
    right = [_Line(text) for text in new[start : start + 3 * WINDOW]]
    pairs = _pairs(left, right)
    here = at - first
    if here in pairs:
        there = pairs[here]
        same = left[here].text == right[there].text
        if not same or _proves(left[here], left, right) or _beside(pairs, left, right, here):
            return start + there, same
    return _only_equal(left[here], right, start)


_TELLING = 0.6
# Lines that every function has; where one goes out and one comes in, nothing says that it is the same.
_COMMON = frozenset(
    (
        "else:",
        "try:",
        "finally:",
        "pass",
        "break",
        "continue",
        "return",
        "end",
        "else",
        "do",
        "then",
        "}else{",
        "do{",
    )
)


class _Line:
    """A line's words. weight: how much it tells, 0.1 for a bracket, 1 for a line with ten letters or more."""

    __slots__ = ("size", "text", "weight", "words")

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self.words = Counter(_WORD.findall(self.text[:400]))
        self.size = sum(self.words.values())
        self.weight = min(1.0, 0.1 + len(_LETTERS.findall(self.text[:40])) / 10) if self.text else 0.02

    def like(self, other: _Line) -> float:
        """1 for the same text, else the share of common words, 0 where that is too low to be the same line."""
        if self.text == other.text:
            return 1.0
        if not self.size or not other.size:
            return 0.0
        if min(self.size, other.size) * 2 / (self.size + other.size) < ALIKE:
            return 0.0
        common = sum(
            min(count, other.words[word]) for word, count in self.words.items() if word in other.words
        )
        share = 2 * common / (self.size + other.size)
        named = any(word[:1].isalnum() and word in other.words for word in self.words)
        return share * 0.95 if share >= ALIKE and named else 0.0


def _pairs(left: Sequence[_Line], right: Sequence[_Line]) -> dict[int, int]:
    """The best pairing in order: position in left → position in right."""
    rows, columns = len(left), len(right)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        row, below, line = best[i], best[i + 1], left[i]
        for j in range(columns - 1, -1, -1):
            score = line.like(right[j])
            paired = below[j + 1] + score * min(line.weight, right[j].weight) if score else 0.0
            row[j] = max(paired, below[j], row[j + 1])
    out: dict[int, int] = {}
    i = j = 0
    while i < rows and j < columns:
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            out[i] = j
            i, j = i + 1, j + 1
    return out


def _proves(line: _Line, left: Sequence[_Line], right: Sequence[_Line]) -> bool:
    """Whether an equal text is proof enough: it tells something, or it has a word and stands once on each side."""
    if line.weight >= _TELLING:
        return True
    if line.weight < 0.2 or line.text.replace(" ", "") in _COMMON:
        return False
    return all(sum(other.text == line.text for other in side) == 1 for side in (left, right))


def _beside(pairs: dict[int, int], left: Sequence[_Line], right: Sequence[_Line], at: int) -> bool:
    """Whether a neighbouring line that tells something is paired beside the pair, and reads the same."""
    for step in (-1, 1):
        near, there = at + step, pairs[at] + step
        if (
            pairs.get(near, -1) == there
            and left[near].text == right[there].text
            and left[near].weight >= _TELLING
        ):
            return True
    return False


def _only_equal(line: _Line, right: Sequence[_Line], start: int) -> tuple[int, bool]:
    """A telling line that stands exactly once on the other side, though out of order."""
    same = [position for position, other in enumerate(right) if other.text == line.text]
    if len(same) == 1 and line.weight >= _TELLING:
        return start + same[0], True
    return -1, False
