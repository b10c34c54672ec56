"""A forge's own issues as a tracker: GitHub Issues and GitLab issues."""

from __future__ import annotations

from rootcase.core.deliver.forge import Forge, Made, Refused, Remark
from rootcase.core.deliver.tracker import NewTicket, Ticket, Tickets, best


class ForgeTracker:
    """The `Tracker` port over a forge. What is made is listed at once there, so nothing lags."""

    def __init__(self, forge: Forge) -> None:
        self._forge = forge

    async def close(self) -> None:
        await self._forge.close()

    async def me(self) -> str:
        return await self._forge.me()

    async def find(self, ticket: NewTicket, *, sent: bool) -> Ticket | None:
        """By its line, or by its whole text where a human took the line out."""
        mine = [i for i in await self._forge.my_issues() if _same(i, ticket)]
        alias = ticket.marker.rpartition(" · ")[2]
        if not mine and alias and " " not in alias:
            found = await self._forge.search(alias, pulls=False)
            mine = [i for i in found.items if _same(i, ticket)]
        return best([_ticket(item) for item in mine])

    async def create(self, ticket: NewTicket) -> Ticket:
        return _ticket(await self._forge.create_issue(ticket.title, ticket.body, ticket.labels))

    async def finish(self, there: Ticket, ticket: NewTicket) -> tuple[Refused, ...]:
        """Nothing to do: the body itself links the source's pages."""
        return ()

    async def search(self, words: str) -> Tickets:
        found = await self._forge.search(words, pulls=False)
        return Tickets(tuple(_ticket(item) for item in found.items), found.cut)

    async def linked(self, url: str) -> Tickets:
        return await self.search(url)

    async def comments(self, id: str) -> tuple[Remark, ...]:
        return await self._forge.comments(int(id), pull=False)

    async def comment(self, id: str, text: str) -> str:
        return await self._forge.comment(int(id), text, pull=False)


def _same(issue: Made, ticket: NewTicket) -> bool:
    lines = [line.strip() for line in issue.body.replace("\r\n", "\n").split("\n")]
    return ticket.marker in lines or issue.body.split() == ticket.body.split()


def _ticket(item: Made) -> Ticket:
    return Ticket(
        str(item.number), item.url, item.title, item.body, item.state, item.author, item.bot, item.assignees,
        item.labels,
    )  # fmt: skip
