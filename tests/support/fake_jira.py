"""Jira Cloud's rules for one project: ADF alone, screens with fields, a search that lags behind writes.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/
"""

from __future__ import annotations

import base64
import re
from typing import Any

from tests.support.fake_web import Asked, FakeWeb, Reply

AT = "2026-03-01T10:00:00.000+0000"
API = "/rest/api/3/"
BLOCKS = {
    "paragraph", "heading", "bulletList", "orderedList", "codeBlock", "blockquote", "rule", "expand", "panel",
}  # fmt: skip
MARKS = {"strong", "em", "strike", "code", "link"}
LONGEST = 32_767


class FakeJira(FakeWeb):
    """lag: how many searches still miss what was just made. required: fields beyond summary."""

    def __init__(
        self, *, lag: int = 0, labels: bool = True, required: tuple[dict[str, Any], ...] = ()
    ) -> None:
        super().__init__()
        self.lag, self.labels, self.required = lag, labels, required
        self.issues: list[dict[str, Any]] = []
        self.unseen: dict[str, int] = {}
        self.links: dict[str, dict[str, dict[str, Any]]] = {}
        self.comments: dict[str, list[dict[str, Any]]] = {}
        self.login = "dana@example.com:test-token-of-nobody"
        self.dana = {"accountId": "5b10", "displayName": "Dana", "accountType": "atlassian"}

    def answer(self, asked: Asked) -> Reply:
        basic = base64.b64encode(self.login.encode()).decode()
        if asked.headers.get("authorization") != f"Basic {basic}":
            return 401, b"Client must be authenticated to access this resource.", {}
        path = asked.path.removeprefix(API).split("/")
        match (asked.method, *path):
            case ("GET", "myself"):
                return 200, self.dana, {}
            case (_, "search"):
                return 410, refused("The requested API has been removed. Use /rest/api/3/search/jql."), {}
            case ("POST", "search", "jql"):
                return self._search(asked.json)
            case ("GET", "issue", "createmeta", "PAY", "issuetypes"):
                types = [{"id": "10003", "name": "Sub-task", "subtask": True}, {"id": "10001", "name": "Task"},
                         {"id": "10002", "name": "Bug"}]  # fmt: skip
                return 200, {"issueTypes": types, "total": 3}, {}
            case ("GET", "issue", "createmeta", "PAY", "issuetypes", _):
                return self._metas(asked)
            case ("POST", "issue"):
                return self._create(asked.json)
            case ("GET", "issue", key):
                found = self._issue(key)
                return (200, found, {}) if found else (404, refused("Issue does not exist"), {})
            case ("POST", "issue", key, "remotelink"):
                return self._link(key, asked.json)
            case ("GET", "issue", key, "comment"):
                return 200, {"comments": self.comments.get(key, [])}, {}
            case ("POST", "issue", key, "comment"):
                return self._said(key, asked.json)
        return 404, refused("No such thing, or no permission"), {}

    def add(self, summary: str, **fields: Any) -> dict[str, Any]:
        """A ticket that a person made."""
        number = len(self.issues) + 1
        status = {"name": "To Do", "statusCategory": {"key": "new"}}
        base = {"summary": summary, "description": None, "status": status, "creator": self.dana, "labels": [],
                "created": AT, "resolution": None, "assignee": None}  # fmt: skip
        self.issues.append({"id": str(10_000 + number), "key": f"PAY-{number}", "fields": {**base, **fields}})
        return self.issues[-1]

    def _fields(self) -> list[dict[str, Any]]:
        names = [
            "summary",
            "issuetype",
            "project",
            "description",
            "reporter",
            *(["labels"] if self.labels else []),
        ]
        required = {"summary", "issuetype", "project"}
        own = [
            {"fieldId": n, "key": n, "name": n.title(), "required": n in required, "hasDefaultValue": n == "reporter",
             "schema": {"type": "string"}} for n in names
        ]  # fmt: skip
        return [*own, *self.required]

    def _metas(self, asked: Asked) -> Reply:
        start = int(asked.get("startAt", "0"))
        # Jira answers with fewer than asked for where it likes to.
        return 200, {"fields": self._fields()[start : start + 4], "total": len(self._fields())}, {}

    def _create(self, given: dict[str, Any]) -> Reply:
        fields = given.get("fields", {})
        known = {each["fieldId"]: each for each in self._fields()}
        errors = {n: f"Field '{n}' cannot be set. It is not on the appropriate screen, or unknown."
                  for n in fields if n not in known}  # fmt: skip
        errors |= {n: f"{known[n]['name']} is required." for n in known
                   if known[n]["required"] and not known[n].get("hasDefaultValue") and not fields.get(n)}  # fmt: skip
        if fields.get("project") not in ({"key": "PAY"}, {"key": "pay"}):
            errors["project"] = "valid project is required"
        if "\n" in str(fields.get("summary", "")) or len(str(fields.get("summary", ""))) > 255:
            errors["summary"] = (
                "The summary is invalid because it contains newline characters or is too long."
            )
        if any(" " in label for label in fields.get("labels", [])):
            errors["labels"] = "The label can't contain spaces."
        fault = adf_fault(fields.get("description")) if fields.get("description") is not None else ""
        if fault:
            errors["description"] = fault
        if errors:
            return 400, {"errorMessages": [], "errors": errors}, {}
        extra = {n: v for n, v in fields.items() if n not in ("project", "issuetype", "summary")}
        made = self.add(fields["summary"], **extra)
        self.unseen[made["key"]] = self.lag
        return 201, {"id": made["id"], "key": made["key"], "self": f"{self.url}{API}issue/{made['id']}"}, {}

    def _issue(self, key: str) -> dict[str, Any] | None:
        return next((issue for issue in self.issues if key in (issue["key"], issue["id"])), None)

    def _search(self, given: dict[str, Any]) -> Reply:
        jql = given.get("jql", "")
        where = jql.partition(" ORDER BY ")[0]
        if not where.strip():
            return 400, refused("Unbounded JQL queries are not allowed here."), {}
        seen = [i for i in reversed(self.issues) if not self.unseen.get(i["key"])]
        self.unseen = {key: left - 1 for key, left in self.unseen.items() if left > 0}
        found = [issue for issue in seen if self._matches(issue, where)][: given.get("maxResults", 50)]
        wanted = given.get("fields") or ["id"]
        shown = [
            {"id": i["id"], "key": i["key"], "fields": {n: i["fields"].get(n) for n in wanted}} for i in found
        ]
        return 200, {"issues": shown, "isLast": True}, {}

    def _matches(self, issue: dict[str, Any], where: str) -> bool:
        """`project = "X"`, `labels = "x"`, `text ~ "\\"x y\\""`, links by globalId; AND before one bracket of ORs."""
        string = r'"((?:[^"\\]|\\.)*)"'
        project = re.search(rf"project = {string}", where)
        if project and issue["key"].partition("-")[0] != project[1].upper():
            return False
        tests = []
        for label in re.findall(rf"labels = {string}", where):
            tests.append(label in issue["fields"]["labels"])
        for text in re.findall(rf"text ~ {string}", where):
            phrase = text.replace('\\"', '"').replace("\\\\", "\\").strip('"').lower()
            words = f"{issue['fields']['summary']}\n{adf_words(issue['fields']['description'])}".lower()
            tests.append(phrase in words)
        for link in re.findall(rf"issuesWithRemoteLinksByGlobalId\({string}\)", where):
            tests.append(link in self.links.get(issue["key"], {}))
        return any(tests) if tests else bool(project)

    def _link(self, key: str, given: dict[str, Any]) -> Reply:
        if self._issue(key) is None:
            return 404, refused("Issue does not exist"), {}
        if not given.get("object", {}).get("url") or not given["object"].get("title"):
            return 400, {"errorMessages": [], "errors": {"title": "'title' is required."}}, {}
        known = self.links.setdefault(key, {})
        there = given.get("globalId", "") in known
        known[given.get("globalId") or str(len(known))] = given
        return 200 if there else 201, {"id": 1, "self": ""}, {}

    def _said(self, key: str, given: dict[str, Any]) -> Reply:
        fault = adf_fault(given.get("body"))
        if self._issue(key) is None or fault:
            return 400 if fault else 404, {"errorMessages": [fault or "no"], "errors": {}}, {}
        said = self.comments.setdefault(key, [])
        said.append({"id": str(len(said) + 1), "author": self.dana, "body": given["body"], "created": AT})
        return 201, said[-1], {}


def refused(words: str) -> dict[str, Any]:
    return {"errorMessages": [words], "errors": {}}


def adf_words(node: Any) -> str:
    if not isinstance(node, dict):
        return ""
    return str(node.get("text", "")) + " ".join(adf_words(each) for each in node.get("content", []))


def adf_fault(node: Any) -> str:
    """Why Jira would refuse the document, "" where it would not."""
    if not isinstance(node, dict) or node.get("type") != "doc" or node.get("version") != 1:
        return "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
    if len(adf_words(node)) > LONGEST:
        return "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
    for each in node.get("content", []):
        fault = _block_fault(each, within="doc")
        if fault:
            return f"INVALID_INPUT: {fault}"
    return ""


def _block_fault(node: dict[str, Any], within: str) -> str:
    kind = node.get("type")
    content = node.get("content", [])
    plain = {"paragraph", "bulletList", "orderedList", "codeBlock"}
    allowed = {
        "doc": BLOCKS, "expand": BLOCKS - {"expand"}, "blockquote": plain, "listItem": plain,
        "bulletList": {"listItem"}, "orderedList": {"listItem"},
    }[within]  # fmt: skip
    if kind not in allowed:
        return f"{kind} within {within}"
    if kind in ("paragraph", "heading"):
        return next((f for f in map(_inline_fault, content) if f), "")
    if kind == "codeBlock":
        bad = [n for n in content if n.get("type") != "text" or n.get("marks") or not n.get("text")]
        return "codeBlock takes plain text alone" if bad else ""
    if kind == "rule":
        return ""
    if not content:
        return f"{kind} is empty"
    if kind == "listItem" and content[0]["type"] not in ("paragraph", "codeBlock"):
        return "listItem must begin with a paragraph"
    return next((f for f in (_block_fault(each, kind) for each in content) if f), "")


def _inline_fault(node: dict[str, Any]) -> str:
    if node.get("type") == "hardBreak":
        return ""
    marks = [mark["type"] for mark in node.get("marks", [])]
    if node.get("type") != "text" or not node.get("text"):
        return f"{node.get('type')} or an empty text"
    if not set(marks) <= MARKS or ("code" in marks and not set(marks) <= {"code", "link"}):
        return f"marks {marks}"
    return ""
