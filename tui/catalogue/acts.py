"""Commands that change a signal at its source: one key each, in the Inbox and in the Case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootcase.tui.catalogue.command import Check, Command, Context, ScreenName

if TYPE_CHECKING:
    from rootcase.core.model.acts import Act

WITH_SIGNALS: tuple[ScreenName, ...] = ("inbox", "case")


def cannot(act: Act) -> Check:
    """The check of an act: whether any source of the case can do it, and whether it is so already."""

    def why_not(context: Context) -> str:
        if context.case is None and context.row is None:
            return "no case is selected"
        from rootcase.core.model import intents  # its imports would delay the first paint

        if context.case is not None:
            return intents.why_not_case(context.case, act, context.able)
        return intents.why_not(context.row.sources if context.row else (), act, context.able)

    return why_not


def nothing_to_take_back(context: Context) -> str:
    """For the Inbox, whose only undo is that of an act."""
    if context.case is None:
        return "nothing to undo"
    from rootcase.core.model.intents import why_not_taken_back

    return why_not_taken_back(context.case, context.able)


COMMANDS = (
    Command("act.acknowledge", ("a",), "acknowledge", WITH_SIGNALS, "acknowledge",
            "acknowledge at its source", cannot("acknowledge"), 12),
    Command("act.assign", ("i",), "assign to me", WITH_SIGNALS, "assign",
            "assign to me at its source", cannot("assign"), 11),
    Command("act.snooze", ("w",), "snooze", WITH_SIGNALS, "snooze",
            "snooze for a day at its source", cannot("snooze"), 13),
    Command("act.resolve", ("x",), "resolve", WITH_SIGNALS, "resolve",
            "resolve at its source", cannot("resolve"), 10),
    Command("act.undo", ("u",), "undo", ("inbox",), "undo_act",
            "take back what was done at a source", nothing_to_take_back),
)  # fmt: skip
