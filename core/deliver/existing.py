"""Pull requests, branches, tickets and comments at the forge that already name a case, by anybody."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from rootcase.core.deliver.forge import Forge, Made, Remark
from rootcase.core.deliver.naming import BRANCH_PREFIX, branch_name, is_ours
from rootcase.core.model.case import Case
from rootcase.core.model.errors import RootcaseError
from rootcase.core.model.ports import ExistingWork, FoundWork
from rootcase.core.model.signals import Actor, Work, WorkKind

MOST_NAMES = 6
SHORTEST_NAME = 4
# Comments are read of so many pieces of work, the newest merges are looked up of so many.
MOST_TALKS = 6
MOST_MERGES = 4


class AllWork:
    """The `ExistingWork` port over several places: the forge, and each tracker with an adapter of its own."""

    def __init__(self, places: Sequence[ExistingWork]) -> None:
        self._places = tuple(places)

    async def find(self, case: Case) -> FoundWork:
        """What all of them know; a place that failed is named and stops no other."""
        found = [await place.find(case) for place in self._places]
        return FoundWork(
            tuple({(w.kind, w.id, w.where, w.text): w for each in found for w in each.work}.values()),
            tuple(name for each in found for name in each.asked),
            tuple(name for each in found for name in each.failed),
        )


class ForgeWork:
    """The `ExistingWork` port over a forge. where: how it is called in what people read."""

    def __init__(self, forge: Forge, where: str) -> None:
        self._forge = forge
        self._where = where

    async def find(self, case: Case) -> FoundWork:
        """All that names the case by any alias. A question that failed is named, never taken for a no."""
        search = Search(self._where)
        me = ""

        async def who() -> list[Work]:
            nonlocal me
            me = await self._forge.me()
            return await self._own(case, me)

        await search.ask("branches", who)
        await search.ask("branches that people made", lambda: self._named_branches(case))
        await search.ask("pull requests", lambda: self._named(case, me, True, search.failed))
        await search.ask("issues", lambda: self._named(case, me, False, search.failed))
        if any(_is_merge(item) for item in search.work.values()):
            await search.ask("merges", lambda: self._merges(search.work))
        if any(_talked_about(item) for item in search.work.values()):
            await search.ask("comments", lambda: self._talks(search.work, me))
        return FoundWork(tuple(search.work.values()), tuple(search.asked), tuple(search.failed))

    async def _own(self, case: Case, me: str) -> list[Work]:
        """The branch of the case, and the pull request from it whatever its text says."""
        branch = branch_name(case)
        pull = await self._forge.pull_for(branch)
        if pull is not None:
            return [self._work("pull_request", pull, me, ours=True)]
        prefix = f"{BRANCH_PREFIX}{case.key.lower()}-"
        named = [n for n in await self._forge.branches(prefix) if n == branch]
        return [Work("branch", n, n, ours=True, where=self._where) for n in named]

    async def _named_branches(self, case: Case) -> list[Work]:
        """Branches of people that carry a name of the case and came to no pull request yet."""
        names = [name for name in searched_names(case) if "/" not in name and ":" not in name]
        if not names:
            return []
        # A branch's name is words with dashes between them, before and after an issue's name too.
        dashed = [name.replace("-", " ") for name in names]
        found = [
            branch
            for branch in await self._forge.branches("")
            if not branch.startswith(BRANCH_PREFIX)
            and any(within(name, branch.replace("-", " ")) for name in dashed)
        ]
        lone = [branch for branch in found[:MOST_TALKS] if await self._forge.pull_for(branch) is None]
        return [Work("branch", branch, branch, where=self._where) for branch in lone]

    async def _named(self, case: Case, me: str, pulls: bool, failed: list[str]) -> list[Work]:
        kind: WorkKind = "pull_request" if pulls else "ticket"
        out: list[Work] = []
        for name in searched_names(case):
            found = await self._forge.search(name, pulls=pulls)
            if found.cut:
                failed.append(f"{self._where}: {found.cut}")
            out.extend(
                self._work(kind, item, me, ours=is_ours(item.body, case))
                for item in found.items
                if _names(name, item)
            )
        return out

    async def _merges(self, work: dict[tuple[str, str], Work]) -> list[Work]:
        """Merged pull requests with their merge commit, which a search does not tell."""
        merged = [item for item in work.values() if _is_merge(item)]
        out = []
        for item in merged[:MOST_MERGES]:
            made = await self._forge.pull(int(item.id[1:]))
            out.append(replace(item, commit=made.merge_commit, at_us=made.merged_us or item.at_us))
        return out

    async def _talks(self, work: dict[tuple[str, str], Work], me: str) -> list[Work]:
        """What people said on tickets and pull requests that name the case."""
        about = [item for item in work.values() if _talked_about(item)]
        out = []
        for item in about[:MOST_TALKS]:
            for number, remark in enumerate(await self._said(item)):
                by = Actor(remark.author or "somebody", remark.bot, bool(me) and remark.author == me)
                out.append(
                    Work(
                        "comment", f"{item.id}.{number + 1}", url=remark.url, by=by, text=remark.text,
                        where=f"{self._where} {item.id}", at_us=remark.at_us,
                    )
                )  # fmt: skip
        return out

    async def _said(self, item: Work) -> tuple[Remark, ...]:
        return await self._forge.comments(int(item.id[1:]), pull=item.kind == "pull_request")

    def _work(self, kind: WorkKind, item: Made, me: str, *, ours: bool) -> Work:
        """by: a person who is assigned, else who opened it."""
        people = [Actor(name, bot, bool(me) and name == me) for name, bot in item.assignees]
        opened = Actor(item.author, item.bot, bool(me) and item.author == me) if item.author else None
        by = next((each for each in people if not each.bot), opened)
        return Work(
            kind, item.shown, item.title, item.url, item.state, by, ours, self._where,
            item.merge_commit, item.merged_us,
        )  # fmt: skip


class Search:
    """One question after the other; the answer of a later one wins where it is about the same work."""

    def __init__(self, where: str) -> None:
        self._where = where
        self.asked: list[str] = []
        self.failed: list[str] = []
        self.work: dict[tuple[str, str], Work] = {}

    async def ask(self, what: str, question: Callable[[], Awaitable[list[Work]]]) -> None:
        try:
            found = await question()
        except RootcaseError as fault:
            self.failed.append(f"{self._where} {what}: {fault.title}")
            return
        self.asked.append(f"{self._where} {what}")
        for item in found:
            known = self.work.get((item.kind, item.id))
            # The pull request of our own branch is ours, whatever its text says.
            if known is None or (known.state == "merged" and item.commit):
                self.work[(item.kind, item.id)] = replace(item, ours=item.ours or bool(known and known.ours))


def _is_merge(item: Work) -> bool:
    return item.kind == "pull_request" and item.state == "merged" and not item.commit


def _talked_about(item: Work) -> bool:
    return item.kind in ("ticket", "pull_request") and item.id[1:].isdigit()


def searched_names(case: Case) -> tuple[str, ...]:
    """The aliases that are telling enough to search for; a bare case key or number is not."""
    names = [case.fingerprint.alias] if case.fingerprint else []
    names += [s.short_id for s in case.signals if _telling(s.short_id)]
    names += [s.id for s in case.signals if len(s.id) >= 8]
    names += [s.url for s in case.signals if s.url and len(s.id) < 8]
    return tuple(dict.fromkeys(names))[:MOST_NAMES]


def _telling(name: str) -> bool:
    return len(name) >= SHORTEST_NAME and not name.isdigit() and any(c.isdigit() or c == "-" for c in name)


def _names(name: str, item: Made) -> bool:
    """Whether the title or body really names it; a forge's search is fuzzy."""
    return within(name, f"{item.title}\n{item.body}")


def within(name: str, text: str) -> bool:
    """As a word of its own: `SHOP-1` is not in `SHOP-12`, and is in `fix/SHOP-1-cart`."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?!\w|-\d)", text, re.IGNORECASE) is not None
