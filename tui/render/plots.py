"""Plots made of block characters: bars over time, bars side by side; readable without colour."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.tui.render.layout import cells, cut, cut_segs, pad, seg
from rootcase.tui.render.line import Line, Seg

EIGHTHS = " ▁▂▃▄▅▆▇█"
ACROSS = " ▏▎▍▌▋▊▉█"


def merged(values: Sequence[float], width: int) -> list[float]:
    """At most `width` numbers: neighbours are added up, the newest whole."""
    if len(values) <= width:
        return list(values)
    size = -(-len(values) // max(1, width))
    start = len(values) % size
    out = [sum(values[:start])] if start else []
    out.extend(sum(values[at : at + size]) for at in range(start, len(values), size))
    return out


def spread_columns(number: int, width: int) -> list[int]:
    """Which value each of `width` cells shows, -1 for a gap; values are as wide as each other."""
    each = max(1, width // max(1, number))
    gap = 1 if each >= 3 else 0
    out: list[int] = []
    for value in range(number):
        out.extend([value] * (each - gap) + [-1] * gap)
    return out[:width]


def bars(values: Sequence[float], width: int, rows: int, style: str = "spark") -> list[Line]:
    """Bars `rows` high over time; anything above nothing shows at least a sliver."""
    shown = merged(values, width)
    top = max(shown, default=0.0)
    columns = spread_columns(len(shown), width)
    out = []
    for level in range(rows - 1, -1, -1):
        text = "".join(_cell(shown[at] if at >= 0 else 0.0, top, level, rows) for at in columns)
        out.append(Line((Seg(text, style),)))
    return out


def _cell(value: float, top: float, level: int, rows: int) -> str:
    if not value or not top:
        return " "
    eighths = max(1, round(value / top * rows * 8))
    return EIGHTHS[min(8, max(0, eighths - level * 8))]


def across(value: float, top: float, width: int) -> str:
    """One bar from the left, in eighths of a cell, filled up with blanks to `width`."""
    if not value or not top or width < 1:
        return " " * max(0, width)
    eighths = min(width * 8, max(1, round(value / top * width * 8)))
    text = "█" * (eighths // 8) + (ACROSS[eighths % 8] if eighths % 8 else "")
    return pad(text, width)


def bar_row(name: str, value: float, top: float, shown: str, width: int, *, names: int, style: str) -> Line:
    """`merged  ██████▌     48`: a name of `names` cells, its bar, its value at the right edge."""
    room = width - names - 9
    return Line(
        cut_segs((seg(pad(cut(name, names - 1), names), "muted"), Seg(across(value, top, room), style)), width - 8),
        (seg(shown, "strong bold"),),
    )  # fmt: skip


def axis(labels: Sequence[tuple[int, str]], width: int) -> list[Line]:
    """A rule, and the labels under the cells they are about, those that would touch left out."""
    out: list[Seg] = []
    for column, text in labels:
        at = min(column, max(0, width - len(text)))
        if at > cells(out) or not out:
            out.append(Seg(" " * max(0, at - cells(out))))
            out.append(seg(text, "muted"))
    return [Line((Seg("─" * width, "rule"),)), Line(cut_segs(out, width))]
