"""The parts of GitHub's answers that we read, decoded at the edge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from rootcase.core.deliver.forge import Made, Remark
from rootcase.core.deliver.reading import moment_us
from rootcase.core.safety.text import clean, clean_line

if TYPE_CHECKING:
    from rootcase.core.deliver.rest import Answer


class User(msgspec.Struct):
    login: str = ""
    type: str = "User"


class Ref(msgspec.Struct):
    ref: str = ""
    sha: str = ""


class Label(msgspec.Struct):
    name: str = ""


class Permissions(msgspec.Struct):
    push: bool = True


class Named(msgspec.Struct):
    full_name: str = ""


class Repository(msgspec.Struct):
    """https://docs.github.com/en/rest/repos/repos#get-a-repository ; parent: what a fork was made of."""

    full_name: str = ""
    permissions: Permissions | None = None
    parent: Named | None = None


class Pull(msgspec.Struct):
    number: int
    html_url: str
    title: str = ""
    body: str | None = None
    state: str = "open"
    draft: bool = False
    merged_at: str | None = None
    closed_at: str | None = None
    merged_by: User | None = None
    merge_commit_sha: str | None = None
    user: User | None = None
    assignees: list[User] | None = None
    head: Ref = msgspec.field(default_factory=Ref)
    base: Ref = msgspec.field(default_factory=Ref)
    labels: list[Label] = []
    requested_reviewers: list[User] | None = None

    def made(self) -> Made:
        state = "merged" if self.merged_at else self.state
        made = _made(
            self,
            state,
            self.head.ref,
            self.draft,
            frozenset(u.login.lower() for u in self.requested_reviewers or []),
        )
        # Before the merge the sha is that of a test merge, which no branch ever holds.
        commit = self.merge_commit_sha or "" if self.merged_at else ""
        return replace(
            made, merge_commit=clean_line(commit), merged_us=moment_us(self.merged_at),
            head_commit=clean_line(self.head.sha), ended_us=moment_us(self.merged_at or self.closed_at),
            ended_by=clean_line(self.merged_by.login) if self.merged_by else "",
        )  # fmt: skip


class PullMark(msgspec.Struct):
    merged_at: str | None = None


class Issue(msgspec.Struct):
    number: int
    html_url: str
    title: str = ""
    body: str | None = None
    state: str = "open"
    state_reason: str | None = None
    user: User | None = None
    assignees: list[User] | None = None
    labels: list[Label | str] = []
    pull_request: PullMark | None = None
    draft: bool = False

    def made(self) -> Made:
        merged = self.pull_request is not None and self.pull_request.merged_at is not None
        refused = self.state == "closed" and self.state_reason == "not_planned"
        state = "merged" if merged else "won't fix" if refused else self.state
        made = _made(self, state, "", self.draft, frozenset())
        return replace(made, merged_us=moment_us(self.pull_request.merged_at)) if self.pull_request else made


class IssueComment(msgspec.Struct):
    """https://docs.github.com/en/rest/issues/comments#list-issue-comments"""

    id: int = 0
    body: str | None = None
    user: User | None = None
    created_at: str | None = None
    html_url: str = ""
    author_association: str = "NONE"

    def remark(self) -> Remark:
        author = self.user or User()
        return Remark(
            clean_line(author.login), clean(self.body or "", limit=4000), author.type == "Bot",
            moment_us(self.created_at), clean_line(self.html_url),
        )  # fmt: skip


class SearchResult(msgspec.Struct):
    total_count: int = 0
    incomplete_results: bool = False
    items: list[Issue] = []


class BranchName(msgspec.Struct):
    name: str


class Problem(msgspec.Struct):
    resource: str = ""
    field: str = ""
    code: str = ""
    message: str = ""


class Refusal(msgspec.Struct):
    message: str = ""
    errors: list[Problem | str] = []

    def words(self) -> str:
        """GitHub's own words, on one line."""
        details = [
            e if isinstance(e, str) else e.message or f"{e.field} {e.code}".strip() for e in self.errors
        ]
        return clean_line("; ".join([self.message, *details]), limit=300)


def refusal(answer: Answer) -> Refusal:
    """What the forge said against it; empty words where it said nothing readable."""
    try:
        return msgspec.json.decode(answer.body, type=Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Refusal(f"status {answer.status}")


def _made(item: Pull | Issue, state: str, head: str, draft: bool, reviewers: frozenset[str]) -> Made:
    labels = frozenset(label if isinstance(label, str) else label.name for label in item.labels)
    author = item.user or User()
    return Made(
        item.number, clean_line(item.html_url), clean_line(item.title), clean(item.body or ""), state,
        clean_line(author.login), author.type == "Bot", head, draft, labels, reviewers,
        tuple((clean_line(u.login), u.type == "Bot") for u in item.assignees or [] if u.login),
    )  # fmt: skip
