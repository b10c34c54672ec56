"""The title row of a pane: its number, name and what is said at its right edge."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.tui.render.line import Line, Seg


@dataclass(frozen=True, slots=True)
class Title:
    """number: the key that goes to the pane, "" where there is none. left: said right after the name."""

    name: str
    number: str = ""
    left: tuple[Seg, ...] = ()
    right: tuple[Seg, ...] = ()


def title_line(title: Title, focused: bool) -> Line:
    """One row; the focused pane's has `▌`, a lighter row and bold."""
    name = Seg(title.name, "strong bold" if focused else "muted bold")
    number = (Seg(f"{title.number} ", "accent bold" if focused else "muted"),) if title.number else ()
    return Line(
        (*number, name, *title.left), title.right, surface="select-idle" if focused else "panel",
        mark="accent" if focused else "",
    )  # fmt: skip
