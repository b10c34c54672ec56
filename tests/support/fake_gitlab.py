"""GitLab's rules for one project, over a real bare repository. https://docs.gitlab.com/api/"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rootcase.core.deliver.localforge.bare import Bare
from tests.support.fake_web import Asked, FakeWeb, Reply

AT = "2026-03-01T10:00:00.000Z"
DRAFT = re.compile(r"^\s*(?:\[draft\]|\(draft\)|draft:)", re.I)


class FakeGitLab(FakeWeb):
    """prefix: the path a self-managed GitLab lives below. one_reviewer: the free plan."""

    def __init__(
        self,
        git: Path,
        project: str = "acme/backend/checkout",
        *,
        prefix: str = "",
        one_reviewer: bool = False,
    ) -> None:
        super().__init__()
        self.bare, self.project, self.prefix, self.one_reviewer = Bare(git), project, prefix, one_reviewer
        self.merge_requests: list[dict[str, Any]] = []
        self.issues: list[dict[str, Any]] = []
        self.notes: dict[tuple[str, int], list[dict[str, Any]]] = {}
        self.people = [self.person(n, i + 1) for i, n in enumerate(("dana", "mira", "jonas", "lena"))]
        self.token = "test-token-of-nobody"
        self.push, self.demands = True, False
        self.levels = dict.fromkeys(("dana", "mira", "jonas"), 30)
        self.statuses: dict[str, list[dict[str, Any]]] = {}
        self.approved: list[str] = []
        self.requested: list[str] = []

    @property
    def base(self) -> str:
        return f"{self.url}{self.prefix}"

    def person(self, username: str, number: int) -> dict[str, Any]:
        return {"id": number, "username": username, "name": username.title(), "state": "active"}

    def answer(self, asked: Asked) -> Reply:
        bearer = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if self.token not in (asked.headers.get("private-token"), bearer):
            return 401, {"message": "401 Unauthorized"}, {}
        path = asked.path.removeprefix(f"{self.prefix}/api/v4/")
        if path == "user":
            return 200, {**self.people[0], "bot": False}, {}
        project = f"projects/{quote(self.project, safe='')}"
        fork = f"projects/{quote(self.fork_name, safe='')}"
        if asked.method == "GET" and path in (project, fork):
            return self._project(path == fork)
        if (asked.method, path) == ("POST", f"{fork}/merge_requests") and self._forked.path.exists():
            return self._open(asked.json, source=self._forked, source_id=2)
        if path == asked.path or not path.startswith(f"{project}/"):
            return 404, {"error": "404 Not Found"}, {}
        rest = path.removeprefix(f"{project}/").split("/")
        return self._routed(asked, rest)

    @property
    def fork_name(self) -> str:
        return f"{self.people[0]['username']}/{self.project.rpartition('/')[2]}"

    @property
    def _forked(self) -> Bare:
        return self.bare.forked(self.people[0]["username"])

    def _project(self, fork: bool) -> Reply:
        if fork and not self._forked.path.exists():
            return 404, {"message": "404 Project Not Found"}, {}
        level = 40 if fork or self.push else 20
        made: dict[str, Any] = {
            "id": 2 if fork else 1, "path_with_namespace": self.fork_name if fork else self.project,
            "permissions": {"project_access": {"access_level": level}, "group_access": None},
            "import_status": "finished", "only_allow_merge_if_pipeline_succeeds": self.demands,
        }  # fmt: skip
        if fork:
            made["forked_from_project"] = {"id": 1, "path_with_namespace": self.project}
        return 200, made, {}

    def _fork(self) -> Reply:
        if self._forked.path.exists():
            return 409, {"message": {"name": ["has already been taken"]}}, {}
        self.bare.copy_to(self._forked)
        return 201, self._project(True)[1], {}

    def _routed(self, asked: Asked, rest: list[str]) -> Reply:
        match (asked.method, *rest):
            case ("GET", "repository", "branches"):
                wanted = asked.get("search").removeprefix("^")
                return self._page(asked, [{"name": n} for n in self.bare.branches() if n.startswith(wanted)])
            case ("GET", "members", "all"):
                found = [p for p in self.people if asked.get("query").lower() in p["username"]]
                return self._page(
                    asked, [{**p, "access_level": self.levels.get(p["username"], 20)} for p in found]
                )
            case ("POST", "fork"):
                return self._fork()
            case ("GET", "repository", "commits", sha, "statuses"):
                return self._page(asked, self.statuses.get(sha, []))
            case ("GET", "merge_requests", _, "approvals"):
                named = [p for p in self.people if p["username"] in self.approved]
                return 200, {"approved_by": [{"user": p} for p in named]}, {}
            case ("GET", "merge_requests", _, "reviewers"):
                named = [p for p in self.people if p["username"] in self.requested]
                return 200, [{"user": p, "state": "requested_changes", "created_at": AT} for p in named], {}
            case ("GET", ("merge_requests" | "issues") as kind):
                return self._page(asked, self._listed(asked, self._items(kind)))
            case ("POST", "merge_requests"):
                return self._open(asked.json)
            case ("POST", "issues"):
                return self._file(asked.json)
            case ("GET", "merge_requests", number):
                return self._one("merge_requests", number)
            case ("PUT", "merge_requests", number):
                return self._change(number, asked.json)
            case ("GET", kind, number, "notes"):
                return self._page(asked, self.notes.get((kind, int(number)), []))
            case ("POST", kind, number, "notes"):
                return self._said(kind, int(number), asked.json)
        return 404, {"error": "404 Not Found"}, {}

    def _items(self, kind: str) -> list[dict[str, Any]]:
        return self.merge_requests if kind == "merge_requests" else self.issues

    def _listed(self, asked: Asked, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        words = asked.get("search").lower().split()
        return [
            item for item in reversed(items)
            if asked.get("state", "all") in ("all", item["state"])
            and asked.get("source_branch") in ("", item.get("source_branch"))
            and asked.get("author_username") in ("", item["author"]["username"])
            and all(word in f"{item['title']}\n{item['description']}".lower() for word in words)
        ]  # fmt: skip

    def _page(self, asked: Asked, items: list[Any]) -> Reply:
        number, size = int(asked.get("page", "1")), min(int(asked.get("per_page", "20")), 100)
        more = str(number + 1) if len(items) > number * size else ""
        return 200, items[(number - 1) * size : number * size], {"X-Next-Page": more}

    def _open(self, given: dict[str, Any], source: Bare | None = None, source_id: int = 1) -> Reply:
        if source_id != given.get("target_project_id", source_id) and given["target_project_id"] != 1:
            return 404, {"message": "404 Not found"}, {}
        missing = [n for n in ("source_branch", "target_branch", "title") if not given.get(n)]
        if missing:
            return 400, {"error": f"{', '.join(missing)} is missing"}, {}
        head, target = given["source_branch"], given["target_branch"]
        branches = (source or self.bare).branches()
        for name, branch, there in (
            ("source_branch", head, branches),
            ("target_branch", target, self.bare.branches()),
        ):
            if branch not in there:
                return 400, {"message": {name: [f'"{branch}" does not exist']}}, {}
        for known in self.merge_requests:
            same = (
                known["source_branch"],
                known["target_branch"],
                known["source_project_id"],
                known["state"],
            )
            if same == (head, target, source_id, "opened"):
                words = f"Another open merge request already exists for this source branch: !{known['iid']}"
                return 409, {"message": [words]}, {}
        made = {
            **self._common(given, len(self.merge_requests) + 1, "merge_requests"), "source_branch": head,
            "target_branch": target, "source_project_id": source_id, "target_project_id": 1, "reviewers": [],
            "draft": bool(DRAFT.match(given["title"])), "sha": branches[head], "merge_commit_sha": None,
            "squash_commit_sha": None, "merged_at": None,
        }  # fmt: skip
        self.merge_requests.append(made)
        return 201, made, {}

    def _file(self, given: dict[str, Any]) -> Reply:
        if not given.get("title"):
            return 400, {"message": {"title": ["can't be blank"]}}, {}
        made = self._common(given, len(self.issues) + 1, "issues")
        self.issues.append(made)
        return 201, made, {}

    def _common(self, given: dict[str, Any], number: int, kind: str) -> dict[str, Any]:
        return {
            "id": 1000 + number, "iid": number, "title": given["title"], "description": given.get("description"),
            "state": "opened", "author": self.people[0], "assignees": [], "labels": _labels(given.get("labels")),
            "web_url": f"{self.base}/{self.project}/-/{kind}/{number}", "created_at": AT,
        }  # fmt: skip

    def _one(self, kind: str, number: str) -> Reply:
        found = [item for item in self._items(kind) if str(item["iid"]) == number]
        return (200, found[0], {}) if found else (404, {"message": "404 Not found"}, {})

    def _change(self, number: str, given: dict[str, Any]) -> Reply:
        status, item, _ = self._one("merge_requests", number)
        if status != 200:
            return status, item, {}
        if "title" in given and not given["title"]:
            return 400, {"message": {"title": ["can't be blank"]}}, {}
        for name in ("title", "description"):
            item[name] = given.get(name, item[name])
        item["draft"] = bool(DRAFT.match(item["title"]))
        item["labels"] += [label for label in _labels(given.get("add_labels")) if label not in item["labels"]]
        if "reviewer_ids" in given:
            wanted = given["reviewer_ids"][:1] if self.one_reviewer else given["reviewer_ids"]
            item["reviewers"] = [p for p in self.people if p["id"] in wanted]
        return 200, item, {}

    def _said(self, kind: str, number: int, given: dict[str, Any]) -> Reply:
        if not given.get("body"):
            return 400, {"error": "body is missing"}, {}
        said = self.notes.setdefault((kind, number), [])
        said.append({"id": len(said) + 1, "body": given["body"], "author": self.people[0], "created_at": AT})
        return 201, said[-1], {}


def _labels(given: Any) -> list[str]:
    """GitLab takes a list and one string with commas alike."""
    return [
        part.strip()
        for each in ([given] if isinstance(given, str) else given or [])
        for part in each.split(",")
    ]
