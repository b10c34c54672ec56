"""GitHub through its REST API: pull requests, issues, labels, reviewers and forks of one project."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlsplit

import msgspec

from rootcase.core.deliver.destination import LOOPBACK, Destination
from rootcase.core.deliver.forge import AnswerLost, Found, Made, NewPull, Refused, Remark, Rights
from rootcase.core.deliver.github_reviews import standing
from rootcase.core.deliver.github_shapes import (
    BranchName,
    Issue,
    IssueComment,
    Pull,
    Repository,
    SearchResult,
    User,
    refusal,
)
from rootcase.core.deliver.reading import BRANCH_PAGES, PAGES, Reading, no_fork, no_token
from rootcase.core.deliver.rest import Answer, RestClient
from rootcase.core.model.errors import AccessDenied
from rootcase.core.model.pulls import Standing

# https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api
HEADERS = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
    "User-Agent": "rootcase",
}
ADDRESS = "Is forge_url the API's address? For GitHub Enterprise it ends in /api/v3."


def open_github(place: Destination, token: str) -> GitHub:
    """The client for a destination. ConfigError where the token is missing."""
    if not token:
        raise no_token(place.forge_name, "Pull requests and issues", "GITHUB_TOKEN")
    return github_at(place.api, place.project, token, head=place.head_project)


def github_at(api: str, project: str, token: str, *, head: str = "") -> GitHub:
    return GitHub(project, github_client(api, token), head=head)


def github_client(api: str, token: str) -> RestClient:
    """GitHub asks for a second between two writes; a stand-in on this machine does not."""
    local = (urlsplit(api).hostname or "") in LOOPBACK
    return RestClient(api, HEADERS, token=token, write_pause_s=0.0 if local else 1.0)


class GitHub:
    """The `Forge` port for GitHub. project: `owner/name`; head: where branches are pushed, a fork or the project."""

    def __init__(self, project: str, client: RestClient, *, head: str = "") -> None:
        self.project = project
        self._head = (head or project).partition("/")[0]
        self._client = client
        self._read = Reading(client, project, lambda answer: refusal(answer).words(), ADDRESS)

    async def close(self) -> None:
        await self._client.close()

    async def me(self) -> str:
        """The login behind the token; "" for a token without a user (an app's)."""
        answer = await self._client.get("user")
        return self._read.decoded(answer, User).login if answer.status == 200 else ""

    async def rights(self) -> Rights:
        """https://docs.github.com/en/rest/repos/repos#get-a-repository ; an app's token cannot ask who it is."""
        try:
            login = await self.me()
        except AccessDenied:
            login = ""
        there = await self._read.get(f"repos/{quote(self.project)}", Repository)
        push = there.permissions is None or there.permissions.push
        return Rights(login, push, f"{login}/{self.project.partition('/')[2]}" if login else "")

    async def forked(self, name: str) -> bool:
        answer = await self._client.get(f"repos/{quote(name)}")
        if answer.status == 404:
            return False
        there = self._read.decoded(answer, Repository)
        if there.parent is None or there.parent.full_name.lower() != self.project.lower():
            raise no_fork(name, self.project)
        return True

    async def fork(self, name: str) -> None:
        """https://docs.github.com/en/rest/repos/forks#create-a-fork ; one that is there already is answered."""
        answer = await self._client.post(self._path("forks"), b"{}")
        self._read.expect(answer, 202)

    async def standing(self, number: int) -> Standing:
        return await standing(self._read, f"repos/{quote(self.project)}", number)

    async def pull_for(self, branch: str) -> Made | None:
        parameters = {
            "head": f"{self._head}:{branch}",
            "state": "all",
            "sort": "created",
            "direction": "desc",
        }
        found = await self._read.get(self._path("pulls"), list[Pull], {**parameters, "per_page": "20"})
        pulls = [p.made() for p in found if p.head.ref == branch]
        still_open = [pull for pull in pulls if pull.state == "open"]
        return next(iter([*still_open, *pulls]), None)

    async def pull(self, number: int) -> Made:
        """https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request"""
        return (await self._read.get(self._path(f"pulls/{number}"), Pull)).made()

    async def comments(self, number: int, *, pull: bool = True) -> tuple[Remark, ...]:
        """Comments of a pull request are an issue's; those on its lines are not among them."""
        path = self._path(f"issues/{number}/comments")
        found = await self._read.pages(path, {"per_page": "100"}, IssueComment, PAGES)
        return tuple(each.remark() for each in found)

    async def comment(self, number: int, text: str, *, pull: bool = True) -> str:
        """https://docs.github.com/en/rest/issues/comments#create-an-issue-comment"""
        body = msgspec.json.encode({"body": text})
        answer = await self._client.post(self._path(f"issues/{number}/comments"), body)
        return self._read.decoded(answer, IssueComment, status=201).html_url

    async def create_pull(self, new: NewPull) -> Made:
        """Make it. Where drafts are not to be had it is opened without, and its `draft` says so."""
        answer = await self._create_pull(new, draft=new.draft)
        if answer.status == 422 and new.draft and "draft" in refusal(answer).words().lower():
            answer = await self._create_pull(new, draft=False)
        if answer.status == 422 and "already exists" in refusal(answer).words().lower():
            known = await self.pull_for(new.head)
            if known is not None:
                return known
        return self._read.decoded(answer, Pull, status=201).made()

    async def update_pull(self, number: int, title: str, body: str) -> Made:
        """https://docs.github.com/en/rest/pulls/pulls#update-a-pull-request"""
        fields = msgspec.json.encode({"title": title, "body": body})
        answer = await self._client.patch(self._path(f"pulls/{number}"), fields)
        return self._read.decoded(answer, Pull).made()

    async def _create_pull(self, new: NewPull, *, draft: bool) -> Answer:
        ours = self._head.lower() == self.project.partition("/")[0].lower()
        head = new.head if ours else f"{self._head}:{new.head}"
        fields = {"title": new.title, "body": new.body, "head": head, "base": new.base}
        return await self._client.post(self._path("pulls"), msgspec.json.encode({**fields, "draft": draft}))

    async def my_issues(self) -> tuple[Made, ...]:
        """The newest issues of the token's user, or of anybody for a token without one."""
        login = await self.me()
        parameters = {"state": "all", "sort": "created", "direction": "desc", "per_page": "100"}
        if login:
            parameters["creator"] = login
        items = await self._read.pages(self._path("issues"), parameters, Issue, PAGES)
        return tuple(item.made() for item in items if item.pull_request is None)

    async def search(self, words: str, *, pulls: bool) -> Found:
        kind = "pull-request" if pulls else "issue"
        phrase = words.replace('"', " ")
        query = f'"{phrase}" repo:{self.project} is:{kind} in:title,body'
        result = await self._read.get("search/issues", SearchResult, {"q": query, "per_page": "50"})
        cut = f"the search for {phrase} was cut short" if result.incomplete_results else ""
        return Found(tuple(item.made() for item in result.items), cut)

    async def branches(self, prefix: str) -> tuple[str, ...]:
        """Branches that begin with `prefix`, among the first thousand."""
        found = await self._read.pages(self._path("branches"), {"per_page": "100"}, BranchName, BRANCH_PAGES)
        return tuple(branch.name for branch in found if branch.name.startswith(prefix))

    async def create_issue(self, title: str, body: str, labels: Sequence[str]) -> Made:
        fields = {"title": title, "body": body, "labels": list(labels)}
        answer = await self._client.post(self._path("issues"), msgspec.json.encode(fields))
        return self._read.decoded(answer, Issue, status=201).made()

    async def label(self, number: int, labels: Sequence[str]) -> tuple[Refused, ...]:
        """Labels of a pull request are set through the issues endpoint, which makes those that are missing."""
        if not labels:
            return ()
        why = await self._refusal(f"issues/{number}/labels", {"labels": list(labels)}, 200)
        return (Refused(f"The label {', '.join(labels)} was not set", why),) if why else ()

    async def ask_review(self, number: int, reviewers: Sequence[str]) -> tuple[Refused, ...]:
        """Ask each by name; the author of the pull request cannot be asked, and is told about, not failed on."""
        refused: list[Refused] = []
        for reviewer in reviewers:
            team = reviewer.partition("/")[2]
            fields = {"team_reviewers": [team]} if team else {"reviewers": [reviewer]}
            why = await self._refusal(f"pulls/{number}/requested_reviewers", fields, 201)
            if why:
                what = f"{reviewer} was not asked for review"
                refused.append(Refused(what, why, "Ask by hand at the forge."))
        return tuple(refused)

    async def _refusal(self, path: str, fields: object, status: int) -> str:
        """Why a side wish was not granted, "" where it was; the pull request itself stands."""
        try:
            answer = await self._client.post(self._path(path), msgspec.json.encode(fields))
        except AnswerLost:
            raise
        except AccessDenied as fault:
            return fault.detail or fault.title
        return "" if answer.status == status else refusal(answer).words()

    def _path(self, rest: str) -> str:
        return f"repos/{quote(self.project)}/{rest}"
