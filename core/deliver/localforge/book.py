"""What the local forge keeps: one JSON file for each pull request or issue, and its text as Markdown beside."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

ItemKind = Literal["pull", "issue"]


class Comment(msgspec.Struct):
    id: int
    author: str
    body: str
    at: str


class Review(msgspec.Struct):
    """A review, or with a path a remark on a line of the change."""

    id: int
    author: str
    body: str
    at: str
    state: str = "COMMENTED"
    path: str = ""
    line: int = 0


class Item(msgspec.Struct):
    """A pull request or an issue; both share one row of numbers, as at GitHub."""

    number: int
    kind: ItemKind
    title: str
    body: str
    author: str
    at: str
    state: str = "open"
    draft: bool = False
    head: str = ""
    base: str = ""
    head_sha: str = ""
    base_sha: str = ""
    labels: list[str] = []
    reviewers: list[str] = []
    teams: list[str] = []
    merged_at: str = ""
    merge_sha: str = ""
    closed_at: str = ""
    comments: list[Comment] = []
    head_owner: str = ""
    reviews: list[Review] = []


class Note(msgspec.Struct):
    """Something written back to a source's issue."""

    id: int
    issue: str
    text: str
    at: str
    status: str = ""


class Book:
    """The folder. Every change is on disk before it is answered, so a killed forge forgets nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        files = sorted(folder.glob("[0-9]*.json"))
        self.items = {i.number: i for i in (msgspec.json.decode(f.read_bytes(), type=Item) for f in files)}
        told = folder / "statuses.json"
        self.statuses: dict[str, dict[str, str]] = (
            msgspec.json.decode(told.read_bytes(), type=dict[str, dict[str, str]]) if told.exists() else {}
        )
        notes = folder / "source.json"
        self.notes = msgspec.json.decode(notes.read_bytes(), type=list[Note]) if notes.exists() else []

    def add(self, item: Item) -> Item:
        item.number = max(self.items, default=0) + 1
        self.save(item)
        return item

    def save(self, item: Item) -> None:
        self.items[item.number] = item
        stem = f"{item.number:04d}-{'pull-request' if item.kind == 'pull' else 'issue'}"
        _write(self.folder / f"{stem}.json", msgspec.json.format(msgspec.json.encode(item), indent=2))
        _write(self.folder / f"{stem}.md", markdown(item).encode())

    def status(self, sha: str, context: str, state: str) -> None:
        """What a program reports about a commit; its last word counts."""
        self.statuses.setdefault(sha, {})[context] = state
        _write(
            self.folder / "statuses.json", msgspec.json.format(msgspec.json.encode(self.statuses), indent=2)
        )

    def note(self, issue: str, text: str, status: str = "") -> Note:
        note = Note(len(self.notes) + 1, issue, text, now(), status)
        self.notes.append(note)
        _write(self.folder / "source.json", msgspec.json.format(msgspec.json.encode(self.notes), indent=2))
        return note

    def newest(self, kind: ItemKind | None = None) -> list[Item]:
        """Newest first."""
        return [i for _, i in sorted(self.items.items(), reverse=True) if kind in (None, i.kind)]


def markdown(item: Item) -> str:
    """The item as a person would read it at a forge."""
    draft = "draft " if item.draft else ""
    what = f"{draft}pull request, {item.head} → {item.base}" if item.kind == "pull" else "issue"
    lines = [f"# {item.title}", "", f"#{item.number} · {what} · {item.state} · by {item.author}"]
    if item.labels:
        lines.append(f"Labels: {', '.join(item.labels)}")
    if item.reviewers or item.teams:
        lines.append(f"Reviewers: {', '.join([*item.reviewers, *item.teams])}")
    lines += ["", item.body]
    for comment in item.comments:
        lines += ["", "---", f"{comment.author} at {comment.at}:", "", comment.body]
    return "\n".join(lines) + "\n"


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    os.replace(part, path)
