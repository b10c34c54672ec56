"""Pull requests, branches and tickets at the forge that already name a case, by anybody."""

from __future__ import annotations

import re

from rootcase.core.deliver.forge import Forge, Made
from rootcase.core.deliver.naming import BRANCH_PREFIX, branch_name, is_ours
from rootcase.core.model.case import Case
from rootcase.core.model.errors import RootcaseError
from rootcase.core.model.ports import FoundWork
from rootcase.core.model.signals import Actor, Work, WorkKind

MOST_NAMES = 6
SHORTEST_NAME = 4


class ForgeWork:
    """The `ExistingWork` port over a forge. where: how it is called in what people read."""

    def __init__(self, forge: Forge, where: str) -> None:
        self._forge = forge
        self._where = where

    async def find(self, case: Case) -> FoundWork:
        """All that names the case by any alias. A question that failed is named, never taken for a no."""
        asked: list[str] = []
        failed: list[str] = []
        work: dict[tuple[str, str], Work] = {}
        me = ""
        try:
            me = await self._forge.me()
            for item in await self._own(case, me):
                work.setdefault((item.kind, item.id), item)
            asked.append(f"{self._where} branches")
        except RootcaseError as fault:
            failed.append(f"{self._where} branches: {fault.title}")
        for pulls, what in ((True, "pull requests"), (False, "issues")):
            try:
                for item in await self._named(case, me, pulls, failed):
                    work.setdefault((item.kind, item.id), item)
                asked.append(f"{self._where} {what}")
            except RootcaseError as fault:
                failed.append(f"{self._where} {what}: {fault.title}")
        return FoundWork(tuple(work.values()), tuple(asked), tuple(failed))

    async def _own(self, case: Case, me: str) -> list[Work]:
        """The branch of the case, and the pull request from it whatever its text says."""
        branch = branch_name(case)
        pull = await self._forge.pull_for(branch)
        if pull is not None:
            return [self._work("pull_request", pull, me, ours=True)]
        prefix = f"{BRANCH_PREFIX}{case.key.lower()}-"
        named = [n for n in await self._forge.branches(prefix) if n == branch]
        return [Work("branch", n, n, ours=True, where=self._where) for n in named]

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

    def _work(self, kind: WorkKind, item: Made, me: str, *, ours: bool) -> Work:
        by = Actor(item.author, item.bot, bool(me) and item.author == me) if item.author else None
        return Work(kind, f"#{item.number}", item.title, item.url, item.state, by, ours, self._where)


def searched_names(case: Case) -> tuple[str, ...]:
    """The aliases that are telling enough to search for; a bare case key or number is not."""
    names = [case.fingerprint.alias] if case.fingerprint else []
    names += [s.short_id for s in case.signals if _telling(s.short_id)]
    names += [s.id for s in case.signals if len(s.id) >= 8]
    return tuple(dict.fromkeys(names))[:MOST_NAMES]


def _telling(name: str) -> bool:
    return len(name) >= SHORTEST_NAME and not name.isdigit() and any(c.isdigit() or c == "-" for c in name)


def _names(name: str, item: Made) -> bool:
    """Whether the title or body really names it; a forge's search is fuzzy."""
    pattern = rf"(?<![\w-]){re.escape(name)}(?![\w-])"
    return re.search(pattern, f"{item.title}\n{item.body}", re.IGNORECASE) is not None
