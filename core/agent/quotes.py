"""Quotations and places as models write them, and where their words stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rootcase.core.agent.tools.places import At

_PLACE = re.compile(
    r"(?P<path>[^\s:@#,]+)"
    r"(?:(?::|#|,?\s+lines?\s+|\s+)L?(?P<start>\d+)(?:\s*(?:-|–|to|\.\.|:)\s*L?(?P<end>\d+))?)?"
    r"(?:\s*(?:@|\bat\b)\s*(?P<at>release|head|draft))?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?m)^\s*\d+[ |:\t]")
_CUT = re.compile(r"\s*(?:…|\.{3,})\s*")
LONGEST_SPAN = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of a file. start, end: 0 where none were given; at: "" where no side was named."""

    path: str
    start: int = 0
    end: int = 0
    at: At = ""


def place_of(name: str) -> Place | None:
    """`app/a.py:10-12`, `app/a.py#L10-L12`, `app/a.py lines 10-12`, each with `@head`; None for anything else."""
    found = _PLACE.fullmatch(name)
    if found is None or not re.search(r"[./]", found["path"]):
        return None
    start = int(found["start"] or 0)
    at = (found["at"] or "").lower()
    # The draft has no commit to cite at; what it is made on has.
    side: At = "release" if at == "release" else "head" if at else ""
    return Place(found["path"], start, int(found["end"] or start), side)


def stands_in(quote: str, text: str) -> bool:
    """Whether the words of the quote follow each other in the text; white space counts as one space.

    What was left out may be written `…`; line numbers and quotation marks around are not part of the words.
    """
    have = " ".join(text.split())
    return any(_in_order(form, have) for form in _forms(quote))


def where_stands(quote: str, lines: Sequence[str]) -> tuple[int, int] | None:
    """First and last line (from 1) of the only place where the quote stands; None for none or several."""
    found: list[tuple[int, int]] = []
    most = min(LONGEST_SPAN, len([line for line in quote.splitlines() if line.strip()]) + 2)
    for start in range(len(lines)):
        if found and found[-1][0] <= start + 1 <= found[-1][1]:
            continue
        for size in range(1, most + 1):
            if stands_in(quote, "".join(lines[start : start + size])):
                spot = (start + _skipped(quote, lines[start : start + size]) + 1, start + size)
                found += [spot] if spot not in found else []
                break
        if len(found) > 1:
            return None
    return found[0] if found else None


def _skipped(quote: str, lines: Sequence[str]) -> int:
    """Lines at the beginning that the quote does without."""
    skipped = 0
    while skipped + 1 < len(lines) and stands_in(quote, "".join(lines[skipped + 1 :])):
        skipped += 1
    return skipped


def _forms(quote: str) -> list[str]:
    """The quote as it is, without line numbers, without quotation marks around."""
    plain = [quote, _NUMBER.sub("", quote)]
    out = [" ".join(form.split()).strip("`") for form in plain]
    out += [form[1:-1] for form in out if len(form) > 2 and form[0] == form[-1] and form[0] in "\"'"]
    return [form for form in dict.fromkeys(out) if form]


def _in_order(wanted: str, have: str) -> bool:
    parts = [part for part in _CUT.split(wanted) if part] if wanted not in have else [wanted]
    at = 0
    for part in parts:
        found = have.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return bool(parts)
