"""Commands of the Stats screen."""

from __future__ import annotations

from rootcase.tui.catalogue.command import Command, Context, ScreenName

STATS: tuple[ScreenName, ...] = ("stats",)


def no_group(context: Context) -> str:
    return "" if context.selected.startswith("group:") else "no repository or service is selected"


COMMANDS = (
    Command("stats.period", ("v", "V"), "period", STATS, "period", "longer, shorter period", rank=1, shown="v V"),
    Command("stats.by", ("b",), "by service", STATS, "by", "by repository or by service", rank=2),
    Command("stats.only", ("enter",), "only this", STATS, "only", "only this repository or service", no_group, 3),
    Command("stats.refresh", ("R",), "read anew", STATS, "refresh", "read it anew", rank=4),
)  # fmt: skip
