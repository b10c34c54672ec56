"""Commands of the Draft screen."""

from __future__ import annotations

from rootcase.tui.catalogue.case import cannot_run, run_is_live
from rootcase.tui.catalogue.command import Command, Context, ScreenName

DRAFT: tuple[ScreenName, ...] = ("draft",)


def no_hunk(context: Context) -> str:
    return "" if context.case and context.case.draft and context.case.draft.hunks else "no hunk yet"


def no_run(context: Context) -> str:
    return "" if run_is_live(context) else "no run is live"


def no_other(context: Context) -> str:
    """Why another draft cannot be asked for now."""
    return no_hunk(context) or ("a run is live; i tells it what to do" if run_is_live(context) else "")


def no_second(context: Context) -> str:
    case = context.case
    return "" if case and len(case.standing) > 1 else "there is one draft; n asks for another"


def no_phases(context: Context) -> str:
    """Nothing was drafted and nothing proposed, so there is no proposal to look at."""
    case = context.case
    return "" if case and (case.proposal or case.draft or case.phases) else "no draft yet"


COMMANDS = (
    Command("draft.hunk", ("[", "]"), "hunk", DRAFT, "hunk", "previous, next hunk", no_hunk, 4, shown="[ ]"),
    Command("draft.file", ("{", "}"), "file", DRAFT, "file", "previous, next file", no_hunk, shown="{ }"),
    Command("draft.accept", ("a",), "accept", DRAFT, "accept", "accept this hunk", no_hunk, 1),
    Command("draft.reject", ("x",), "reject", DRAFT, "reject", "reject this hunk", no_hunk, 2),
    Command("draft.reject_because", ("r",), "reject because", DRAFT, "reject_because",
            "reject this hunk, and say why", no_hunk),
    Command("draft.accept_file", ("A",), "accept file", DRAFT, "accept_file", "accept the whole file", no_hunk),
    Command("draft.reject_file", ("X",), "reject file", DRAFT, "reject_file", "reject the whole file", no_hunk),
    Command("draft.edit", ("e",), "edit", DRAFT, "edit", "edit this hunk", no_hunk, 3),
    Command("draft.editor", ("ctrl+e",), "editor", DRAFT, "editor", "edit this hunk in $EDITOR", no_hunk),
    Command("draft.split", ("S",), "split", DRAFT, "split", "split this hunk", no_hunk, 9),
    Command("draft.comment", (";",), "comment", DRAFT, "comment", "comment on this hunk", no_hunk, 10),
    Command("draft.waive", ("w",), "waive", DRAFT, "waive", "waive a finding, with a reason", no_hunk, 8),
    Command("draft.prove", ("P",), "prove again", DRAFT, "prove", "prove it again as it stands", no_hunk, 6),
    Command("draft.view", ("v",), "split or unified", DRAFT, "view", "split or unified diff", no_hunk),
    Command("draft.steer", ("i",), "steer", DRAFT, "steer", "steer the run", no_run, 7),
    Command("draft.follow", ("F",), "follow", DRAFT, "follow_run", "follow the run", no_run),
    Command("draft.pause", ("p",), "pause", DRAFT, "pause", "pause or resume the run", no_run, 11),
    Command("draft.raise", ("$",), "raise cap", DRAFT, "raise_cap", "raise the cap of the budget"),
    Command("draft.stop", ("ctrl+x",), "stop", DRAFT, "stop", "stop the run…", no_run),
    Command("draft.run", ("t",), "start run", DRAFT, "run", "start a run", cannot_run, 12),
    Command("draft.another", ("n",), "another", DRAFT, "another", "another draft beside this one", no_other, 13),
    Command("draft.next", ("D",), "next draft", DRAFT, "next_draft", "take the next of the drafts", no_second, 14),
    Command("draft.beside", ("B",), "side by side", DRAFT, "beside", "drafts side by side, and back", no_second),
    Command("draft.restart", ("T",), "again from", DRAFT, "restart", "again from a phase…", cannot_run),
    Command("draft.unfold", ("space",), "unfold", DRAFT, "unfold", "unfold the tool calls"),
    Command("draft.proposal", ("enter",), "proposal", DRAFT, "proposal", "open the proposal", no_phases, 5),
)  # fmt: skip
