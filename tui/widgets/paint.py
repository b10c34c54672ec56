"""A `Line` as a terminal strip of exactly one row: margins, surface, cut, and the second wall against controls."""

from __future__ import annotations

from typing import Literal

from rich.segment import Segment
from textual.strip import Strip

from rootcase.core.safety.text import clean
from rootcase.tui.render.layout import cells, cut_segs
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.theme import Theme

Picked = Literal["", "select", "select-idle"]

# On the selected row everything steps forward by one weight.
ON_SELECT = {"fg": "strong", "faint": "muted", "rule": "muted", "spark": "muted"}


def paint(line: Line, width: int, theme: Theme, *, surface: str = "bg", picked: Picked = "") -> Strip:
    """Exactly `width` cells: the mark column, the segments, the right ones, one cell of margin.

    surface: the pane's own, where the line has none. picked: it is the cursor's row. On the selected row
    a segment with `pick` in its style is bold, one with `lift` as strong as the row's main text: fewer
    colours there are fewer bytes for each move of the cursor.
    """
    if width < 3:
        return Strip([Segment(" " * width, theme.style("fg", surface))], width)
    ground = picked or line.surface or surface
    left, right = _fitted(line, width - 2)
    gap = width - 2 - cells(left) - cells(right)
    out = [_mark(line, theme, ground, picked)]
    out.extend(_segment(seg, theme, ground, picked) for seg in left)
    if gap:
        out.append(Segment(" " * gap, theme.style("fg", ground)))
    out.extend(_segment(seg, theme, ground, picked) for seg in right)
    out.append(Segment(" ", theme.style("fg", ground)))
    return Strip(out, width)


def _fitted(line: Line, room: int) -> tuple[tuple[Seg, ...], tuple[Seg, ...]]:
    """Left and right segments that together take at most `room` cells; the left gives way first."""
    left, right = _safe(line.segs), _safe(line.right)
    size = cells(right)
    if size > room:
        return (), cut_segs(right, room)
    if size + cells(left) > room:
        left = cut_segs(left, room - size - (1 if right else 0))
    return left, right


def _safe(segs: tuple[Seg, ...]) -> tuple[Seg, ...]:
    """Text that a renderer forgot to clean is cleaned here; nothing that moves a cursor gets past."""
    if all(seg.text.isprintable() for seg in segs):
        return segs
    return tuple(
        seg
        if seg.text.isprintable()
        else Seg(clean(seg.text).replace("\n", " ").replace("\t", " "), seg.style)
        for seg in segs
    )


def _mark(line: Line, theme: Theme, ground: str, picked: Picked) -> Segment:
    token = "accent" if picked == "select" else line.mark or ("muted" if picked else "")
    return Segment("▌", theme.style(token, ground)) if token else Segment(" ", theme.style("fg", ground))


def _segment(seg: Seg, theme: Theme, ground: str, picked: Picked) -> Segment:
    return Segment(seg.text, theme.style(style_on(seg.style, picked), ground))


def style_on(style: str, picked: Picked) -> str:
    """The tokens of a segment on the cursor's row."""
    words = style.split()
    extra = [word for word in words if word in ("pick", "lift")]
    if not extra and picked != "select":
        return style
    words = [word for word in words if word not in extra]
    if picked == "select":
        if "lift" in extra:
            words[0] = "strong"
        words = [ON_SELECT.get(word, word) for word in words]
        words += ["bold"] if "pick" in extra else []
    return " ".join(words)
