"""Stands in for Sentry's write-back: comments on an issue, and its status."""

from __future__ import annotations

import re

from rootcase.core.deliver.localforge.asked import Asked, Refuse, Reply
from rootcase.core.deliver.localforge.book import Book, Note
from rootcase.core.deliver.localforge.github import Route
from rootcase.core.deliver.localforge.shapes import Fields

STATUSES = ("resolved", "unresolved", "ignored", "resolvedInNextRelease")


class SourceRoutes:
    """login: who the token belongs to, as a source names them."""

    def __init__(self, book: Book, *, login: str) -> None:
        self.book = book
        self.login = login
        issue = "/api/0/(?:organizations/[^/]+/)?issues/(?P<issue>[^/]+)"
        self.routes: list[tuple[str, re.Pattern[str], Route]] = [
            ("GET", re.compile(f"^{issue}/comments/$"), self.comments),
            ("POST", re.compile(f"^{issue}/comments/$"), self.comment),
            ("GET", re.compile(f"^{issue}/$"), self.read),
            ("PUT", re.compile(f"^{issue}/$"), self.update),
        ]

    def comments(self, asked: Asked, match: re.Match[str]) -> Reply:
        said = [n for n in self.book.notes if n.issue == match["issue"] and n.text]
        return Reply(200, [self._shape(note) for note in reversed(said)])

    def comment(self, asked: Asked, match: re.Match[str]) -> Reply:
        text = asked.text("text")
        if not text:
            raise Refuse(400, "text: This field is required.")
        if any(n.issue == match["issue"] and n.text == text for n in self.book.notes):
            raise Refuse(400, "You have already posted that comment.")
        return Reply(201, self._shape(self.book.note(match["issue"], text)))

    def read(self, asked: Asked, match: re.Match[str]) -> Reply:
        return Reply(200, self._issue(match["issue"]))

    def update(self, asked: Asked, match: re.Match[str]) -> Reply:
        status = asked.text("status")
        if status and status not in STATUSES:
            raise Refuse(400, f"status: {status!r} is not a valid choice.")
        self.book.note(match["issue"], "", status)
        return Reply(200, self._issue(match["issue"]))

    def _issue(self, issue: str) -> Fields:
        states = [n.status for n in self.book.notes if n.issue == issue and n.status]
        said = sum(1 for n in self.book.notes if n.issue == issue and n.text)
        return {"id": issue, "status": states[-1] if states else "unresolved", "numComments": said}

    def _shape(self, note: Note) -> Fields:
        user: Fields = {"id": "1", "name": self.login, "email": f"{self.login}@localhost"}
        data: Fields = {"text": note.text}
        return {
            "id": str(note.id), "user": user, "sentry_app": None, "type": "note", "data": data,
            "dateCreated": note.at,
        }  # fmt: skip
