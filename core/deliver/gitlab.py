"""GitLab through its REST API: merge requests, issues, labels and reviewers of one project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

import msgspec

from rootcase.core.deliver.destination import LOOPBACK, Destination
from rootcase.core.deliver.forge import AnswerLost, Found, Made, NewPull, Refused, Remark, Rights
from rootcase.core.deliver.gitlab_reviews import standing
from rootcase.core.deliver.gitlab_shapes import (
    DRAFT,
    Branch,
    GitLabIssue,
    MergeRequest,
    Note,
    Person,
    Project,
    refusal,
    without_draft,
)
from rootcase.core.deliver.reading import BRANCH_PAGES, PAGES, Reading, next_page, no_fork, no_token
from rootcase.core.deliver.rest import RestClient, Words
from rootcase.core.model.errors import AccessDenied, DeliveryError
from rootcase.core.model.pulls import Standing

WORDS = Words(
    "The token needs the scope api and at least the role Developer in this project.", "forge_url",
    "Has the project moved? Set forge_project and forge_url in config.yaml.",
)  # fmt: skip
ADDRESS = "Is forge_url GitLab's address, with the path it lives below (https://HOST/gitlab)?"


def open_gitlab(place: Destination, token: str) -> GitLab:
    """The client for a destination. ConfigError where the token is missing."""
    if not token:
        raise no_token(place.forge_name or place.tracker_name, "Merge requests and issues", "GITLAB_TOKEN")
    return gitlab_at(place.api, place.project, token, head=place.head_project)


def gitlab_at(api: str, project: str, token: str, *, head: str = "") -> GitLab:
    return GitLab(project, gitlab_client(api, token), head=head)


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
    """The `Forge` port for GitLab. project: its path with all groups; head: where branches are pushed, a fork or the
    project. A pull request is a merge request.
    """

    def __init__(self, project: str, client: RestClient, *, head: str = "") -> None:
        self.project = project
        self._head = head or project
        self._client = client
        self._read = Reading(client, project, refusal, ADDRESS)

    async def close(self) -> None:
        await self._client.close()

    async def me(self) -> str:
        """The user behind the token; a project's token has a user of its own."""
        answer = await self._client.get("user")
        return self._read.decoded(answer, Person).username if answer.status == 200 else ""

    async def rights(self) -> Rights:
        """https://docs.gitlab.com/api/projects/#get-a-single-project"""
        login = await self.me()
        there = await self._read.get(f"projects/{_id(self.project)}", Project)
        name = self.project.rpartition("/")[2]
        return Rights(login, there.may_push, f"{login}/{name}" if login else "")

    async def forked(self, name: str) -> bool:
        answer = await self._client.get(f"projects/{_id(name)}")
        if answer.status == 404:
            return False
        there = self._read.decoded(answer, Project)
        origin = there.forked_from_project
        if origin is None or origin.path_with_namespace.lower() != self.project.lower():
            raise no_fork(name, self.project)
        return there.import_status in ("none", "finished")

    async def fork(self, name: str) -> None:
        """https://docs.gitlab.com/api/project_forks/#fork-a-project"""
        answer = await self._client.post(self._path("fork"), b"{}")
        if answer.status != 409:
            self._read.expect(answer, 201)

    async def standing(self, number: int) -> Standing:
        return await standing(self._read, f"projects/{_id(self.project)}", number)

    async def pull_for(self, branch: str) -> Made | None:
        parameters = {"source_branch": branch, "state": "all", "order_by": "created_at", "sort": "desc"}
        found = await self._read.get(
            self._path("merge_requests"), list[MergeRequest], {**parameters, "per_page": "20"}
        )
        source = await self._number(self._head) if self._is_fork else 0
        pulls = [
            each.made() for each in found
            if each.source_branch == branch and (not source or each.source_project_id == source)
        ]  # fmt: skip
        still_open = [pull for pull in pulls if pull.state == "open"]
        return next(iter([*still_open, *pulls]), None)

    @property
    def _is_fork(self) -> bool:
        return self._head.lower() != self.project.lower()

    async def _number(self, project: str) -> int:
        """The number of a project, 0 while there is none of that name."""
        answer = await self._client.get(f"projects/{_id(project)}")
        return 0 if answer.status == 404 else self._read.decoded(answer, Project).id

    async def pull(self, number: int) -> Made:
        """https://docs.gitlab.com/api/merge_requests/#get-single-mr"""
        return (await self._merge_request(number)).made()

    async def comments(self, number: int, *, pull: bool = True) -> tuple[Remark, ...]:
        """What people wrote; GitLab's own lines about changes are left out."""
        parameters = {"per_page": "100", "order_by": "created_at", "sort": "asc"}
        notes = await self._read.pages(self._path(f"{_kind(pull)}/{number}/notes"), parameters, Note, PAGES)
        return tuple(note.remark() for note in notes if not note.system)

    async def comment(self, number: int, text: str, *, pull: bool = True) -> str:
        """https://docs.gitlab.com/api/notes/"""
        body = msgspec.json.encode({"body": text})
        answer = await self._client.post(self._path(f"{_kind(pull)}/{number}/notes"), body)
        return str(self._read.decoded(answer, Note, status=201).id)

    async def create_pull(self, new: NewPull) -> Made:
        """Make it; a 409 says that one is open from this branch already, which then is it."""
        fields: dict[str, str | int] = {
            "title": _titled(new.title, draft=new.draft), "description": new.body, "source_branch": new.head,
            "target_branch": new.base,
        }  # fmt: skip
        path = self._path("merge_requests")
        if self._is_fork:
            fields["target_project_id"] = await self._number(self.project)
            path = f"projects/{_id(self._head)}/merge_requests"
        answer = await self._client.post(path, msgspec.json.encode(fields))
        if answer.status == 409:
            known = await self.pull_for(new.head)
            if known is not None:
                return known
        return self._read.decoded(answer, MergeRequest, status=201).made()

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
        items = await self._read.pages(self._path("issues"), parameters, GitLabIssue, PAGES)
        return tuple(item.made() for item in items)

    async def search(self, words: str, *, pulls: bool) -> Found:
        """https://docs.gitlab.com/api/issues/ : `search` takes the words in any order, in title and description."""
        parameters = {"search": words, "in": "title,description", "state": "all", "per_page": "50"}
        path = self._path(_kind(pulls))
        answer = await self._client.get(path, parameters)
        items: Sequence[MergeRequest | GitLabIssue] = (
            self._read.decoded(answer, list[MergeRequest])
            if pulls
            else self._read.decoded(answer, list[GitLabIssue])
        )
        cut = f"the search for {words} was cut short" if next_page(answer) else ""
        return Found(tuple(item.made() for item in items), cut)

    async def branches(self, prefix: str) -> tuple[str, ...]:
        """Branches that begin with `prefix`, among the first thousand. https://docs.gitlab.com/api/branches/"""
        parameters = {"per_page": "100", **({"search": f"^{prefix}"} if prefix else {})}
        found = await self._read.pages(self._path("repository/branches"), parameters, Branch, BRANCH_PAGES)
        return tuple(branch.name for branch in found if branch.name.startswith(prefix))

    async def create_issue(self, title: str, body: str, labels: Sequence[str]) -> Made:
        fields = {"title": title, "description": body, "labels": list(labels)}
        answer = await self._client.post(self._path("issues"), msgspec.json.encode(fields))
        return self._read.decoded(answer, GitLabIssue, status=201).made()

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
        people = await self._read.get(self._path("members/all"), list[Person], parameters)
        return next((p.id for p in people if p.username.lower() == name.lower()), 0)

    async def _merge_request(self, number: int) -> MergeRequest:
        return await self._read.get(self._path(f"merge_requests/{number}"), MergeRequest)

    async def _put(self, number: int, fields: Mapping[str, object]) -> MergeRequest:
        answer = await self._client.put(self._path(f"merge_requests/{number}"), msgspec.json.encode(fields))
        return self._read.decoded(answer, MergeRequest)

    def _path(self, rest: str) -> str:
        return f"projects/{_id(self.project)}/{rest}"


def _kind(pull: bool) -> str:
    return "merge_requests" if pull else "issues"


def _titled(title: str, *, draft: bool) -> str:
    """A title that says whether it is a draft: GitLab reads that from its first word alone."""
    return f"{DRAFT}{without_draft(title)}" if draft else without_draft(title)


def _id(project: str) -> str:
    """A project's path is one segment, so its slashes are encoded."""
    return quote(project, safe="")


def _not_asked(name: str, why: str) -> Refused:
    return Refused(f"{name} was not asked for review", why, "Ask by hand at the forge.")
