"""The row of tabs of a narrow screen."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.tui.render.layout import seg
from rootcase.tui.render.line import Line, Seg


def tab_row(names: Sequence[str], here: int, right: Sequence[Seg] = ()) -> Line:
    """`1 Reasoning   2 Stack   3 Code`, the current one underlined; what is said of it at the right."""
    out: list[Seg] = []
    for number, name in enumerate(names):
        current = number == here
        out.extend([seg("     ")] if out else [])
        out.append(seg(f"{number + 1} ", "accent bold" if current else "muted"))
        out.append(seg(name, "strong bold underline" if current else "muted bold"))
    return Line(tuple(out), tuple(right))
