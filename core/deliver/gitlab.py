"""GitLab through its REST API: merge requests, issues, labels and reviewers of one project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from rootcase.core.deliver.destination import LOOPBACK, Destination
from rootcase.core.deliver.forge import AnswerLost, Found, Made, NewPull, Refused, Remark
from rootcase.core.deliver.gitlab_shapes import (
    DRAFT,
    Branch,
    GitLabIssue,
    MergeRequest,
    Note,
    Person,
    decoded,
    refusal,
    without_draft,
)
from rootcase.core.deliver.rest import Answer, RestClient, Words
from rootcase.core.model.errors import AccessDenied, ConfigError, DeliveryError

PAGES = 3
BRANCH_PAGES = 10
WORDS = Words(
    "The token needs the scope api and at least the role Developer in this project.", "forge_url",
    "Has the project moved? Set forge_project and forge_url in config.yaml.",
)  # fmt: skip
T = TypeVar("T")


def open_gitlab(place: Destination, token: str) -> GitLab:
    """The client for a destination. ConfigError where the token is missing."""
    if not token:
        raise ConfigError(
            f"No token for {place.forge_name or place.tracker_name}", "Merge requests and issues need one.",
            "Set the variable that forge_token_env names (GITLAB_TOKEN), in the shell that starts Rootcase.",
        )  # fmt: skip
    return gitlab_at(place.api, place.project, token)


def gitlab_at(api: str, project: str, token: str) -> GitLab:
    return GitLab(project, gitlab_client(api, token))


def gitlab_client(api: str, token: str) -> RestClient:
    """Tokens that people, projects and groups make go in GitLab's own header; OAuth's go as Bearer.

    https://docs.gitlab.com/api/rest/authentication/ : an OAuth token is 64 hex digits and has no prefix.
    """
    oauth = len(token) == 64 and all(c in "0123456789abcdef" for c in token)
    credential = ("Authorization", f"Bearer {token}") if oauth else ("PRIVATE-TOKEN", token)
    headers = {"Accept": "application/json", "User-Agent": "rootcase"}
    local = (urlsplit(api).hostname or "") in LOOPBACK
    return RestClient(
        api, headers, token=token, write_pause_s=0.0 if local else 0.2, credential=credential, words=WORDS
    )


class GitLab:
    """The `Forge` port for GitLab. project: its path with all groups. A pull request is a merge request."""

    def __init__(self, project: str, client: RestClient) -> None:
        self.project = project
        self._client = client

    async def close(self) -> None:
        await self._client.close()

    async def me(self) -> str:
        """The user behind the token; a project's token has a user of its own."""
        answer = await self._client.get("user")
        return decoded(answer, Person).username if answer.status == 200 else ""

    async def pull_for(self, branch: str) -> Made | None:
        parameters = {"source_branch": branch, "state": "all", "order_by": "created_at", "sort": "desc"}
        answer = await self._client.get(self._path("merge_requests"), {**parameters, "per_page": "20"})
        found = decoded(self._expect(answer, 200), list[MergeRequest])
        pulls = [each.made() for each in found if each.source_branch == branch]
        still_open = [pull for pull in pulls if pull.state == "open"]
        return next(iter([*still_open, *pulls]), None)

    async def pull(self, number: int) -> Made:
        """https://docs.gitlab.com/api/merge_requests/#get-single-mr"""
        return (await self._merge_request(number)).made()

    async def comments(self, number: int, *, pull: bool = True) -> tuple[Remark, ...]:
        """What people wrote; GitLab's own lines about changes are left out."""
        parameters = {"per_page": "100", "order_by": "created_at", "sort": "asc"}
        notes = await self._pages(self._path(f"{_kind(pull)}/{number}/notes"), parameters, Note, PAGES)
        return tuple(note.remark() for note in notes if not note.system)

    async def comment(self, number: int, text: str, *, pull: bool = True) -> str:
        """https://docs.gitlab.com/api/notes/"""
        body = msgspec.json.encode({"body": text})
        answer = await self._client.post(self._path(f"{_kind(pull)}/{number}/notes"), body)
        return str(decoded(self._expect(answer, 201), Note).id)

    async def create_pull(self, new: NewPull) -> Made:
        """Make it; a 409 says that one is open from this branch already, which then is it."""
        fields = {
            "title": _titled(new.title, draft=new.draft), "description": new.body, "source_branch": new.head,
            "target_branch": new.base,
        }  # fmt: skip
        answer = await self._client.post(self._path("merge_requests"), msgspec.json.encode(fields))
        if answer.status == 409:
            known = await self.pull_for(new.head)
            if known is not None:
                return known
        return decoded(self._expect(answer, 201), MergeRequest).made()

    async def update_pull(self, number: int, title: str, body: str) -> Made:
        """https://docs.gitlab.com/api/merge_requests/#update-mr ; a draft stays one, which its title says."""
        there = await self._merge_request(number)
        fields = {"title": _titled(title, draft=there.draft), "description": body}
        return (await self._put(number, fields)).made()

    async def my_issues(self) -> tuple[Made, ...]:
        """The newest issues of the token's user; a list is current, where a search may lag."""
        parameters = {"state": "all", "order_by": "created_at", "sort": "desc", "per_page": "100"}
        login = await self.me()
        if login:
            parameters["author_username"] = login
        items = await self._pages(self._path("issues"), parameters, GitLabIssue, PAGES)
        return tuple(item.made() for item in items)

    async def search(self, words: str, *, pulls: bool) -> Found:
        """https://docs.gitlab.com/api/issues/ : `search` takes the words in any order, in title and description."""
        parameters = {"search": words, "in": "title,description", "state": "all", "per_page": "50"}
        path = self._path(_kind(pulls))
        answer = self._expect(await self._client.get(path, parameters), 200)
        items: Sequence[MergeRequest | GitLabIssue] = (
            decoded(answer, list[MergeRequest]) if pulls else decoded(answer, list[GitLabIssue])
        )
        cut = f"the search for {words} was cut short" if _following(answer) else ""
        return Found(tuple(item.made() for item in items), cut)

    async def branches(self, prefix: str) -> tuple[str, ...]:
        """Branches that begin with `prefix`, among the first thousand. https://docs.gitlab.com/api/branches/"""
        parameters = {"per_page": "100", **({"search": f"^{prefix}"} if prefix else {})}
        found = await self._pages(self._path("repository/branches"), parameters, Branch, BRANCH_PAGES)
        return tuple(branch.name for branch in found if branch.name.startswith(prefix))

    async def create_issue(self, title: str, body: str, labels: Sequence[str]) -> Made:
        fields = {"title": title, "description": body, "labels": list(labels)}
        answer = await self._client.post(self._path("issues"), msgspec.json.encode(fields))
        return decoded(self._expect(answer, 201), GitLabIssue).made()

    async def label(self, number: int, labels: Sequence[str]) -> tuple[Refused, ...]:
        """GitLab makes a label that it does not know."""
        if not labels:
            return ()
        try:
            await self._put(number, {"add_labels": list(labels)})
        except AnswerLost:
            raise
        except (DeliveryError, AccessDenied) as fault:
            return (Refused(f"The label {', '.join(labels)} was not set", fault.detail),)
        return ()

    async def ask_review(self, number: int, reviewers: Sequence[str]) -> tuple[Refused, ...]:
        """Ask each by its number; groups cannot be asked, and a plan may allow a single reviewer."""
        refused: list[Refused] = []
        wanted: dict[str, int] = {}
        for name in reviewers:
            try:
                found = await self._user_id(name)
            except AccessDenied as fault:  # a token that may not list members still opened the merge request
                refused.append(_not_asked(name, fault.detail))
                continue
            if found:
                wanted[name] = found
            else:
                why = "Groups cannot be reviewers." if "/" in name else "Nobody in the project has that name."
                refused.append(_not_asked(name, why))
        if not wanted:
            return tuple(refused)
        there = await self._merge_request(number)
        ids = [person.id for person in there.reviewers or []]
        try:
            now = await self._put(
                number, {"reviewer_ids": [*ids, *(i for i in wanted.values() if i not in ids)]}
            )
        except AnswerLost:
            raise
        except (DeliveryError, AccessDenied) as fault:
            return (*refused, *(_not_asked(name, fault.detail) for name in wanted))
        asked = {person.id for person in now.reviewers or []}
        why = "This plan of GitLab takes one reviewer." if asked else "GitLab did not take them."
        return (*refused, *(_not_asked(name, why) for name, number in wanted.items() if number not in asked))

    async def _user_id(self, name: str) -> int:
        """The number of a member of the project or of its groups, 0 where nobody is called that."""
        if "/" in name:
            return 0
        parameters = {"query": name, "per_page": "100"}
        answer = await self._client.get(self._path("members/all"), parameters)
        people = decoded(self._expect(answer, 200), list[Person])
        return next((p.id for p in people if p.username.lower() == name.lower()), 0)

    async def _merge_request(self, number: int) -> MergeRequest:
        answer = await self._client.get(self._path(f"merge_requests/{number}"))
        return decoded(self._expect(answer, 200), MergeRequest)

    async def _put(self, number: int, fields: Mapping[str, object]) -> MergeRequest:
        answer = await self._client.put(self._path(f"merge_requests/{number}"), msgspec.json.encode(fields))
        return decoded(self._expect(answer, 200), MergeRequest)

    async def _pages(self, path: str, parameters: Mapping[str, str], shape: type[T], most: int) -> list[T]:
        """Pages by number, or by the Link header where a list has keyset pages only."""
        items: list[T] = []
        answer = await self._client.get(path, parameters)
        for _ in range(most):
            items.extend(decoded(self._expect(answer, 200), list[shape]))  # type: ignore[valid-type]
            following = _following(answer)
            if not following:
                break
            by_number = following.isdigit()
            answer = await self._client.get(
                path if by_number else following, {**parameters, "page": following} if by_number else None
            )
        return items

    def _path(self, rest: str) -> str:
        """The project's path is one segment, so its slashes are encoded."""
        return f"projects/{quote(self.project, safe='')}/{rest}"

    def _expect(self, answer: Answer, status: int) -> Answer:
        if answer.status == status:
            return answer
        words = refusal(answer)
        if answer.status == 404:
            raise DeliveryError(
                f"{self.project} is not there, or not for this token", words,
                "Check forge_project, and that the token may see the project.",
            )  # fmt: skip
        raise DeliveryError(
            f"The forge refused it: {answer.status}", words, "Change what it names, then send again."
        )


def _kind(pull: bool) -> str:
    return "merge_requests" if pull else "issues"


def _titled(title: str, *, draft: bool) -> str:
    """A title that says whether it is a draft: GitLab reads that from its first word alone."""
    return f"{DRAFT}{without_draft(title)}" if draft else without_draft(title)


def _following(answer: Answer) -> str:
    return answer.headers.get("x-next-page", "").strip() or answer.next_page()


def _not_asked(name: str, why: str) -> Refused:
    return Refused(f"{name} was not asked for review", why, "Ask by hand at the forge.")
