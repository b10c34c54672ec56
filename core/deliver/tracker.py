"""What delivery needs of a tracker, whichever it is: one ticket per error class, found before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rootcase.core.deliver.forge import Refused, Remark


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket as it was approved.

    key: its idempotency key, the same for each attempt. body: our Markdown; an adapter puts it into the
    tracker's own form. marker: the line it is found again by. pages: (what, address) of the source's pages
    that it is linked to. hosts: hosts that its text may link to.
    """

    key: str
    title: str
    body: str
    marker: str
    labels: tuple[str, ...] = ()
    pages: tuple[tuple[str, str], ...] = ()
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket at the tracker. id: as people say it, without `#` (`12`, `PAY-7`).

    state: open, done, closed or won't fix. assignees: (name, whether it is a bot). at_us: when it was made.
    """

    id: str
    url: str
    title: str = ""
    body: str = ""
    state: str = "open"
    author: str = ""
    bot: bool = False
    assignees: tuple[tuple[str, bool], ...] = ()
    labels: frozenset[str] = frozenset()
    at_us: int = 0

    @property
    def shown(self) -> str:
        return f"#{self.id}" if self.id.isdigit() else self.id


@dataclass(frozen=True, slots=True)
class Tickets:
    """What a search gave. cut: why there may be more, or ""."""

    items: tuple[Ticket, ...] = ()
    cut: str = ""


class Tracker(Protocol):
    """Tickets of one project or team. Writes raise DeliveryError, AnswerLost where nobody knows."""

    async def me(self) -> str:
        """How the token's user is named in tickets; "" where it has none."""

    async def find(self, ticket: NewTicket, *, sent: bool) -> Ticket | None:
        """Our own ticket, if it is there. sent: an earlier attempt may have made it a moment ago, so a
        search that lags behind is not believed."""

    async def create(self, ticket: NewTicket) -> Ticket: ...

    async def finish(self, there: Ticket, ticket: NewTicket) -> tuple[Refused, ...]:
        """Links it with the source's pages; what is there already is not made twice."""

    async def search(self, words: str) -> Tickets:
        """Tickets that hold these words, by anybody."""

    async def linked(self, url: str) -> Tickets:
        """Tickets that people linked with a page; none where the tracker cannot look for that."""

    async def comments(self, id: str) -> tuple[Remark, ...]: ...
    async def comment(self, id: str, text: str) -> str:
        """Says it on a ticket; returns the comment's address or id."""

    async def close(self) -> None: ...


def best(found: Sequence[Ticket]) -> Ticket | None:
    """Of several tickets for one case, an open one first."""
    still_open = [ticket for ticket in found if ticket.state == "open"]
    return next(iter([*still_open, *found]), None)
