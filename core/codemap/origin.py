"""The commit behind a line, seen through those that only moved it or changed its layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rootcase.core.codemap.lines import Change, FileDiff, parse_diff
from rootcase.core.model.code import BlameLine, Commit
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.ports import Repository

STEPS = 4
PATCHES = 24
LONG_ENOUGH = 12
_TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.]*|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|\S")
_LAYOUT = frozenset("(),;\\{}")


@dataclass(frozen=True, slots=True)
class Origin:
    """commit: what wrote the line. through: (commit, what it did) of those passed on the way, newest first."""

    commit: Commit
    through: tuple[tuple[Commit, str], ...] = ()


@dataclass(slots=True)
class Origins:
    """Follows lines backwards; each commit's patch is read once, and at most so many of them."""

    repository: Repository
    _patches: dict[str, tuple[FileDiff, ...]] = field(default_factory=dict)

    async def of(self, blamed: BlameLine) -> Origin:
        """The commit that wrote a blamed line."""
        through: list[tuple[Commit, str]] = []
        current = blamed
        while len(through) < STEPS:
            did, before = await self._before(current)
            if before is None:
                break
            through.append((current.commit, did))
            current = before
        return Origin(current.commit, tuple(through))

    async def _before(self, blamed: BlameLine) -> tuple[str, BlameLine | None]:
        """The same line before its commit, where that only moved it or laid it out anew."""
        path = blamed.commit.files[0] if blamed.commit.files else ""
        files = await self._patch(blamed.commit.sha)
        place = _same_tokens(files, path, blamed.text)
        did = "only changed its layout"
        if place is None:
            place, did = _taken_from(files, path, blamed.text), "only moved it"
        if place is None:
            return "", None
        try:
            found = await self.repository.blame(f"{blamed.commit.sha}^", place[0], place[1], place[1])
        except RepositoryError:
            return "", None
        return did, found[0] if found and found[0].commit.sha != blamed.commit.sha else None

    async def _patch(self, sha: str) -> tuple[FileDiff, ...]:
        if sha not in self._patches:
            if len(self._patches) >= PATCHES:
                return ()
            try:
                self._patches[sha] = parse_diff(await self.repository.patch(sha))
            except RepositoryError:
                self._patches[sha] = ()
        return self._patches[sha]


def layout_only(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether two blocks are the same code laid out differently: their tokens are equal.

    Brackets, commas and the kind of quotes are left out, since formatters add and take those.
    """
    return bool(old) and bool(new) and _tokens(old) == _tokens(new)


def _tokens(rows: Sequence[str]) -> list[str]:
    found = (token for row in rows for token in _TOKEN.findall(row[:2000]))
    return [
        token[1:-1] if token[0] in "\"'" and len(token) > 1 else token
        for token in found
        if token not in _LAYOUT
    ]


def _same_tokens(files: Sequence[FileDiff], path: str, text: str) -> tuple[str, int] | None:
    for change in _changes(files, path, text):
        item = change[1]
        if layout_only(item.old, item.new):
            at = item.new.index(next(row for row in item.new if row.strip() == text.strip()))
            return change[0].old_path, item.start + min(
                len(item.old) - 1, at * len(item.old) // len(item.new)
            )
    return None


def _taken_from(files: Sequence[FileDiff], path: str, text: str) -> tuple[str, int] | None:
    """Where a commit took a line away that it put elsewhere; two equal lines are no move."""
    wanted = text.strip()
    if len(wanted) < LONG_ENOUGH or not _changes(files, path, text):
        return None
    found = [
        (file.old_path, item.start + number)
        for file in files
        for item in file.changes
        for number, row in enumerate(item.old)
        if row.strip() == wanted
    ]
    return found[0] if len(found) == 1 else None


def _changes(files: Sequence[FileDiff], path: str, text: str) -> list[tuple[FileDiff, Change]]:
    """The changes of a file that put in that line."""
    wanted = text.strip()
    return [
        (file, item)
        for file in files
        if file.new_path == path
        for item in file.changes
        if any(row.strip() == wanted for row in item.new)
    ]
