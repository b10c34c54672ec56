"""A clean revert of a commit as hunks against a later one, made without any worktree."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rootcase.core.model.drafts import Hunk
from rootcase.core.model.errors import EditError
from rootcase.core.model.hunks import hunks_between, numbered
from rootcase.core.safety.text import clean_line
from rootcase.core.workspace.repository import GitRepository
from rootcase.core.workspace.trees import decoded

HINT = "Revert it by hand, or let a fix be drafted instead."


async def revert_hunks(repository: GitRepository, sha: str, head: str) -> tuple[Hunk, ...]:
    """The hunks that take `sha` back from `head`; a merge is taken back against its first parent.

    EditError names what stands in the way: later changes to the same lines, a binary file, nothing left.
    """
    git = repository.git
    parent = await repository.resolve(f"{sha}^1")
    if parent is None:
        raise EditError(f"{sha[:7]} cannot be reverted", "It is the first commit.", HINT)
    patch = await git.out(
        "diff", "--binary", "--full-index", "--no-ext-diff", "--no-textconv", "-M", sha, parent
    )
    if not patch:
        raise EditError(f"{sha[:7]} changed nothing", "There is nothing to take back.", HINT)
    with tempfile.TemporaryDirectory(prefix="rootcase-revert-") as folder:
        private = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        await git.out("read-tree", head, environment=private)
        answer = await git.run(["apply", "--cached", "--3way"], input=patch, environment=private)
        if answer.code != 0:
            raise EditError(f"{sha[:7]} does not revert cleanly", _standing_in_the_way(answer.error), HINT)
        tree = (await git.out("write-tree", environment=private)).decode().strip()
    return await _hunks(repository, head, tree, sha)


async def _hunks(repository: GitRepository, head: str, tree: str, sha: str) -> tuple[Hunk, ...]:
    names = await repository.git.text("diff-tree", "-r", "-z", "--no-renames", "--name-only", head, tree)
    out: list[Hunk] = []
    for path in (name for name in names.split("\0") if name):
        old = decoded(path, await repository.read_bytes(head, path))
        new = decoded(path, await repository.read_bytes(tree, path))
        out.extend(hunks_between(path, old, new))
    if not out:
        raise EditError(
            f"{sha[:7]} is taken back already", "Head has none of its changes.", "Look for another cause."
        )
    return numbered(out)


def _standing_in_the_way(error: str) -> str:
    """Git's words on the files that conflict, the rest left out."""
    lines = [line.removeprefix("error: ") for line in error.splitlines()]
    telling = [
        line for line in lines if "with conflicts" in line or "patch failed" in line or "does not" in line
    ]
    return clean_line("; ".join(telling or lines), limit=500) or "Later commits changed the same lines."
