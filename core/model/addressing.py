"""Which words of a review a human may hand to the agent with one key, and what that means in the journal."""

from __future__ import annotations

from rootcase.core.model.case import Case
from rootcase.core.model.draft_entries import DraftAbandoned
from rootcase.core.model.entries import Body, VerdictOverridden
from rootcase.core.model.pull_entries import ReviewAddressed
from rootcase.core.model.pulls import ReviewRemark, may_steer, steering_of
from rootcase.core.model.run_entries import Steered


def to_address(case: Case) -> tuple[ReviewRemark, ...]:
    """Remarks of people who may write there that nobody has handed over yet."""
    if case.pull is None or case.pull.state != "open":
        return ()
    return tuple(r for r in case.pull.remarks if may_steer(r) and r.id not in case.addressed)


def why_not_address(case: Case) -> str:
    """Why there is nothing to address now, "" where there is."""
    if case.pull is None:
        return "no review has been read"
    if case.pull.state != "open":
        return f"{case.pull.shown} is {case.pull.state}"
    if case.run is not None and case.run.state != "ended":
        return "a run is live already"
    if not to_address(case):
        said = any(not r.writes or r.bot for r in case.pull.remarks)
        return "nobody who may write there asks for anything" if said else "the review asks for nothing"
    return ""


def addressing(case: Case) -> tuple[Body, ...]:
    """The draft is taken back, the remarks steer the next one, and it is a human's word that one is made.

    The next draft is made on the same base and goes to the same branch.
    """
    remarks = to_address(case)
    if case.pull is None or not remarks:
        return ()
    why = f"the review of {case.pull.shown}"
    bodies: list[Body] = [ReviewAddressed(case.pull.shown, tuple(r.id for r in remarks))]
    if case.draft is not None:
        bodies.append(DraftAbandoned(case.draft.number, f"{why} asks for changes"))
    if case.verdict != "fix" or not case.verdict_by.startswith("human:"):
        bodies.append(VerdictOverridden("fix", f"address {why}"))
    return (*bodies, Steered(steering_of(case.pull, remarks)))
