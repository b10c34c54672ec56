"""The evidence ladder as lines, and its one-cell-a-rung meter for headers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rootcase.core.model.proofs import Rung
from rootcase.tui.render.layout import cells, chips, cut, seg
from rootcase.tui.render.line import Line, Seg

GLYPHS = {"on": ("■", "good"), "off": ("□", "faint"), "stale": ("~", "warn")}


def meter(rungs: Sequence[Rung]) -> tuple[Seg, ...]:
    """One cell a rung: `■■□□□□`, a stale one `~`."""
    return tuple(seg(*GLYPHS[rung.state]) for rung in rungs)


def ladder_lines(
    rungs: Sequence[Rung], width: int, *, lit: Collection[str] = (), terse: bool = False
) -> tuple[Line, ...]:
    """The rungs, highest first: glyph, name, what it says, and why not or by what evidence.

    terse: one word at the right instead of the reason.
    """
    return tuple(_rung(rung, width, lit, terse) for rung in reversed(rungs))


def _rung(rung: Rung, width: int, lit: Collection[str], terse: bool) -> Line:
    glyph, style = GLYPHS[rung.state]
    on = rung.state == "on"
    head = (
        seg(f"{glyph} ", style),
        seg(f"{rung.name}  ", "strong bold" if on else "muted"),
        seg(rung.text, "fg" if on else "muted"),
    )
    return Line(head, _right(rung, width - cells(head) - 2, lit, terse))


def _right(rung: Rung, room: int, lit: Collection[str], terse: bool) -> tuple[Seg, ...]:
    if rung.state == "on":
        named = chips(rung.cites[:3], lit)
        return named if cells(named) <= room else ()
    if rung.state == "stale":
        text = "stale" if terse or not rung.why else rung.why
        return (seg(cut(text, max(5, room)), "warn"),)
    return () if terse or room < 8 else (seg(cut(rung.why, room), "muted"),)
