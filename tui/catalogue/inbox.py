"""Commands of the Inbox."""

from __future__ import annotations

from rootcase.tui.catalogue.command import Command, Context, ScreenName

INBOX: tuple[ScreenName, ...] = ("inbox",)


def no_row(context: Context) -> str:
    return "" if context.row else "no case is selected"


def cannot_run(context: Context) -> str:
    if context.row is None:
        return "no case is selected"
    return "a run is live already" if context.row.group == "running" else ""


COMMANDS = (
    Command("inbox.open", ("enter",), "open", INBOX, "open", "open the case", no_row, 1),
    Command("inbox.run", ("t",), "start run", INBOX, "run", "start a run", cannot_run, 2, narrow="run"),
    Command("inbox.filter", ("/",), "filter", INBOX, "filter", "filter as you type", rank=3),
    Command("inbox.sort", ("s",), "sort", INBOX, "sort", "sort by the next column", rank=4),
    Command("inbox.views", ("v",), "views", INBOX, "views", "next view", rank=9),
    Command("inbox.owner", ("m",), "mark as owned", INBOX, "owner", "say who has it", no_row, 8),
    Command("inbox.mark", ("space",), "mark", INBOX, "mark", "mark it for a merge, and back", no_row),
    Command("inbox.merge", ("+",), "merge", INBOX, "merge", "merge the marked into this; accept a join", no_row, 10),
    Command("inbox.unmerge", ("-",), "un-merge", INBOX, "unmerge", "take a signal out; decline a join", no_row, 11),
    Command("inbox.verdict", ("V",), "verdict", INBOX, "verdict", "set the verdict yourself", no_row),
    Command("inbox.sources", ("S",), "sources", INBOX, "sources", "sources, what they lack and why"),
    Command("inbox.refresh", ("R",), "sync", INBOX, "refresh", "show what is new, and sync", rank=6,
            wide="sync now"),
)  # fmt: skip
