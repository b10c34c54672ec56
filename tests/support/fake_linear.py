"""Linear's rules for one workspace: own ids taken once, errors inside 200, links by page.

https://linear.app/developers/graphql
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from tests.support.fake_web import Asked, FakeWeb, Reply

AT = "2026-03-01T10:00:00.000Z"


class FakeLinear(FakeWeb):
    """silent: answers of that operation are lost. key: the personal key."""

    def __init__(self) -> None:
        super().__init__()
        self.key = "lin_api_test-token-of-nobody"
        self.issues: dict[str, dict[str, Any]] = {}
        self.attachments: dict[tuple[str, str], str] = {}
        self.comments: dict[str, list[dict[str, Any]]] = {}
        self.dana = {"name": "Dana D", "displayName": "dana"}
        self.labels = [{"id": "l1", "name": "rootcase", "isGroup": False, "team": None}]

    @property
    def api(self) -> str:
        return f"{self.url}/graphql"

    def operation(self, asked: Asked) -> str:
        return re.match(r"\s*(?:query|mutation) (\w+)", asked.json["query"])[1]  # type: ignore[index]

    def loses(self, asked: Asked, end: str) -> bool:
        return self.operation(asked) == end

    def answer(self, asked: Asked) -> Reply:
        if asked.method != "POST" or asked.path != "/graphql":
            return 404, b"Not found", {}
        if asked.headers.get("authorization") != self.key:
            return 401, {"errors": [problem("Authentication required", "authentication error")]}, {}
        values = asked.json.get("variables", {})
        return getattr(self, f"_{self.operation(asked).lower()}")(values)

    def add(self, title: str, **fields: Any) -> dict[str, Any]:
        id, number = fields.pop("id", None) or str(uuid.uuid4()), len(self.issues) + 1
        self.issues[id] = {
            "id": id, "identifier": f"ENG-{number}", "url": f"https://linear.app/acme/issue/ENG-{number}",
            "title": title, "description": "", "createdAt": AT, "state": {"type": "backlog", "name": "Backlog"},
            "assignee": None, "creator": self.dana, "labels": {"nodes": []}, **fields,
        }  # fmt: skip
        return self.issues[id]

    def _me(self, values: dict[str, Any]) -> Reply:
        return ok({"viewer": self.dana})

    def _byid(self, values: dict[str, Any]) -> Reply:
        return ok({"issues": page([i for i in self.issues.values() if i["id"] == values["id"]])})

    def _bywords(self, values: dict[str, Any]) -> Reply:
        words = values["words"].lower()
        return ok({"issues": page([
            i for i in self.issues.values() if words in i["title"].lower() or words in (i["description"] or "").lower()
        ])})  # fmt: skip

    def _bypage(self, values: dict[str, Any]) -> Reply:
        found = [{"issue": self.issues[id]} for id, url in self.attachments if url == values["url"]]
        return ok({"attachmentsForURL": page(found)})

    def _team(self, values: dict[str, Any]) -> Reply:
        return ok(
            {"teams": {"nodes": [{"id": "t1", "key": "ENG"}] if values["key"].upper() == "ENG" else []}}
        )

    def _labels(self, values: dict[str, Any]) -> Reply:
        return ok({"issueLabels": {"nodes": [one for one in self.labels if one["name"] in values["names"]]}})

    def _comments(self, values: dict[str, Any]) -> Reply:
        issue = self._issue(values["id"])
        return ok({"issue": {"comments": {"nodes": self.comments.get(issue["id"], [])}}})

    def _create(self, values: dict[str, Any]) -> Reply:
        given = values["input"]
        if uuid.UUID(given["id"]).version != 4:
            return failed("id must be a UUID v4", "invalid input")
        if given["id"] in self.issues:
            return failed("Entity Issue with that id already exists", "invalid input")
        if given["teamId"] != "t1":
            return failed("Entity not found: Team", "invalid input")
        labels = {"nodes": [one for one in self.labels if one["id"] in given.get("labelIds", [])]}
        made = self.add(given["title"], id=given["id"], description=given["description"], labels=labels)
        return ok({"issueCreate": {"success": True, "issue": made}})

    def _link(self, values: dict[str, Any]) -> Reply:
        self.attachments[(self._issue(values["issue"])["id"], values["url"])] = values.get("title", "")
        return ok({"attachmentLinkURL": {"success": True}})

    def _say(self, values: dict[str, Any]) -> Reply:
        given = values["input"]
        said = self.comments.setdefault(self._issue(given["issueId"])["id"], [])
        if any(one["id"] == given["id"] for one in said):
            return failed("Entity Comment with that id already exists", "invalid input")
        said.append({"id": given["id"], "body": given["body"], "createdAt": AT, "url": "", "user": self.dana})
        return ok({"commentCreate": {"success": True, "comment": {"id": given["id"], "url": ""}}})

    def _issue(self, id: str) -> dict[str, Any]:
        return next(i for i in self.issues.values() if id in (i["id"], i["identifier"]))


def ok(data: dict[str, Any]) -> Reply:
    return 200, {"data": data}, {}


def page(nodes: list[Any]) -> dict[str, Any]:
    return {"nodes": nodes, "pageInfo": {"hasNextPage": False}}


def problem(message: str, kind: str, code: str = "") -> dict[str, Any]:
    return {"message": message, "extensions": {"type": kind, "code": code, "userPresentableMessage": message}}


def failed(message: str, kind: str) -> Reply:
    """Linear says so inside a 200, with no data for the mutation."""
    return 200, {"data": None, "errors": [problem(message, kind)]}, {}
