"""The same line at HEAD: where it went, who changed it, and whether it still does what failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.codemap.lines import FileDiff, HeadLine, line_at_head, parse_diff, still_the_same
from rootcase.core.model.code import Commit, MappedFrame
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.ports import Repository

COMMITS_READ = 20


class Head:
    """Follows lines from `commit` to `head`; reads each file's diff once."""

    def __init__(self, repository: Repository, commit: str, head: str, literals: Sequence[str]) -> None:
        self.repository = repository
        self.commit = commit
        self.head = head
        self.missing: list[str] = []
        self._literals = tuple(literals)
        self._diffs: dict[str, tuple[FileDiff, ...]] = {}
        self._changed: dict[int, HeadLine] = {}

    async def follow(self, frame: MappedFrame) -> MappedFrame:
        """The frame with its line at HEAD."""
        if self.commit == self.head:
            return replace(frame, head_path=frame.path, head_line=frame.line, head_status="same")
        try:
            found = line_at_head(await self._diff(frame.path), frame.path, frame.line)
            by = await self._changed_by(frame, found)
        except RepositoryError as fault:
            self.missing.append(f"{frame.path} cannot be followed to HEAD: {fault.title}")
            return frame
        self._changed[frame.frame_index] = found
        return replace(
            frame, head_path=found.path, head_line=found.line, head_status=found.status, head_commit=by
        )

    def changed_since(self, failing: MappedFrame) -> str:
        """A sentence where HEAD's statement does something else than the one that failed; "" where it does not."""
        found = self._changed.get(failing.frame_index)
        if found is None or found.status not in ("changed", "gone"):
            return ""
        by = (
            f"{failing.head_commit.short} by {failing.head_commit.author}"
            if failing.head_commit
            else "a later commit"
        )
        if found.status == "gone" and not found.after:
            return (
                f"{by} removed {failing.path}:{failing.line}"
                if found.before
                else f"{by} removed {failing.path}"
            )
        literal = self._literals[0] if self._literals else ""
        if found.status == "changed" and still_the_same(found.before, found.after, literal):
            return ""
        return f"{by} changed {failing.path}:{failing.line}"

    async def _diff(self, path: str) -> tuple[FileDiff, ...]:
        if path not in self._diffs:
            files = parse_diff(await self.repository.diff(self.commit, self.head, (path,), context=0))
            if any(item.old_path == path and not item.new_path for item in files):
                # A rename shows only where both names may be seen.
                files = parse_diff(await self.repository.diff(self.commit, self.head, context=0))
            self._diffs[path] = files
        return self._diffs[path]

    async def _changed_by(self, frame: MappedFrame, found: HeadLine) -> Commit | None:
        """The newest commit since the release that took the line as it was."""
        if found.status not in ("changed", "gone"):
            return None
        paths = tuple(dict.fromkeys(path for path in (frame.path, found.path) if path))
        commits = await self.repository.log(f"{self.commit}..{self.head}", paths, limit=COMMITS_READ)
        if len(commits) == 1 or not found.before:
            return commits[0] if commits else None
        for commit in commits:
            for change in parse_diff(await self.repository.patch(commit.sha)):
                if any(line.strip() == found.before.strip() for item in change.changes for line in item.old):
                    return commit
        return commits[0] if commits else None
