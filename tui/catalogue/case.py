"""Commands of the Case screen."""

from __future__ import annotations

from rootcase.tui.catalogue.acts import cannot
from rootcase.tui.catalogue.command import Command, Context, ScreenName

CASE: tuple[ScreenName, ...] = ("case",)


def run_is_live(context: Context) -> bool:
    """A run of the open case has not ended."""
    run = context.case.run if context.case else None
    return run is not None and run.state != "ended"


def cannot_run(context: Context) -> str:
    if context.case is None:
        return "no case is open"
    return "a run is live already" if run_is_live(context) else ""


def no_draft(context: Context) -> str:
    case = context.case
    if case and (case.draft or case.phases or run_is_live(context)):
        return ""
    return "there is none: p opens the proposal" if case and case.proposal else "no draft yet: t starts a run"


def no_proposal(context: Context) -> str:
    return "" if context.case and context.case.proposal else "no proposal yet"


def no_code(context: Context) -> str:
    return "" if context.case and context.case.code else "no code is mapped yet"


def no_revert(context: Context) -> str:
    """Why no revert can be drafted now."""
    case = context.case
    if case is None or case.code is None:
        return "no code is mapped yet"
    if not any(s.kind not in ("tests", "other") and s.score >= 0.1 for s in case.code.suspects):
        return "no suspect to revert"
    return cannot_run(context)


def no_candidate(context: Context) -> str:
    """Why there is no other function to go to."""
    code = context.case.code if context.case else None
    return "" if code and code.candidates else "no candidates are known"


def no_join(context: Context) -> str:
    return "" if context.case and context.case.joins else "no join is proposed"


def one_signal(context: Context) -> str:
    case = context.case
    return "" if case and (case.joins or len(case.signals) > 1) else "this case has one signal"


def no_note(context: Context) -> str:
    """Why there is nothing to post, or nowhere to post it to."""
    if not (context.case and context.case.note):
        return "there is no note yet"
    return cannot("note")(context)


def needs_no_word(context: Context) -> str:
    gate = context.case.gate if context.case else None
    return (
        "" if gate is not None and gate.rule == "product_sensitive" else "the gate waits for no owner's word"
    )


def nothing_sent(context: Context) -> str:
    return "" if context.case and context.case.after else "no pull request of it is out"


def no_review(context: Context) -> str:
    """Why no review can be addressed now."""
    if context.case is None or context.case.pull is None:
        return "no review has been read"
    from rootcase.core.model.addressing import why_not_address  # its imports would delay the first paint

    return why_not_address(context.case)


def nobody_has_it(context: Context) -> str:
    if context.case is None or context.case.verdict != "wait":
        return "it waits for nobody's work"
    from rootcase.core.model.taking import holding

    return "" if holding(context.case) else "it waits for nobody's work"


COMMANDS = (
    Command("case.evidence", ("enter",), "evidence", CASE, "evidence", "go to its evidence", rank=1),
    Command("case.view", ("v",), "HEAD", CASE, "view", "release or HEAD", no_code, 3),
    Command("case.blame", ("b",), "blame", CASE, "blame", "blame on or off", no_code, 4),
    Command("case.frame", ("[", "]"), "frame", CASE, "frame", "previous, next frame", no_code, 5, shown="[ ]"),
    Command("case.run", ("t",), "start run", CASE, "run", "start a run", cannot_run, 2),
    Command("case.draft", ("d",), "draft", CASE, "draft", "open the draft", no_draft, 6),
    Command("case.proposal", ("p",), "proposal", CASE, "proposal", "open the proposal", no_proposal, 7),
    Command("case.comment", (";",), "comment", CASE, "comment", "comment on this", rank=8),
    Command("case.post", ("s",), "post note", CASE, "post", "post the note to ticket and page…", no_note, 12),
    Command("case.revert", ("r",), "revert", CASE, "revert", "draft the revert of the suspect", no_revert, 5,
            wide="draft the revert"),
    Command("case.candidate", ("n", "N"), "candidate", CASE, "candidate", "next, previous candidate", no_candidate, 9,
            shown="n"),
    Command("case.suspects", ("S",), "suspects", CASE, "suspects", "suspects, open the commit", no_code, 10),
    Command("case.merge", ("+",), "join", CASE, "merge", "accept the proposed join", no_join),
    Command("case.unmerge", ("-",), "un-merge", CASE, "unmerge", "take this signal out; decline a join", one_signal),
    Command("case.verdict", ("V",), "verdict", CASE, "verdict", "set the verdict yourself"),
    Command("case.agree", ("y",), "agree", CASE, "agree", "an owner's word for sensitive code", needs_no_word),
    Command("case.address", ("A",), "address review", CASE, "address", "address the review", no_review),
    Command("case.take", ("O",), "take over", CASE, "take", "take over what somebody has", nobody_has_it),
    Command("case.editor", ("e",), "editor", CASE, "editor", "editor at this line", no_code, 11),
    Command("case.watch", ("L",), "look after it", CASE, "watch", "look what became of the pull request", nothing_sent),
    Command("case.refresh", ("R",), "refresh", CASE, "refresh", "read it anew"),
)  # fmt: skip
