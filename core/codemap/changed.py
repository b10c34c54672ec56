"""Functions that a commit changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rootcase.core.codemap.functions import function_at
from rootcase.core.codemap.lines import FileDiff
from rootcase.core.codemap.scopes import MODULE
from rootcase.core.model.ports import Repository

CHANGES_READ = 40
LINES_READ = 60


async def changed_functions(
    repository: Repository, sha: str, files: Sequence[FileDiff], paths: Collection[str]
) -> frozenset[tuple[str, str]]:
    """(path, qualified name) of what a commit's diff changes in these files, by each file as the commit left it."""
    names: set[tuple[str, str]] = set()
    for change in files:
        if change.new_path not in paths:
            continue
        text = await repository.read(sha, change.new_path) or ""
        for item in change.changes[:CHANGES_READ]:
            for line in range(item.to, item.to + max(1, min(len(item.new), LINES_READ))):
                function = function_at(text, change.new_path, line)
                names.add((change.new_path, function.qualified_name if function else MODULE))
    return frozenset(names)
