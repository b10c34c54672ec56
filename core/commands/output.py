"""How commands print: clean text on stdout, errors with their next step on stderr, or JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rootcase.core.model.errors import RootcaseError
from rootcase.core.safety.text import clean


def say(text: str = "") -> None:
    sys.stdout.write(clean(text) + "\n")


def say_json(value: object) -> None:
    import msgspec

    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


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
