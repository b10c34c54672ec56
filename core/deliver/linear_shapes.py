"""The parts of Linear's answers that we read, decoded at the edge; errors can come inside a 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from rootcase.core.deliver.forge import Remark
from rootcase.core.deliver.reading import moment_us
from rootcase.core.deliver.tracker import Ticket
from rootcase.core.safety.text import clean, clean_line

if TYPE_CHECKING:
    pass

# https://linear.app/docs/configuring-workflows : the types of states; a duplicate is over, and no decision.
STATES = {"completed": "done", "canceled": "won't fix", "duplicate": "closed"}


class Person(msgspec.Struct, rename="camel"):
    name: str = ""
    display_name: str = ""

    @property
    def shown(self) -> str:
        return clean_line(self.display_name or self.name)


class State(msgspec.Struct):
    type: str = ""


class Named(msgspec.Struct):
    name: str = ""


class LabelNodes(msgspec.Struct):
    nodes: list[Named] = []


class LinearIssue(msgspec.Struct, rename="camel"):
    id: str
    identifier: str = ""
    url: str = ""
    title: str = ""
    description: str | None = None
    created_at: str | None = None
    state: State | None = None
    assignee: Person | None = None
    creator: Person | None = None
    labels: LabelNodes | None = None

    def ticket(self) -> Ticket:
        """An issue without a creator was made by an integration."""
        kind = self.state.type if self.state else ""
        return Ticket(
            clean_line(self.identifier), clean_line(self.url), clean_line(self.title), clean(self.description or ""),
            STATES.get(kind, "open"), self.creator.shown if self.creator else "", self.creator is None,
            ((self.assignee.shown, False),) if self.assignee else (),
            frozenset(label.name for label in self.labels.nodes) if self.labels else frozenset(),
            moment_us(self.created_at),
        )  # fmt: skip


class PageInfo(msgspec.Struct, rename="camel"):
    has_next_page: bool = False


class Issues(msgspec.Struct, rename="camel"):
    nodes: list[LinearIssue] = []
    page_info: PageInfo = msgspec.field(default_factory=PageInfo)


class Attached(msgspec.Struct):
    issue: LinearIssue


class Attachments(msgspec.Struct, rename="camel"):
    nodes: list[Attached] = []
    page_info: PageInfo = msgspec.field(default_factory=PageInfo)


class Identified(msgspec.Struct):
    id: str


class Teams(msgspec.Struct):
    nodes: list[Identified] = []


class Label(msgspec.Struct, rename="camel"):
    id: str
    name: str = ""
    is_group: bool = False
    team: Identified | None = None


class Labels(msgspec.Struct):
    nodes: list[Label] = []


class LinearComment(msgspec.Struct, rename="camel"):
    body: str = ""
    created_at: str | None = None
    url: str = ""
    user: Person | None = None

    def remark(self) -> Remark:
        name = self.user.shown if self.user else ""
        return Remark(
            name, clean(self.body, limit=4000), self.user is None, moment_us(self.created_at), clean_line(self.url)
        )  # fmt: skip


class Comments(msgspec.Struct):
    nodes: list[LinearComment] = []


class Talk(msgspec.Struct):
    comments: Comments = msgspec.field(default_factory=Comments)


class Said(msgspec.Struct):
    id: str = ""
    url: str = ""


class CommentPayload(msgspec.Struct):
    comment: Said | None = None


class IssuePayload(msgspec.Struct):
    success: bool = False
    issue: LinearIssue | None = None


class Payload(msgspec.Struct):
    success: bool = False


class Data(msgspec.Struct, rename="camel"):
    viewer: Person | None = None
    issues: Issues | None = None
    attachments_for_url: Attachments | None = msgspec.field(default=None, name="attachmentsForURL")
    teams: Teams | None = None
    issue_labels: Labels | None = None
    issue: Talk | None = None
    issue_create: IssuePayload | None = None
    attachment_link_url: Payload | None = msgspec.field(default=None, name="attachmentLinkURL")
    comment_create: CommentPayload | None = None


class Extensions(msgspec.Struct, rename="camel"):
    type: str = ""
    code: str = ""
    user_presentable_message: str = ""


class Problem(msgspec.Struct):
    message: str = ""
    extensions: Extensions = msgspec.field(default_factory=Extensions)


class Reply(msgspec.Struct):
    data: Data | None = None
    errors: list[Problem] = []

    def words(self) -> str:
        """Linear's own words against it, "" where it said nothing."""
        said = [p.extensions.user_presentable_message or p.message for p in self.errors]
        return clean_line("; ".join(dict.fromkeys(said)), limit=300)

    def has(self, word: str) -> bool:
        """Whether an error is of that type or code, however it is spelt."""
        plain = word.replace("_", "").replace(" ", "").lower()
        return any(
            plain in f"{p.extensions.type} {p.extensions.code}".replace("_", "").replace(" ", "").lower()
            for p in self.errors
        )
