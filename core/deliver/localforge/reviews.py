"""Checks and reviews at the local forge: what programs report, what people say, and who of them may write."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rootcase.core.deliver.localforge.asked import Asked, Refuse, Reply, invalid, page
from rootcase.core.deliver.localforge.book import Book, Item, Review, now
from rootcase.core.deliver.localforge.github import Route
from rootcase.core.deliver.localforge.shapes import Fields, Json, Shapes

EVENTS = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
STATES = ("error", "failure", "pending", "success")


class ReviewRoutes:
    """required: contexts that the default branch demands; writers: who else than the token's user may push."""

    def __init__(
        self, book: Book, shapes: Shapes, *, required: Sequence[str], writers: frozenset[str]
    ) -> None:
        self.book = book
        self.shapes = shapes
        self.required = list(required)
        self.writers = writers
        repo = f"/repos/{re.escape(shapes.project)}"
        pull = f"{repo}/pulls/(?P<number>[0-9]+)"
        self.routes: list[tuple[str, re.Pattern[str], Route]] = [
            (method, re.compile(f"^{pattern}$"), route)
            for method, pattern, route in (
                ("POST", f"{repo}/statuses/(?P<sha>[0-9a-f]+)", self.report),
                ("GET", f"{repo}/commits/(?P<sha>[0-9a-f]+)/status", self.statuses),
                ("GET", f"{repo}/commits/(?P<sha>[0-9a-f]+)/check-runs", self.check_runs),
                ("GET", f"{repo}/rules/branches/(?P<name>.+)", self.rules),
                ("GET", f"{repo}/collaborators/(?P<login>[^/]+)/permission", self.permission),
                ("GET", f"{pull}/reviews", self.reviews),
                ("POST", f"{pull}/reviews", self.review),
                ("GET", f"{pull}/comments", self.lines),
                ("POST", f"{pull}/comments", self.remark),
            )
        ]

    def report(self, asked: Asked, match: re.Match[str]) -> Reply:
        if asked.text("state") not in STATES:
            raise invalid("Status", "state", "invalid")
        self.book.status(match["sha"], asked.text("context") or "default", asked.text("state"))
        return Reply(201, {"context": asked.text("context"), "state": asked.text("state")})

    def statuses(self, asked: Asked, match: re.Match[str]) -> Reply:
        told = self.book.statuses.get(match["sha"], {})
        rows: list[Json] = [
            {"context": name, "state": state, "target_url": None} for name, state in told.items()
        ]
        bad = any(state in ("failure", "error") for state in told.values())
        good = all(state == "success" for state in told.values()) and bool(told)
        state = "failure" if bad else "success" if good else "pending"
        return Reply(200, {"state": state, "statuses": rows, "sha": match["sha"], "total_count": len(rows)})

    def check_runs(self, asked: Asked, match: re.Match[str]) -> Reply:
        return Reply(200, {"total_count": 0, "check_runs": []})

    def rules(self, asked: Asked, match: re.Match[str]) -> Reply:
        checks: list[Json] = [{"context": name} for name in self.required]
        rule: Fields = {"type": "required_status_checks", "parameters": {"required_status_checks": checks}}
        return Reply(200, [rule] if checks else [])

    def permission(self, asked: Asked, match: re.Match[str]) -> Reply:
        may = match["login"] in self.writers
        return Reply(
            200, {"permission": "write" if may else "read", "user": self.shapes.user(match["login"])}
        )

    def reviews(self, asked: Asked, match: re.Match[str]) -> Reply:
        item = self._pull(match)
        rows: list[Json] = [
            {**self._said(item, r), "state": r.state, "submitted_at": r.at}
            for r in item.reviews
            if not r.path
        ]
        return page(asked, rows, self.shapes.base)

    def review(self, asked: Asked, match: re.Match[str]) -> Reply:
        item = self._pull(match)
        state = EVENTS.get(asked.text("event"), "")
        if not state or (state == "CHANGES_REQUESTED" and not asked.text("body")):
            raise invalid("PullRequestReview", "event", "invalid")
        if state != "COMMENTED" and asked.login == item.author:
            raise Refuse(422, "Can not approve or request changes on your own pull request")
        return self._keep(item, Review(0, asked.login, asked.text("body"), now(), state))

    def lines(self, asked: Asked, match: re.Match[str]) -> Reply:
        item = self._pull(match)
        rows: list[Json] = [
            {**self._said(item, r), "path": r.path, "line": r.line, "created_at": r.at}
            for r in item.reviews
            if r.path
        ]
        return page(asked, rows, self.shapes.base)

    def remark(self, asked: Asked, match: re.Match[str]) -> Reply:
        given = asked.body if isinstance(asked.body, dict) else {}
        line = given.get("line")
        at = line if isinstance(line, int) else 0
        said = Review(0, asked.login, asked.text("body"), now(), path=asked.text("path"), line=at)
        return self._keep(self._pull(match), said)

    def _keep(self, item: Item, said: Review) -> Reply:
        said.id = item.number * 1000 + len(item.reviews) + 1
        item.reviews.append(said)
        self.book.save(item)
        return Reply(200 if not said.path else 201, self._said(item, said))

    def _said(self, item: Item, said: Review) -> Fields:
        return {
            "id": said.id, "user": self.shapes.user(said.author), "body": said.body,
            "html_url": f"{self.shapes.address(item)}#r{said.id}", "author_association": "MEMBER",
        }  # fmt: skip

    def _pull(self, match: re.Match[str]) -> Item:
        item = self.book.items.get(int(match["number"]))
        if item is None or item.kind != "pull":
            raise Refuse(404, "Not Found")
        return item
