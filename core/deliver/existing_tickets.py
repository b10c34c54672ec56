"""Tickets that already name a case or are linked with it, at a tracker that is not the forge itself."""

from __future__ import annotations

from rootcase.core.deliver.existing import MOST_TALKS, Search, searched_names, within
from rootcase.core.deliver.naming import is_ours
from rootcase.core.deliver.tracker import Ticket, Tickets, Tracker
from rootcase.core.model.case import Case
from rootcase.core.model.ports import FoundWork
from rootcase.core.model.signals import Actor, Work

MOST_PAGES = 5


class TrackerWork:
    """The `ExistingWork` port over a tracker. where: how it is called in what people read."""

    def __init__(self, tracker: Tracker, where: str) -> None:
        self._tracker = tracker
        self._where = where
        self._me = ""

    async def find(self, case: Case) -> FoundWork:
        """By every name of the case and every page of its signals. A question that failed is named."""
        search = Search(self._where)

        async def who() -> list[Work]:
            self._me = await self._tracker.me()
            return []

        await search.ask("login", who)
        await search.ask("tickets", lambda: self._named(case, search.failed))
        await search.ask("links", lambda: self._linked(case, search.failed))
        tickets = [work for work in search.work.values() if work.kind == "ticket"]
        if tickets:
            await search.ask("comments", lambda: self._talks(tickets))
        return FoundWork(tuple(search.work.values()), tuple(search.asked), tuple(search.failed))

    async def _named(self, case: Case, failed: list[str]) -> list[Work]:
        """A tracker's search is fuzzy, so what does not really name the case is left out."""
        out: list[Work] = []
        for name in searched_names(case):
            found = await self._tracker.search(name)
            self._cut(found, failed)
            out += [self._work(t, case) for t in found.items if within(name, f"{t.title}\n{t.body}")]
        return out

    async def _linked(self, case: Case, failed: list[str]) -> list[Work]:
        out: list[Work] = []
        for url in dict.fromkeys([s.url for s in case.signals if s.url][:MOST_PAGES]):
            found = await self._tracker.linked(url)
            self._cut(found, failed)
            out += [self._work(ticket, case) for ticket in found.items]
        return out

    async def _talks(self, tickets: list[Work]) -> list[Work]:
        """What people said on them, oldest first."""
        out: list[Work] = []
        for item in tickets[:MOST_TALKS]:
            for number, remark in enumerate(await self._tracker.comments(item.id.lstrip("#"))):
                by = Actor(
                    remark.author or "somebody", remark.bot, bool(self._me) and remark.author == self._me
                )
                out.append(
                    Work(
                        "comment", f"{item.id}.{number + 1}", url=remark.url, by=by, text=remark.text,
                        where=f"{self._where} {item.id}", at_us=remark.at_us,
                    )
                )  # fmt: skip
        return out

    def _cut(self, found: Tickets, failed: list[str]) -> None:
        if found.cut:
            failed.append(f"{self._where}: {found.cut}")

    def _work(self, ticket: Ticket, case: Case) -> Work:
        """by: a person who is assigned, else who opened it."""
        people = [Actor(name, bot, bool(self._me) and name == self._me) for name, bot in ticket.assignees]
        author = ticket.author
        opened = Actor(author, ticket.bot, bool(self._me) and author == self._me) if author else None
        by = next((each for each in people if not each.bot), opened)
        return Work(
            "ticket", ticket.shown, ticket.title, ticket.url, ticket.state, by, is_ours(ticket.body, case),
            self._where, at_us=ticket.at_us,
        )  # fmt: skip


class Unasked:
    """The `ExistingWork` port over a place that cannot be asked, which is said and not taken for a no."""

    def __init__(self, where: str, why: str) -> None:
        self._said = f"{where}: {why}"

    async def find(self, case: Case) -> FoundWork:
        return FoundWork((), (), (self._said,))
