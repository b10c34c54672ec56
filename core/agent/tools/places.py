"""Where the tools read: the release that failed, HEAD, or the draft as it stands in the worktree."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal

from rootcase.core.model.case import Case
from rootcase.core.model.code import CodePath, GrepHit
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.ports import Repository, Workspace
from rootcase.core.safety.paths import normal

At = Literal["", "release", "head", "draft"]
TEST_FOLDERS = {"test", "tests", "spec", "specs", "__tests__", "testing"}


@dataclass(slots=True)
class Places:
    """default: where `at=""` looks. changed: files that differ from HEAD in the worktree."""

    repository: Repository
    code: CodePath
    default: Literal["release", "head", "draft"]
    workspace: Workspace | None = None
    changed: set[str] = field(default_factory=set)

    def commit(self, at: At) -> str:
        """The commit to ask git at; the draft's is HEAD, which it is based on."""
        return self.code.release_commit if self._at(at) == "release" else self.code.head_commit

    def label(self, at: At) -> str:
        name = self._at(at)
        if name == "draft":
            return f"the draft, on HEAD {self.code.head_commit[:7]}"
        words = f"release {self.code.release}" if name == "release" else "HEAD"
        return f"{words} at {self.commit(at)[:7]}"

    async def read(self, path: str, at: At) -> str | None:
        if self._at(at) == "draft" and self.workspace is not None:
            return await self.workspace.read(path)
        return await self.repository.read(self.commit(at), path)

    async def require(self, path: str, at: At) -> str:
        """The text of a file. RepositoryError names the nearest paths where there is none."""
        text = await self.read(path, at)
        if text is None:
            near = ", ".join(await self.near(path, at)) or "tree shows what there is"
            raise RepositoryError(f"There is no {path} in {self.label(at)}", "", f"Near: {near}.")
        return text

    async def files(self, at: At) -> tuple[str, ...]:
        files = await self.repository.files(self.commit(at))
        if self._at(at) != "draft":
            return files
        return tuple(sorted({*files, *self.changed}))

    async def near(self, path: str, at: At) -> list[str]:
        """Paths that somebody may have meant: the same file name first."""
        files = await self.files(at)
        name = path.rpartition("/")[2]
        same = [file for file in files if file.rpartition("/")[2] == name][:3]
        return same or difflib.get_close_matches(path, files, 3, 0.5)

    async def grep(
        self, text: str, at: At, *, regex: bool, paths: Sequence[str], limit: int
    ) -> list[GrepHit]:
        """Lines with the text; files that the draft changed are looked at as they stand."""
        hits = list(await self.repository.grep(self.commit(at), text, regex=regex, paths=paths, limit=limit))
        if self._at(at) != "draft" or self.workspace is None:
            return hits
        hits = [hit for hit in hits if hit.path not in self.changed]
        for path in sorted(self.changed):
            if not paths or any(path == p or path.startswith(p.rstrip("/") + "/") for p in paths):
                lines = (await self.workspace.read(path) or "").split("\n")
                hits += [GrepHit(path, n, line) for n, line in enumerate(lines, 1) if text in line]
        return sorted(hits, key=lambda hit: (hit.path, hit.line))

    def _at(self, at: At) -> Literal["release", "head", "draft"]:
        name = at or self.default
        if name == "draft" and self.workspace is None:
            return "head"
        if name == "release" and not self.code.release_commit:
            return "head"
        return name


def tidy(path: str) -> str:
    """A path as git names it. GuardrailError where it leaves the repository."""
    return normal(path.strip().strip("`'\""))


def code_of(case: Case) -> CodePath:
    """The code path that every phase needs. RepositoryError where there is none."""
    if case.code is None or not case.code.head_commit:
        raise RepositoryError(
            "The code of this case is not mapped", "No repository and commit are known for it.",
            "Map it first: rootcase run --until map.",
        )  # fmt: skip
    return case.code


def is_test(path: str) -> bool:
    """Whether a path is a test by its folder or its name, in the usual conventions."""
    parts = PurePosixPath(path)
    stem = parts.stem.lower()
    named = stem.startswith("test_") or stem.endswith(("_test", "_spec", ".test", ".spec", "tests"))
    in_folder = any(part.lower() in TEST_FOLDERS for part in parts.parts[:-1])
    return bool(parts.suffix) and (named or (in_folder and not stem.startswith(("conftest", "__init__"))))
