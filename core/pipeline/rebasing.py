"""A draft follows its base branch: where that has moved on at the remote, its hunks go onto it before they are sent."""

from __future__ import annotations

import contextlib

from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft
from rootcase.core.model.entries import DraftRebased, Faulted
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.rebase import onto
from rootcase.core.pipeline.house import REMOTE_BASE, House
from rootcase.core.workspace.repository import GitRepository

STAGE = "rebase"
HINT = (
    "Nothing was sent. Set the draft aside and run again: the next one starts on the branch as it is now. "
    "Or make the change by hand."
)


def may_move(case: Case) -> bool:
    """Whether there is a draft of code that would be sent and of which nothing is sent yet."""
    draft = case.draft
    if draft is None or not any(not hunk.test for hunk in draft.accepted):
        return False
    if case.proposal is not None and case.proposal.kind == "ticket":
        return False
    # What was pushed once has that commit for its parent, which another base would not be.
    return not any(e.kind == "push" and e.state in ("intended", "done") for e in case.effects)


async def rebased(case: Case, house: House) -> DraftRebased | Faulted | None:
    """`DraftRebased` where the branch has moved on, `Faulted` where a hunk no longer fits it, else None.

    A remote that cannot be asked leaves the draft where it is: nothing is sent either before it answers.
    """
    draft = case.draft
    assert draft is not None
    with contextlib.suppress(RepositoryError):
        await house.refresh_limits(case)
        place = await house.destination(case)
        repository = await house.repository(case)
        tip = await moved_to(repository, draft.base_commit)
        if place.push_url and tip:
            return await _onto(draft, repository, tip, place.base_branch)
    return None


async def moved_to(repository: GitRepository, base: str) -> str:
    """The commit that the remote's base branch was last seen at, "" where `base` has it already."""
    tip = await repository.resolve(REMOTE_BASE)
    if tip is None or tip == base:
        return ""
    known = await repository.git.run(["merge-base", "--is-ancestor", tip, base])
    return "" if known.code == 0 else tip


async def _onto(draft: Draft, repository: GitRepository, tip: str, branch: str) -> DraftRebased | Faulted:
    hunks = [state.hunk for state in draft.hunks]
    paths = dict.fromkeys(hunk.path for hunk in hunks)
    old = {path: await repository.read(draft.base_commit, path) for path in paths}
    new = {path: await repository.read(tip, path) for path in paths}
    moved, conflicts = onto(hunks, old, new)
    wanted = {hunk.id for hunk in draft.accepted}
    for conflict in conflicts:
        if conflict.hunk.id in wanted:
            others = len([c for c in conflicts if c.hunk.id in wanted]) - 1
            more = f", nor {'does 1 other' if others == 1 else f'do {others} others'}" if others else ""
            return Faulted(
                STAGE, f"Needs a human: {conflict.hunk.id} does not fit {branch} any more{more}",
                f"{branch} has moved on from {draft.base_commit[:10]} to {tip[:10]}; "
                f"{conflict.hunk.path}:{conflict.hunk.start}: {conflict.why}.",
                HINT,
            )  # fmt: skip
    return DraftRebased(draft.number, draft.base_commit, tip, moved, branch)
