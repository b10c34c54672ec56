"""Where the Draft screen's panes stand at each width."""

from __future__ import annotations

from textual.screen import Screen
from textual.widget import Widget

from rootcase.tui.screens.base import Fold

LADDER_ROWS = 7
BUDGET_ROWS = 5


def arrange_draft(
    screen: Screen[None], fold: Fold, width: int, height: int, tab: int, *, editing: bool
) -> None:
    """Run beside changes, ladder and checks below; narrower the ladder goes under the run; then tabs."""

    def part(name: str) -> Widget:
        return screen.query_one(f"#{name}")

    narrow, wide = fold == "narrow", fold == "wide"
    low = height < 30
    for name, shows in {
        "tabs": narrow, "run-side": not narrow or tab != 1, "run": not narrow or tab == 0,
        "ladder": fold == "medium" or (narrow and tab == 2), "change-side": not narrow or tab == 1,
        "draft-rule": not narrow, "budget": wide, "steer-head": wide, "steer": not narrow, "steer-narrow": narrow,
        "below": wide and not editing, "next": fold == "medium" and not editing,
    }.items():  # fmt: skip
        part(name).display = shows
    part("run-side").styles.width = "1fr" if narrow else round(width * (0.367 if wide else 0.4))
    part("change-side").styles.width = "1fr"
    part("ladder").styles.height = "1fr" if narrow else LADDER_ROWS
    part("budget").styles.height = BUDGET_ROWS if not low else 2
    part("below").styles.height = LADDER_ROWS + (0 if low else 1)
    part("ladder-wide").styles.width = "56%"
