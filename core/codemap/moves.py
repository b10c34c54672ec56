"""Lines that were moved, within their file or to another one, where a diff shows a deletion and an insertion."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from rootcase.core.codemap.lines import Change, HeadLine
from rootcase.core.model.ports import Repository

NEIGHBOURS = 4
HITS = 60
# A shorter line stands in too many places to tell where it came from.
TELLING_LETTERS = 8
Place = TypeVar("Place")


def moved_inside(lines: Sequence[str], line: int, changes: Sequence[Change], path: str) -> HeadLine | None:
    """The place in the same file that a cut and pasted line went to.

    Args: lines: the old file's. changes: of the file; only what they put in can be the place.
    """
    before = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    if not _tells(before):
        return None
    places = []
    for change in changes:
        for offset, text in enumerate(change.new):
            if text.strip() == before:
                places.append((_alike(lines, line - 1, change.new, offset), change.to + offset))
    if len(places) == 1 and sum(text.strip() == before for text in lines) == 1:
        return HeadLine("moved", path, places[0][1])
    best = _single_best(places)
    return HeadLine("moved", path, best) if best else None


async def moved_elsewhere(
    repository: Repository, old: str, new: str, path: str, lines: Sequence[str], line: int
) -> HeadLine | None:
    """The place in another file that a line went to with the lines around it, as when a file was split.

    A file that held the line before already is no such place.
    """
    before = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    if not _tells(before):
        return None
    hits = [hit for hit in await repository.grep(new, before[:300], limit=HITS) if hit.path != path]
    if not hits or len(hits) >= HITS:
        return None
    known = {hit.path for hit in await repository.grep(old, before[:300], limit=HITS)}
    places = []
    for hit in hits:
        if hit.path in known or hit.text.strip() != before[:380]:
            continue
        text = await repository.read(new, hit.path) or ""
        places.append((_alike(lines, line - 1, text.split("\n"), hit.line - 1), (hit.path, hit.line)))
    best = _single_best(places)
    return HeadLine("moved", *best) if best else None


def _single_best(places: Sequence[tuple[int, Place]]) -> Place | None:
    """The place with most like neighbours, two at least; None where two places are as good."""
    ranked = sorted(places, key=lambda item: -item[0])
    if not ranked or ranked[0][0] < 2 or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
        return None
    return ranked[0][1]


def _alike(old: Sequence[str], at: int, new: Sequence[str], there: int) -> int:
    """How many of the nearest lines that are not empty read the same on both sides."""
    count = 0
    for step in (-1, 1):
        left, right = _nearest(old, at, step), _nearest(new, there, step)
        for one, other in zip(left, right, strict=False):
            if one != other:
                break
            count += 1
    return count


def _nearest(lines: Sequence[str], at: int, step: int) -> list[str]:
    out: list[str] = []
    position = at + step
    while 0 <= position < len(lines) and len(out) < NEIGHBOURS and abs(position - at) < 3 * NEIGHBOURS:
        if lines[position].strip():
            out.append(lines[position].strip())
        position += step
    return out


def _tells(text: str) -> bool:
    return len(re.findall(r"\w", text[:80])) >= TELLING_LETTERS
