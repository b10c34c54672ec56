"""GitHub through its REST API: pull requests, issues, labels and reviewers of one project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from rootcase.core.deliver.destination import LOOPBACK, Destination
from rootcase.core.deliver.forge import Found, Made, NewPull, Refused, Remark
from rootcase.core.deliver.github_shapes import (
    BranchName,
    Issue,
    IssueComment,
    Pull,
    SearchResult,
    User,
    decoded,
    refusal,
)
from rootcase.core.deliver.rest import Answer, RestClient
from rootcase.core.model.errors import ConfigError, DeliveryError

# https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api
HEADERS = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
    "User-Agent": "rootcase",
}
PAGES = 3
BRANCH_PAGES = 10
T = TypeVar("T")


def open_github(place: Destination, token: str) -> GitHub:
    """The client for a destination. ConfigError where the token is missing."""
    if not token:
        raise ConfigError(
            f"No token for {place.forge_name}",
            "Pull requests and issues need one.",
            "Set the variable that forge_token_env names (GITHUB_TOKEN), in the shell that starts Rootcase.",
        )
    return github_at(place.api, place.project, token)


def github_at(api: str, project: str, token: str) -> GitHub:
    return GitHub(project, github_client(api, token))


def github_client(api: str, token: str) -> RestClient:
    """GitHub asks for a second between two writes; a stand-in on this machine does not."""
    local = (urlsplit(api).hostname or "") in LOOPBACK
    return RestClient(api, HEADERS, token=token, write_pause_s=0.0 if local else 1.0)


class GitHub:
    """The `Forge` port for GitHub. project: `owner/name`."""

    def __init__(self, project: str, client: RestClient) -> None:
        self.project = project
        self._client = client

    async def close(self) -> None:
        await self._client.close()

    async def me(self) -> str:
        """The login behind the token; "" for a token without a user (an app's)."""
        answer = await self._client.get("user")
        return decoded(answer, User).login if answer.status == 200 else ""

    async def pull_for(self, branch: str) -> Made | None:
        owner = self.project.partition("/")[0]
        parameters = {"head": f"{owner}:{branch}", "state": "all", "sort": "created", "direction": "desc"}
        answer = await self._client.get(self._path("pulls"), {**parameters, "per_page": "20"})
        pulls = [p.made() for p in decoded(self._expect(answer, 200), list[Pull]) if p.head.ref == branch]
        still_open = [pull for pull in pulls if pull.state == "open"]
        return next(iter([*still_open, *pulls]), None)

    async def pull(self, number: int) -> Made:
        """https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request"""
        answer = await self._client.get(self._path(f"pulls/{number}"))
        return decoded(self._expect(answer, 200), Pull).made()

    async def comments(self, number: int, *, pull: bool = True) -> tuple[Remark, ...]:
        """Comments of a pull request are an issue's; those on its lines are not among them."""
        found = await self._pages(
            self._path(f"issues/{number}/comments"), {"per_page": "100"}, IssueComment, PAGES
        )
        return tuple(each.remark() for each in found)

    async def comment(self, number: int, text: str, *, pull: bool = True) -> str:
        """https://docs.github.com/en/rest/issues/comments#create-an-issue-comment"""
        body = msgspec.json.encode({"body": text})
        answer = await self._client.post(self._path(f"issues/{number}/comments"), body)
        return decoded(self._expect(answer, 201), IssueComment).html_url

    async def create_pull(self, new: NewPull) -> Made:
        """Make it. Where drafts are not to be had it is opened without, and its `draft` says so."""
        answer = await self._create_pull(new, draft=new.draft)
        if answer.status == 422 and new.draft and "draft" in refusal(answer).words().lower():
            answer = await self._create_pull(new, draft=False)
        if answer.status == 422 and "already exists" in refusal(answer).words().lower():
            known = await self.pull_for(new.head)
            if known is not None:
                return known
        return decoded(self._expect(answer, 201), Pull).made()

    async def update_pull(self, number: int, title: str, body: str) -> Made:
        """https://docs.github.com/en/rest/pulls/pulls#update-a-pull-request"""
        fields = msgspec.json.encode({"title": title, "body": body})
        answer = await self._client.patch(self._path(f"pulls/{number}"), fields)
        return decoded(self._expect(answer, 200), Pull).made()

    async def _create_pull(self, new: NewPull, *, draft: bool) -> Answer:
        fields = {"title": new.title, "body": new.body, "head": new.head, "base": new.base}
        return await self._client.post(self._path("pulls"), msgspec.json.encode({**fields, "draft": draft}))

    async def my_issues(self) -> tuple[Made, ...]:
        """The newest issues of the token's user, or of anybody for a token without one."""
        login = await self.me()
        parameters = {"state": "all", "sort": "created", "direction": "desc", "per_page": "100"}
        if login:
            parameters["creator"] = login
        items = await self._pages(self._path("issues"), parameters, Issue, PAGES)
        return tuple(item.made() for item in items if item.pull_request is None)

    async def search(self, words: str, *, pulls: bool) -> Found:
        kind = "pull-request" if pulls else "issue"
        phrase = words.replace('"', " ")
        query = f'"{phrase}" repo:{self.project} is:{kind} in:title,body'
        answer = await self._client.get("search/issues", {"q": query, "per_page": "50"})
        result = decoded(self._expect(answer, 200), SearchResult)
        cut = f"the search for {phrase} was cut short" if result.incomplete_results else ""
        return Found(tuple(item.made() for item in result.items), cut)

    async def branches(self, prefix: str) -> tuple[str, ...]:
        """Branches that begin with `prefix`, among the first thousand."""
        found = await self._pages(self._path("branches"), {"per_page": "100"}, BranchName, BRANCH_PAGES)
        return tuple(branch.name for branch in found if branch.name.startswith(prefix))

    async def create_issue(self, title: str, body: str, labels: Sequence[str]) -> Made:
        fields = {"title": title, "body": body, "labels": list(labels)}
        answer = await self._client.post(self._path("issues"), msgspec.json.encode(fields))
        return decoded(self._expect(answer, 201), Issue).made()

    async def label(self, number: int, labels: Sequence[str]) -> tuple[Refused, ...]:
        """Labels of a pull request are set through the issues endpoint."""
        if not labels:
            return ()
        body = msgspec.json.encode({"labels": list(labels)})
        answer = await self._client.post(self._path(f"issues/{number}/labels"), body)
        if answer.status == 200:
            return ()
        return (Refused(f"The label {', '.join(labels)} was not set", refusal(answer).words()),)

    async def ask_review(self, number: int, reviewers: Sequence[str]) -> tuple[Refused, ...]:
        """Ask each by name; the author of the pull request cannot be asked, and is told about, not failed on."""
        refused: list[Refused] = []
        for reviewer in reviewers:
            team = reviewer.partition("/")[2]
            fields = {"team_reviewers": [team]} if team else {"reviewers": [reviewer]}
            path = self._path(f"pulls/{number}/requested_reviewers")
            answer = await self._client.post(path, msgspec.json.encode(fields))
            if answer.status != 201:
                why = refusal(answer).words()
                refused.append(
                    Refused(f"{reviewer} was not asked for review", why, "Ask by hand at the forge.")
                )
        return tuple(refused)

    async def _pages(self, path: str, parameters: dict[str, str], shape: type[T], most: int) -> list[T]:
        items: list[T] = []
        answer = await self._client.get(path, parameters)
        for _ in range(most):
            items.extend(decoded(self._expect(answer, 200), list[shape]))  # type: ignore[valid-type]
            following = answer.next_page()
            if not following:
                break
            answer = await self._client.get(following)
        return items

    def _path(self, rest: str) -> str:
        return f"repos/{quote(self.project)}/{rest}"

    def _expect(self, answer: Answer, status: int) -> Answer:
        if answer.status == status:
            return answer
        words = refusal(answer).words()
        if answer.status == 404:
            raise DeliveryError(
                f"{self.project} is not there, or not for this token", words,
                "Check forge_project, and that the token may see the repository.",
            )  # fmt: skip
        raise DeliveryError(
            f"The forge refused it: {answer.status}", words, "Change what it names, then send again."
        )
