"""A line of the screen as data: segments of clean text, each with a style token of the theme."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seg:
    """text: clean, without line ends; style: token names joined by spaces (`accent bold`, `code.keyword`).

    The tokens are the theme's colours plus bold, italic, underline, strike; a surface token after
    `on ` (`fg on lit`).
    """

    text: str
    style: str = "fg"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a pane. surface: background token of the whole row, "" for the pane's own.

    id: what a cursor on this row selects (`claim:c1`, `hunk:h2`, `frame:3`), "" where nothing.
    right: segments kept at the right edge. mark: the `▌` column's token, "" for a blank cell.
    """

    segs: tuple[Seg, ...] = ()
    right: tuple[Seg, ...] = ()
    surface: str = ""
    id: str = ""
    mark: str = ""
