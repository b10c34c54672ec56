"""Commands of the Proposal screen."""

from __future__ import annotations

from rootcase.tui.catalogue.case import cannot_run
from rootcase.tui.catalogue.command import Command, Context, ScreenName

PROPOSAL: tuple[ScreenName, ...] = ("proposal",)


def no_proposal(context: Context) -> str:
    return "" if context.case and context.case.proposal else "no proposal yet"


def cannot_send(context: Context) -> str:
    from rootcase.tui.render.checks import why_not_send  # its imports would delay the first paint

    return why_not_send(context.case) if context.case else "no case is open"


def bar_closed(context: Context) -> str:
    return "" if context.bar_open else "s shows what would be sent"


def no_branch(context: Context) -> str:
    proposal = context.case.proposal if context.case else None
    return "" if proposal and proposal.branch else "only a pull request has reviewers"


def no_change(context: Context) -> str:
    proposal = context.case.proposal if context.case else None
    return "" if proposal and proposal.draft_digest else "only a change needs kinds of confidence"


COMMANDS = (
    Command("proposal.view", ("v",), "rendered, raw", PROPOSAL, "view", "rendered or raw", no_proposal, 3),
    Command("proposal.edit", ("e",), "edit", PROPOSAL, "edit", "edit the text in $EDITOR", no_proposal, 4),
    Command("proposal.reviewers", ("r",), "reviewers", PROPOSAL, "reviewers", "choose reviewers", no_branch, 5),
    Command("proposal.needs", ("n",), "needs", PROPOSAL, "needs", "which kinds of confidence this needs", no_change, 7),
    Command("proposal.waive", ("w",), "waive", PROPOSAL, "waive_kind", "waive a kind of confidence, with a reason",
            no_change, 8),
    Command("proposal.send", ("s",), "send…", PROPOSAL, "send", "show the writes and ask", cannot_send, 1),
    Command("proposal.run", ("t",), "start run", PROPOSAL, "run", "start a run", cannot_run),
    Command("proposal.yes", ("y",), "send it", PROPOSAL, "yes", "send it, while the bar is open", bar_closed),
)  # fmt: skip
