"""Keeping the reproduction test of the draft before, so that a new round pays only for a new patch."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.core.agent.tools.testing import Runs, RunTests
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft, Hunk
from rootcase.core.model.errors import EditError
from rootcase.core.model.ports import Workspace


@dataclass(frozen=True, slots=True)
class Reused:
    hunks: tuple[Hunk, ...]
    test_ids: tuple[str, ...]
    summary: str


async def reuse(case: Case, workspace: Workspace, runs: Runs) -> Reused | None:
    """The last draft's test, run again on the base; None where it does not stand or is not red."""
    draft = next((d for d in reversed(case.drafts) if d.abandoned or d.number == case.another), None)
    hunks = _standing(case, draft) if draft and draft.number != case.test_anew else ()
    if draft is None or not hunks:
        return None
    try:
        await workspace.apply(hunks)
    except EditError:
        # The base has moved on under it: the model writes a new one.
        await workspace.reset(workspace.base_commit)
        return None
    await runs.run(RunTests())
    ids = tuple(result.id for result in runs.red())
    if ids:
        return Reused(hunks, ids, f"kept the test of draft {draft.number}, still red")
    await workspace.reset(workspace.base_commit)
    runs.edited()
    return None


def _standing(case: Case, draft: Draft) -> tuple[Hunk, ...]:
    """The draft's test hunks, unless a human, review or proof has something against the test itself."""
    states = [state for state in draft.hunks if state.hunk.test]
    if case.plan is None or not states or not draft.test_ids:
        return ()
    ids = {state.hunk.id for state in states}
    blocked = any(f.severity == "block" and not f.waived and f.hunk in ids for f in case.findings)
    red = next((p for p in reversed(case.proofs) if p.step == "red" and p.draft == draft.number), None)
    refused = any(state.decision == "rejected" for state in states)
    moved = any(state.hunk.path != case.plan.test_file for state in states)
    if blocked or refused or moved or (red is not None and red.outcome == "failed"):
        return ()
    return tuple(state.hunk for state in states)
