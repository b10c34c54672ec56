"""Where the Case screen's panes stand at each width."""

from __future__ import annotations

from textual.screen import Screen
from textual.widget import Widget

from rootcase.tui.screens.base import Fold

LOWER_ROWS = {"wide": 8, "medium": 5}


def arrange_case(screen: Screen[None], fold: Fold, width: int, height: int, tab: int) -> None:
    """Three panes over the timeline; two; or one with tabs and the evidence of the claim below."""

    def part(name: str) -> Widget:
        return screen.query_one(f"#{name}")

    narrow, wide = fold == "narrow", fold == "wide"
    for name, shows in {
        "tabs": narrow, "evidence": narrow, "suspects": fold == "medium", "left-rule": not narrow, "stack-rule": wide,
        "left": not narrow or tab == 0, "rest": not narrow or tab in (1, 2), "upper": not narrow or tab != 3,
        "lower": not narrow or tab == 3, "stack": not narrow or tab == 1, "code-column": not narrow or tab == 2,
        "lower-rule": not narrow, "bleeding": not narrow,
    }.items():  # fmt: skip
        part(name).display = shows
    part("left").styles.width = "1fr" if narrow else round(width * (0.306 if wide else 0.42))
    part("rest").styles.width = "1fr"
    part("rest").styles.layout = "horizontal" if wide else "vertical"
    part("stack").styles.width = round(width * 0.236) if wide else "1fr"
    part("stack").styles.height = "1fr" if fold != "medium" else 8
    part("bleeding").styles.width = 42 if wide else 38
    lower = LOWER_ROWS.get(fold, 0)
    if height < 30 and not narrow:
        lower = min(lower, 5)
    part("lower").styles.height = "1fr" if narrow else lower
    part("upper").styles.height = "1fr"
