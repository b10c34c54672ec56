"""The parts of Jira Cloud's answers that we read, decoded at the edge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

import msgspec

from rootcase.core.deliver.adf import Json, plain_text
from rootcase.core.deliver.forge import Remark
from rootcase.core.deliver.reading import moment_us
from rootcase.core.deliver.tracker import Ticket
from rootcase.core.safety.text import clean, clean_line

if TYPE_CHECKING:
    from rootcase.core.deliver.rest import Answer

T = TypeVar("T")
READ = ("summary", "description", "status", "resolution", "assignee", "creator", "labels", "created")
_REFUSED = re.compile(r"won'?t|declined|rejected|not a bug|by design|as designed|cannot reproduce", re.I)
NOTHING = msgspec.Raw(b"null")


class Account(msgspec.Struct, rename="camel"):
    """accountType: atlassian for people, app for bots."""

    account_id: str = ""
    display_name: str = ""
    account_type: str = "atlassian"

    @property
    def is_bot(self) -> bool:
        return self.account_type == "app"


class Named(msgspec.Struct):
    id: str = ""
    name: str = ""


class Category(msgspec.Struct):
    key: str = ""


class Status(msgspec.Struct, rename="camel"):
    name: str = ""
    status_category: Category | None = None


class Fields(msgspec.Struct):
    summary: str = ""
    description: msgspec.Raw = NOTHING
    status: Status | None = None
    resolution: Named | None = None
    assignee: Account | None = None
    creator: Account | None = None
    labels: list[str] = []
    created: str = ""


class JiraIssue(msgspec.Struct):
    id: str
    key: str = ""
    fields: Fields = msgspec.field(default_factory=Fields)

    def ticket(self, site: str) -> Ticket:
        """site: the address people open. A category tells whether it is done, whatever its status is called."""
        it = self.fields
        by, assignee = it.creator or Account(), it.assignee
        done = it.status is not None and it.status.status_category is not None
        done = done and it.status is not None and (it.status.status_category or Category()).key == "done"
        refused = done and it.resolution is not None and _REFUSED.search(it.resolution.name) is not None
        return Ticket(
            clean_line(self.key), f"{site}/browse/{clean_line(self.key)}", clean_line(it.summary),
            clean(_text_of(it.description)), "won't fix" if refused else "done" if done else "open",
            clean_line(by.display_name), by.is_bot,
            ((clean_line(assignee.display_name), assignee.is_bot),) if assignee else (),
            frozenset(it.labels), moment_us(it.created),
        )  # fmt: skip


class JiraPage(msgspec.Struct, rename="camel"):
    issues: list[JiraIssue] = []
    next_page_token: str | None = None
    is_last: bool = True


class Created(msgspec.Struct):
    id: str
    key: str


class JiraComment(msgspec.Struct):
    id: str = ""
    author: Account | None = None
    body: msgspec.Raw = NOTHING
    created: str = ""

    def remark(self) -> Remark:
        by = self.author or Account()
        return Remark(
            clean_line(by.display_name), clean(_text_of(self.body), limit=4000), by.is_bot,
            moment_us(self.created),
        )  # fmt: skip


class CommentPage(msgspec.Struct):
    comments: list[JiraComment] = []


class IssueType(msgspec.Struct):
    id: str
    name: str = ""
    subtask: bool = False


class IssueTypes(msgspec.Struct, rename="camel"):
    issue_types: list[IssueType] = []


class Kind(msgspec.Struct):
    type: str = "string"
    items: str = ""
    custom: str = ""


class Option(msgspec.Struct):
    id: str = ""
    name: str = ""
    value: str = ""


class FieldMeta(msgspec.Struct, rename="camel"):
    """https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/ create field metadata"""

    field_id: str = ""
    key: str = ""
    name: str = ""
    required: bool = False
    has_default_value: bool = False
    schema: Kind = msgspec.field(default_factory=Kind)
    allowed_values: list[Option] = []

    @property
    def id(self) -> str:
        return self.field_id or self.key


class FieldPage(msgspec.Struct):
    fields: list[FieldMeta] = []
    total: int = 0


class JiraRefusal(msgspec.Struct, rename="camel"):
    error_messages: list[str] = []
    errors: dict[str, str] = {}
    message: str = ""

    def words(self) -> str:
        fields = [f"{name}: {text}" for name, text in self.errors.items()]
        parts = [*self.error_messages, *fields, self.message]
        return clean_line("; ".join(part for part in parts if part), limit=300)


class ServerInfo(msgspec.Struct, rename="camel"):
    base_url: str = ""


def _text_of(document: msgspec.Raw) -> str:
    node: Json = msgspec.json.decode(document)
    return plain_text(node)


def refusal(answer: Answer) -> str:
    """What Jira said against it, on one line."""
    try:
        words = msgspec.json.decode(answer.body, type=JiraRefusal).words()
    except (msgspec.DecodeError, UnicodeDecodeError):
        words = ""
    return words or f"status {answer.status}"
