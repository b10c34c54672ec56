"""How commands print: clean text on stdout, errors with their next step on stderr, or JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rootcase.core.model.errors import RootcaseError
from rootcase.core.safety.text import clean, is_hostile


def say(text: str = "") -> None:
    sys.stdout.write(clean(text) + "\n")


def say_json(value: object, *, lines: bool = False) -> None:
    """JSON whose characters a terminal may obey are escaped; a reader of the JSON gets them back as they were.

    lines: all of it on one line, at once, for one that follows.
    """
    import msgspec

    text = msgspec.json.format(msgspec.json.encode(value), indent=-1 if lines else 2).decode()
    sys.stdout.write("".join(_escaped(c) if is_hostile(c) and c != "\n" else c for c in text) + "\n")
    if lines:
        sys.stdout.flush()


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))


def warn(text: str) -> None:
    sys.stderr.write(clean(text) + "\n")


def complain(fault: RootcaseError) -> None:
    """What failed, why, and what to do next."""
    warn(f"rootcase: {fault.title}")
    if fault.detail:
        warn(f"  why   {fault.detail}")
    if fault.hint:
        warn(f"  next  {fault.hint}")


def table(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> str:
    """Columns as wide as their widest cell, two cells apart."""
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in [heads, *rows]
    ]
    return "\n".join(line.rstrip() for line in lines)
