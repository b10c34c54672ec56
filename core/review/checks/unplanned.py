"""The draft touches a file that the plan did not name."""

from __future__ import annotations

from collections.abc import Iterator

from rootcase.core.review.change import Change, Found

CHECK = "unplanned file"
SETTLE = "Reject these hunks, or allow the file on the Draft screen."


def unplanned(change: Change) -> Iterator[Found]:
    """Paths outside the plan's files, its test and what a human allowed since; a revert has no plan."""
    plan = change.case.plan
    if plan is None or change.draft.origin != "agent":
        return
    allowed = {*plan.files, plan.test_file, *change.case.widened}
    by_hand = {s.hunk.path for s in change.draft.hunks if s.edited}
    for file in change.files:
        if file.path not in allowed and file.path not in by_hand:
            text = f"The plan does not name `{file.path}`."
            yield Found(CHECK, "block", file.path, file.hunks[0].id, text, SETTLE)
