"""Reads drawn lines back: row by row, as one text, and which chips in them are solid."""

from __future__ import annotations

from collections.abc import Iterable

from rootcase.tui.render.line import Line


def text_of(lines: Iterable[Line]) -> list[str]:
    return [
        "".join(s.text for s in line.segs)
        + ("  " if line.right else "")
        + "".join(s.text for s in line.right)
        for line in lines
    ]


def said(lines: Iterable[Line]) -> str:
    return " ".join(" ".join(text_of(lines)).split())


def solid(lines: Iterable[Line]) -> set[str]:
    return {
        s.text for line in lines for s in (*line.segs, *line.right) if s.style == "on-accent bold on accent"
    }
