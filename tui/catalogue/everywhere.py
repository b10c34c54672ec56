"""Commands of every screen: moving, panes, copy, undo, help, leaving."""

from __future__ import annotations

from rootcase.tui.catalogue.command import Command, Context, ScreenName

ALL: tuple[ScreenName, ...] = ("inbox", "case", "draft", "proposal", "stats")
OF_CASES: tuple[ScreenName, ...] = ("inbox", "case", "draft", "proposal")
INNER: tuple[ScreenName, ...] = ("case", "draft", "proposal")


def nothing_selected(context: Context) -> str:
    return "" if context.case or context.row else "no case is selected"


def nothing_to_undo(context: Context) -> str:
    case = context.case
    if case is None or not (case.undoable or case.acts):
        return "nothing to undo"
    if case.undoable:
        return ""
    from rootcase.core.model.intents import why_not_taken_back

    return why_not_taken_back(case, context.able)


def nothing_to_redo(context: Context) -> str:
    return "" if context.case and context.case.redoable else "nothing to redo"


COMMANDS = (
    Command("move", ("j", "k", "down", "up"), "move", ALL, help="next, previous", shown="j k"),
    Command("move.ends", ("g", "G", "home", "end"), "ends", ALL, help="first, last", shown="g G"),
    Command("move.page", ("ctrl+d", "ctrl+u", "pagedown", "pageup"), "page", ALL,
            help="half a page down, up", shown="^d ^u"),
    Command("pane.next", ("tab", "shift+tab"), "pane", ALL, "next_pane", "next pane, with shift the one before"),
    Command("pane.number", ("1", "2", "3", "4"), "pane", ALL, "pane_number", "pane by its number", shown="1-4"),
    Command("pane.zoom", ("z",), "zoom", ALL, "zoom", "zoom this pane, and back"),
    Command("copy", ("c",), "copy", ALL, "copy", "copy, through the terminal"),
    Command("browser", ("o",), "browser", OF_CASES, "browser", "open in the browser", nothing_selected, 8,
            wide="open in browser"),
    Command("undo", ("u",), "undo", INNER, "undo", why_not=nothing_to_undo),
    Command("redo", ("U",), "redo", INNER, "redo", why_not=nothing_to_redo),
    Command("stats", ("%",), "statistics", OF_CASES, "stats", "statistics of all cases"),
    Command("palette", ("ctrl+p",), "commands", ALL, "palette", "all commands"),
    Command("back", ("esc",), "back", (*INNER, "stats"), "back", "back", rank=2, right=True),
    Command("help", ("?",), "help", ALL, "help", "this help", rank=1, right=True),
    Command("quit", ("Q",), "quit", ALL, "quit", "quit", rank=3, right=True),
)  # fmt: skip
