"""What delivery needs of a forge or tracker, whichever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rootcase.core.model.errors import DeliveryError
from rootcase.core.model.pulls import Standing


class AnswerLost(DeliveryError):
    """The write was sent and no answer came; whether it happened has to be looked up."""


class Unreachable(DeliveryError):
    """Nobody answers there, so nothing was sent; the write waits for the next try."""


@dataclass(frozen=True, slots=True)
class Made:
    """A pull request or issue at the forge. head: its branch, "" for an issue.

    state: open, closed, merged, or won't fix for an issue that was closed as not planned. assignees:
    (login, whether it is a bot). merge_commit, merged_us: of a merge, where it was asked for.
    sign: what stands before the number. head_commit: tip of its branch. ended_us, ended_by: of its merge or its
    closing, where it was asked for and the forge tells.
    """

    number: int
    url: str
    title: str = ""
    body: str = ""
    state: str = "open"
    author: str = ""
    bot: bool = False
    head: str = ""
    draft: bool = False
    labels: frozenset[str] = frozenset()
    reviewers: frozenset[str] = frozenset()
    assignees: tuple[tuple[str, bool], ...] = ()
    merge_commit: str = ""
    merged_us: int = 0
    sign: str = "#"
    head_commit: str = ""
    ended_us: int = 0
    ended_by: str = ""

    @property
    def shown(self) -> str:
        """As people say it there: `#12`, and `!12` for a merge request."""
        return f"{self.sign}{self.number}"


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on a pull request or issue. at_us: microseconds since 1970, 0 where unknown."""

    author: str
    text: str
    bot: bool = False
    at_us: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Rights:
    """What a token may do in a project. login: whose it is, "" for an app's. fork: what its fork is called or
    would be, "" where its user has no place for one.
    """

    login: str = ""
    push: bool = True
    fork: str = ""


@dataclass(frozen=True, slots=True)
class NewPull:
    title: str
    body: str
    head: str
    base: str
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A side wish that the forge did not grant, such as a reviewer; the write itself stands."""

    what: str
    why: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave. cut: why there may be more, or ""."""

    items: tuple[Made, ...] = ()
    cut: str = field(default="")


class Forge(Protocol):
    """Pull requests and issues of one project. Writes raise DeliveryError, AnswerLost where nobody knows."""

    async def me(self) -> str: ...
    async def rights(self) -> Rights:
        """Whose token it is, and whether it may push."""

    async def forked(self, name: str) -> bool:
        """Whether the project's fork of that name can be used. DeliveryError where something else is called so."""

    async def fork(self, name: str) -> None:
        """Asks for the fork; it may take a while before it can be pushed to."""

    async def standing(self, number: int) -> Standing:
        """A pull request's checks and reviews as they are now; what cannot be read is named."""

    async def pull_for(self, branch: str) -> Made | None:
        """The newest pull request from that branch, in any state."""

    async def pull(self, number: int) -> Made:
        """One pull request as it is now, with its merge commit."""

    async def comments(self, number: int, *, pull: bool = True) -> tuple[Remark, ...]:
        """What was said on a pull request or issue, oldest first."""

    async def comment(self, number: int, text: str, *, pull: bool = True) -> str:
        """Says it there; returns the comment's address."""

    async def create_pull(self, new: NewPull) -> Made: ...
    async def update_pull(self, number: int, title: str, body: str) -> Made:
        """Give an open pull request this title and body; all else about it stays."""

    async def my_issues(self) -> tuple[Made, ...]:
        """The newest issues that this token's user opened; current, where search lags behind."""

    async def search(self, words: str, *, pulls: bool) -> Found: ...
    async def branches(self, prefix: str) -> tuple[str, ...]: ...
    async def create_issue(self, title: str, body: str, labels: Sequence[str]) -> Made: ...
    async def label(self, number: int, labels: Sequence[str]) -> tuple[Refused, ...]: ...
    async def ask_review(self, number: int, reviewers: Sequence[str]) -> tuple[Refused, ...]: ...
    async def close(self) -> None: ...
