"""The parts of GitLab's answers that we read, decoded at the edge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from rootcase.core.deliver.forge import Made, Remark
from rootcase.core.deliver.reading import moment_us
from rootcase.core.safety.text import clean, clean_line

if TYPE_CHECKING:
    from rootcase.core.deliver.rest import Answer

DRAFT = "Draft: "
# https://docs.gitlab.com/user/project/merge_requests/drafts/
_DRAFT = re.compile(r"^(?:\s*(?:\[draft\]|\(draft\)|draft:))+\s*", re.IGNORECASE)
# Tokens of projects, groups and service accounts have users with names of this form.
# https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects
_BOT = re.compile(r"^(?:(?:project|group)_\d+_bot(?:_|\d*$)|service_account_)")
# https://docs.gitlab.com/api/access_requests/#valid-access-levels : the first that may push.
DEVELOPER = 30
STATES = {"opened": "open", "locked": "open"}


class Person(msgspec.Struct):
    id: int = 0
    username: str = ""
    bot: bool = False
    access_level: int = 0

    @property
    def writes(self) -> bool:
        """Whether a member may push."""
        return self.access_level >= DEVELOPER

    @property
    def is_bot(self) -> bool:
        return self.bot or _BOT.match(self.username) is not None


class Access(msgspec.Struct):
    access_level: int = 0


class Permissions(msgspec.Struct):
    project_access: Access | None = None
    group_access: Access | None = None


class Origin(msgspec.Struct):
    path_with_namespace: str = ""


class Project(msgspec.Struct):
    """https://docs.gitlab.com/api/projects/#get-a-single-project"""

    id: int = 0
    path_with_namespace: str = ""
    permissions: Permissions | None = None
    forked_from_project: Origin | None = None
    import_status: str = "none"
    only_allow_merge_if_pipeline_succeeds: bool | None = None

    @property
    def may_push(self) -> bool:
        """By the higher of both levels; a token of an administrator is told none, and may."""
        if self.permissions is None:
            return True
        levels = [
            a.access_level for a in (self.permissions.project_access, self.permissions.group_access) if a
        ]
        return max(levels, default=0) >= DEVELOPER


class MergeRequest(msgspec.Struct):
    iid: int
    web_url: str
    title: str = ""
    description: str | None = None
    state: str = "opened"
    draft: bool = False
    merged_at: str | None = None
    closed_at: str | None = None
    closed_by: Person | None = None
    merged_by: Person | None = None
    merge_user: Person | None = None
    merge_commit_sha: str | None = None
    squash_commit_sha: str | None = None
    sha: str | None = None
    source_branch: str = ""
    source_project_id: int | None = None
    author: Person | None = None
    assignees: list[Person] | None = None
    reviewers: list[Person] | None = None
    labels: list[str] = []

    def made(self) -> Made:
        """Its title without the mark of a draft. A merge without a commit of its own is its branch's tip."""
        merged = self.state == "merged"
        commit = self.merge_commit_sha or self.squash_commit_sha or self.sha or ""
        return Made(
            self.iid, clean_line(self.web_url), clean_line(without_draft(self.title)), clean(self.description or ""),
            STATES.get(self.state, self.state), clean_line(self._by.username), self._by.is_bot, self.source_branch,
            self.draft, frozenset(self.labels), frozenset(p.username.lower() for p in self.reviewers or []),
            _people(self.assignees), clean_line(commit) if merged else "", moment_us(self.merged_at), sign="!",
            head_commit=clean_line(self.sha or ""), ended_us=moment_us(self.merged_at or self.closed_at),
            ended_by=clean_line((self._ended_by or Person()).username),
        )  # fmt: skip

    @property
    def _by(self) -> Person:
        return self.author or Person()

    @property
    def _ended_by(self) -> Person | None:
        """Who merged it by its newer name or its older one, else who closed it."""
        return self.merge_user or self.merged_by or self.closed_by


class GitLabIssue(msgspec.Struct):
    iid: int
    web_url: str
    title: str = ""
    description: str | None = None
    state: str = "opened"
    author: Person | None = None
    assignees: list[Person] | None = None
    labels: list[str] = []

    def made(self) -> Made:
        by = self.author or Person()
        return Made(
            self.iid, clean_line(self.web_url), clean_line(self.title), clean(self.description or ""),
            STATES.get(self.state, self.state), clean_line(by.username), by.is_bot, labels=frozenset(self.labels),
            assignees=_people(self.assignees),
        )  # fmt: skip


class Position(msgspec.Struct):
    new_path: str | None = None
    new_line: int | None = None


class Note(msgspec.Struct):
    """https://docs.gitlab.com/api/notes/; system: GitLab's own line about a change, said by nobody."""

    id: int = 0
    body: str | None = None
    author: Person | None = None
    created_at: str | None = None
    system: bool = False
    resolved: bool = False
    position: Position | None = None

    def remark(self) -> Remark:
        by = self.author or Person()
        return Remark(
            clean_line(by.username), clean(self.body or "", limit=4000), by.is_bot, moment_us(self.created_at)
        )


class Branch(msgspec.Struct):
    name: str


class Refusal(msgspec.Struct):
    """GitLab's four shapes: a sentence, sentences by field, a list of sentences, or `error`."""

    message: str | list[str] | dict[str, list[str] | str | dict[str, list[str]]] | None = None
    error: str | list[str] | None = None
    error_description: str | None = None

    def words(self) -> str:
        said = self.message if self.message is not None else self.error
        parts = [said] if isinstance(said, str) else list(said) if isinstance(said, list) else []
        if isinstance(said, dict):
            parts = [f"{field}: {_flat(value)}" for field, value in said.items()]
        return clean_line("; ".join([*parts, self.error_description or ""]).strip("; "), limit=300)


def _flat(value: list[str] | str | dict[str, list[str]]) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {' '.join(words)}" for name, words in value.items())
    return value if isinstance(value, str) else ", ".join(value)


def without_draft(title: str) -> str:
    return _DRAFT.sub("", title)


def refusal(answer: Answer) -> str:
    """What GitLab said against it, on one line."""
    try:
        words = msgspec.json.decode(answer.body, type=Refusal).words()
    except (msgspec.DecodeError, UnicodeDecodeError):
        words = ""
    return words or f"status {answer.status}"


def _people(listed: list[Person] | None) -> tuple[tuple[str, bool], ...]:
    return tuple((clean_line(p.username), p.is_bot) for p in listed or [] if p.username)
