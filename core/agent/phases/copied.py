"""Values of production that a draft's own lines hold, and that the repository did not hold before."""

from __future__ import annotations

from rootcase.core.agent.deps import Deps
from rootcase.core.agent.production_values import held_by
from rootcase.core.model.ports import Workspace

COPIED = (
    "Not ended: the test holds values of the production event, which may be somebody's data: {}. "
    "Keep their shape and invent the values."
)


async def copied_values(deps: Deps, workspace: Workspace, test_file: str) -> tuple[str, ...]:
    """Production's values in what was written; what stands in the repository anyway is no secret of production."""
    hunks = await workspace.hunks(tests=[test_file])
    written = "".join(line for hunk in hunks for line in hunk.new)
    found = held_by(written, deps.samples)
    return tuple([value for value in found if not await _is_known(deps, workspace.base_commit, value)])


async def _is_known(deps: Deps, commit: str, value: str) -> bool:
    return bool(await deps.repository.grep(commit, value, limit=1))
