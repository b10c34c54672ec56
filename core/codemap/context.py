"""An event's source lines against a file: the same at the told line, elsewhere in it, or not there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rootcase.core.model.code import MapVerdict
from rootcase.core.model.events import Frame

# What a source or our own redaction puts where text was taken out.
_HIDDEN = re.compile(r"\[redacted[^\]]*\]|\{snip\}|\[Filtered\]|…")
_SPACE = re.compile(r"\s+")
_VOTES = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """line: where the frame's line is in the file, corrected where the source lines say so."""

    verdict: MapVerdict
    why: str
    line: int


def compared(frame: Frame, lines: Sequence[str], is_inside: Callable[[int], bool]) -> Compared:
    """Compare source lines whatever their white space; redacted and cut pieces are left out.

    Args: is_inside: whether a line is in the function that the frame names, to choose between equal lines.
    """
    wanted = frame.context_line
    if not wanted.strip():
        return Compared("guessed", "the event brought no source lines", frame.line)
    around = [(n, text) for n, text in frame.context if n != frame.line and text.strip()]
    if 0 < frame.line <= len(lines) and fits(wanted, lines[frame.line - 1]):
        same = sum(0 < n <= len(lines) and fits(text, lines[n - 1]) for n, text in around)
        if same * 2 >= len(around):
            return Compared("confirmed", f"source line {frame.line} is the same", frame.line)
    alike = [n for n, text in enumerate(lines, 1) if fits(wanted, text)]
    if not alike:
        return _by_neighbours(frame, lines, around)
    return _elsewhere(frame, lines, around, alike, is_inside)


def _elsewhere(
    frame: Frame,
    lines: Sequence[str],
    around: Sequence[tuple[int, str]],
    alike: Sequence[int],
    is_inside: Callable[[int], bool],
) -> Compared:
    """The line stands in the file; where, its neighbours and its function tell."""
    shared = {n: _shared(lines, around, n - frame.line) for n in alike[:200]}
    most = max(shared.values())
    best = [n for n, count in shared.items() if count == most]
    if len(best) > 1:
        best = [n for n in best if is_inside(n)] or best
    if best == [frame.line]:
        return Compared("probable", f"line {frame.line} is the same, the lines around it are not", frame.line)
    if len(best) == 1:
        what = "the line stands" if most < _VOTES else f"the line and {most} around it stand"
        return Compared("probable", f"{what} at {best[0]}, the trace says {frame.line}", best[0])
    nearest = min(best, key=lambda n: abs(n - frame.line))
    if nearest == frame.line:
        return Compared("probable", f"line {frame.line} is the same, the lines around it are not", frame.line)
    return Compared("guessed", f"the line stands {len(best)} times, none at {frame.line}", nearest)


def _by_neighbours(frame: Frame, lines: Sequence[str], around: Sequence[tuple[int, str]]) -> Compared:
    """The line itself is not in the file; three lines around it at one distance still tell where it was."""
    places: dict[str, list[int]] = {}
    for number, text in enumerate(lines, 1):
        places.setdefault(_plain(text), []).append(number)
    votes: Counter[int] = Counter()
    for number, text in around:
        found = places.get(_plain(text), [])
        if len(found) <= 3 and len(_plain(text)) > 6:
            votes.update(there - number for there in found)
    if votes:
        shift, count = votes.most_common(1)[0]
        line = frame.line + shift
        if count >= _VOTES and 0 < line <= len(lines):
            why = f"{count} lines around it stand at {line}, the line itself reads otherwise"
            return Compared("guessed", why, line)
    return Compared("guessed", f"line {frame.line} reads otherwise", frame.line)


def _shared(lines: Sequence[str], around: Sequence[tuple[int, str]], shift: int) -> int:
    return sum(0 < n + shift <= len(lines) and fits(text, lines[n + shift - 1]) for n, text in around)


def fits(told: str, text: str) -> bool:
    """Whether a told line can be a file's: equal but for white space and for what was hidden in it."""
    pieces = [_plain(piece) for piece in _HIDDEN.split(told)]
    plain = _plain(text)
    if len(pieces) == 1:
        return pieces[0] == plain
    position = 0
    for piece in pieces:
        position = plain.find(piece, position)
        if position < 0:
            return False
        position += len(piece)
    return any(pieces)


def _plain(text: str) -> str:
    return _SPACE.sub("", text)
