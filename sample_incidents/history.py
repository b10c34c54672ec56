"""A repository as a list of commits: folders with a commit.yaml, whole files, and exact-once edits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from rootcase.core.model.errors import RootcaseError

DAY_S = 86_400
HOUR_S = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Replace text that stands exactly once in a file of the commit before."""

    path: str
    search: str
    replace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitFile:
    """A commit.yaml. The date is days_ago at a time of day (UTC), or hours_ago."""

    author: str
    message: str
    days_ago: int = 0
    hours_ago: float = 0.0
    at: str = ""
    tags: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit ready to be imported. at_s: seconds since 1970. files: every file of the tree after it."""

    author: str
    at_s: int
    message: str
    tags: tuple[str, ...]
    files: dict[str, str]


def read_history(folder: Path, now_s: int) -> tuple[Revision, ...]:
    """All revisions, oldest first; RootcaseError names the commit whose edit does not fit."""
    import yaml

    tree: dict[str, str] = {}
    revisions: list[Revision] = []
    for step in sorted(path for path in folder.iterdir() if (path / "commit.yaml").is_file()):
        raw = yaml.safe_load((step / "commit.yaml").read_text(encoding="utf-8"))
        meta = msgspec.convert(raw, CommitFile)
        tree = dict(tree)
        for path in meta.delete:
            del tree[path]
        files = step / "files"
        for file in sorted(files.rglob("*")) if files.is_dir() else ():
            if file.is_file() and "__pycache__" not in file.parts:
                tree[file.relative_to(files).as_posix()] = file.read_text(encoding="utf-8")
        for edit in meta.edits:
            tree[edit.path] = _edited(tree.get(edit.path, ""), edit, step.name)
        revisions.append(Revision(meta.author, _at(meta, now_s), meta.message, meta.tags, tree))
    return tuple(revisions)


def _edited(text: str, edit: Edit, step: str) -> str:
    if text.count(edit.search) != 1:
        raise RootcaseError(
            f"{step}: an edit of {edit.path} does not fit",
            f"Its text stands {text.count(edit.search)} times in the commit before.",
            "Make `search` stand there exactly once.",
        )
    return text.replace(edit.search, edit.replace)


def _at(meta: CommitFile, now_s: int) -> int:
    if meta.hours_ago:
        return now_s - round(meta.hours_ago * HOUR_S)
    midnight = now_s - now_s % DAY_S - meta.days_ago * DAY_S
    hours, minutes = meta.at.split(":") if meta.at else ("12", "00")
    return midnight + int(hours) * HOUR_S + int(minutes) * 60
