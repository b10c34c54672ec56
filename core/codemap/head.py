"""The same line at HEAD: where it went, who changed it, and whether its statement still does what failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.codemap.extent import statement_at
from rootcase.core.codemap.lines import Change, HeadLine, hunk_of, parse_diff, still_the_same, through
from rootcase.core.codemap.moves import moved_elsewhere, moved_inside
from rootcase.core.model.code import Commit, MappedFrame
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.ports import Repository

COMMITS_READ = 60
# Other ways to pair lines, asked in turn where git's own says that the line is out. Each is git's.
ALGORITHMS = ("histogram", "patience", "minimal")
# Following a line commit by commit takes up to seconds on a long history.
FOLLOWED_BY_STEPS = 4


class Head:
    """Follows lines from `commit` to `head`; reads each file's diff once."""

    def __init__(self, repository: Repository, commit: str, head: str, literals: Sequence[str]) -> None:
        self.repository = repository
        self.commit = commit
        self.head = head
        self.missing: list[str] = []
        self._literals = tuple(literals)
        self._paths: dict[str, str] = {}
        self._diffs: dict[tuple[str, str, str], tuple[Change, ...]] = {}
        self._since: dict[int, str] = {}
        self._steps_left = FOLLOWED_BY_STEPS

    async def follow(self, frame: MappedFrame) -> MappedFrame:
        """The frame with its line at HEAD."""
        if self.commit == self.head:
            return replace(frame, head_path=frame.path, head_line=frame.line, head_status="same")
        try:
            found = await self._line(frame.path, frame.line)
            by = await self._changed_by(frame.path, found)
            self._since[frame.frame_index] = await self._statement_changed(frame, found, by)
        except RepositoryError as fault:
            self.missing.append(f"{frame.path} cannot be followed to HEAD: {fault.title}")
            return frame
        return replace(
            frame, head_path=found.path, head_line=found.line, head_status=found.status, head_commit=by
        )

    def changed_since(self, failing: MappedFrame) -> str:
        """A sentence where HEAD's statement does something else than the one that failed; "" where it does not."""
        return self._since.get(failing.frame_index, "")

    async def _line(self, path: str, line: int) -> HeadLine:
        """One line at HEAD: by git's own diff first, then by all that can tell a move from a deletion."""
        now = await self._path_now(path)
        text = await self._text(self.commit, path)
        lines = text.split("\n")
        before = lines[line - 1] if 0 < line <= len(lines) else ""
        if now:
            changes = await self._changes(path, now)
            item, _ = hunk_of(changes, line)
            found = through(changes, path, line, now)
            if item is None or found.status == "moved":
                return found
            kept = moved_inside(lines, line, changes, now) or await self._by_other_ways(path, line, now)
            if kept is not None:
                return kept
        else:
            found = HeadLine("gone", before=before)
        elsewhere = await moved_elsewhere(self.repository, self.commit, self.head, path, lines, line)
        return elsewhere or found

    async def _by_other_ways(self, path: str, line: int, now: str) -> HeadLine | None:
        """The line where another diff of git's, or git's steps from commit to commit, still has it."""
        for algorithm in ALGORITHMS:
            changes = await self._changes(path, now, algorithm)
            if hunk_of(changes, line)[0] is None:
                return through(changes, path, line, now)
        if self._steps_left > 0:
            self._steps_left -= 1
            last, where, at = await self.repository.surviving(self.commit, self.head, path, line)
            if last == self.head:
                return HeadLine("moved", where, at)
        return None

    async def _statement_changed(self, frame: MappedFrame, found: HeadLine, by: Commit | None) -> str:
        """Whether the whole statement that failed does something else at HEAD, as a sentence."""
        text = await self._text(self.commit, frame.path)
        start, end = statement_at(text, frame.path, frame.line)
        old = "\n".join(text.split("\n")[start - 1 : end])
        if not found.path or not found.line:
            return f"{_who(by)} removed {frame.path}" + (f":{frame.line}" if found.path else "")
        after = await self._text(self.head, found.path)
        first, last = statement_at(after, found.path, found.line)
        new = "\n".join(after.split("\n")[first - 1 : last])
        literal = self._literals[0] if self._literals else ""
        if still_the_same(old, new, literal):
            return ""
        if found.status in ("same", "moved"):
            by = (
                await self._touching(frame.path, found.path, set(old.split("\n")) ^ set(new.split("\n")))
                or by
            )
        return f"{_who(by)} changed {frame.path}:{frame.line}"

    async def _changed_by(self, path: str, found: HeadLine) -> Commit | None:
        """The newest commit since the release that took the line as it was."""
        if found.status not in ("changed", "gone"):
            return None
        return await self._touching(path, found.path, {found.before})

    async def _touching(self, path: str, now: str, lines: set[str]) -> Commit | None:
        """The newest commit that takes out or puts in one of these lines, else the newest on the file."""
        wanted = {line.strip() for line in lines if line.strip()}
        paths = tuple(dict.fromkeys(each for each in (path, now) if each))
        found = await self.repository.patches(f"{self.commit}..{self.head}", paths, limit=COMMITS_READ)
        for commit, patch in found:
            for file in parse_diff(patch):
                for change in file.changes:
                    if any(line.strip() in wanted for line in (*change.old, *change.new)):
                        return commit
        return found[0][0] if found else None

    async def _path_now(self, path: str) -> str:
        if path not in self._paths:
            self._paths[path] = await self.repository.renamed_to(self.commit, self.head, path)
        return self._paths[path]

    async def _changes(self, path: str, now: str, algorithm: str = "") -> tuple[Change, ...]:
        key = (path, now, algorithm)
        if key not in self._diffs:
            text = await self.repository.line_diff(self.commit, path, self.head, now, algorithm=algorithm)
            files = parse_diff(text)
            self._diffs[key] = tuple(files[0].changes) if files else ()
        return self._diffs[key]

    async def _text(self, commit: str, path: str) -> str:
        return await self.repository.read(commit, path) or ""


def _who(commit: Commit | None) -> str:
    return f"{commit.short} by {commit.author}" if commit else "a later commit"
