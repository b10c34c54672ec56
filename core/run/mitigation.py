"""What a run does next that only drafts and proves the revert of a commit: no agent, no model, nothing sent."""

from __future__ import annotations

from typing import get_args

from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft
from rootcase.core.model.proofs import ProofStep
from rootcase.core.run.steps import End, Step


def next_mitigation(case: Case, sha: str) -> Step | End:
    """The next step towards a proved revert of `sha`, computed from the case alone.

    A human asked for it, so a verdict to wait or to ignore does not hold it back; a ticket neither.
    """
    if case.gate is None:
        return Step("gate before")
    if case.code is None or not case.note:
        return Step("map")
    draft = case.draft
    if draft is None or draft.reverts != sha:
        return Step("revert", sha)
    if not draft.accepted:
        return End("handed_over", "Every hunk of the revert was rejected.", 4)
    if case.review_digest != draft.digest:
        return Step("review")
    if case.prove_asked == draft.number or not _proved_whole(case):
        return Step("prove")
    return _told(case, draft)


def _proved_whole(case: Case) -> bool:
    results = [case.proof(step) for step in get_args(ProofStep)]
    return all(result is not None and result.outcome != "cancelled" for result in results)


def _told(case: Case, draft: Draft) -> End:
    """How it ended: what proof found wrong, what could not be shown without a reproduction, or that it holds."""
    what = f"The revert of {draft.reverts[:7]} is drafted"
    for step in ("red", "green", "revert", "suite"):
        result = case.proof(step)
        if result is not None and result.outcome == "failed":
            return End("handed_over", f"{what}; {step} failed: {result.summary}", 4)
    suite = case.proof("suite")
    if not draft.test_ids:
        held = f"; {suite.summary}" if suite and suite.outcome == "ok" else ""
        return End("done", f"{what}{held}. No reproduction shows yet that it ends the error.", 4)
    return End("done", f"{what} and proved.", 0)
