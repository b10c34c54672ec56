"""The revert of a commit as a draft like any other, with the reproduction that the case has already."""

from __future__ import annotations

from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft, Hunk
from rootcase.core.model.entries import DraftExplained, DraftStarted, DraftWritten
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.hunks import numbered
from rootcase.core.model.ports import Stage
from rootcase.core.pipeline.house import House
from rootcase.core.workspace.reverts import revert_hunks


async def revert_draft(case: Case, house: House, sha: str) -> Stage:
    """Draft the revert of `sha` on the head of the base branch.

    EditError says what stands in the way of a clean revert; nothing is recorded then but that fault.
    """
    repository = await house.repository(case)
    commit = await repository.commit(sha)
    if commit is None:
        raise RepositoryError(
            f"{repository.name} has no commit {sha[:7]}",
            "It was to be reverted.",
            "Fetch it, then try again.",
        )
    tests, ids, base = _reproduction(case)
    head = base or await repository.resolve(await repository.default_branch())
    if head is None:
        raise RepositoryError(
            f"{repository.name} has no base branch", "Drafts start there.", "Correct base_branch."
        )
    hunks = await revert_hunks(repository, sha, head)
    number = max((draft.number for draft in case.drafts), default=0) + 1
    written = numbered([*hunks, *tests])
    yield DraftStarted(number, head, "revert", sha)
    yield DraftWritten(number, written, ids)
    yield DraftExplained(
        number,
        f'Takes back {commit.short} of {commit.author}, "{commit.subject}", and changes nothing else.',
        tuple((hunk.id, f"as it was before {commit.short}") for hunk in written if not hunk.test),
        "What later commits built on it is missing again.",
        f"Revert {commit.short}: {commit.subject}",
    )


def _reproduction(case: Case) -> tuple[tuple[Hunk, ...], tuple[str, ...], str]:
    """Test hunks, test ids and base of the newest draft that reproduces the error; empty where none does."""
    for draft in reversed(case.drafts):
        tests = _tests(draft)
        if tests and draft.test_ids:
            return tests, draft.test_ids, draft.base_commit
    return (), (), ""


def _tests(draft: Draft) -> tuple[Hunk, ...]:
    return tuple(hunk for hunk in draft.accepted if hunk.test)
