"""What a screen needs: read cases, append decisions, start a run, read code and blame."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import RepositorySettings, Settings
from rootcase.core.journal.fold import CaseBuilder
from rootcase.core.journal.store import InboxRow, LivePiece, SourceState, Store
from rootcase.core.model.acts import ActRecord
from rootcase.core.model.case import Case
from rootcase.core.model.code import BlameLine
from rootcase.core.model.entries import Body, RunEnded, Until
from rootcase.core.model.errors import RepositoryError, RootcaseError
from rootcase.core.model.events import Event
from rootcase.core.model.intents import Able
from rootcase.core.model.ports import Repository
from rootcase.core.model.stats import Stats

CAPTURED = "capture"
# An act that has not ended by then has lost its process.
ACT_LONGEST_US = 120_000_000
RUN_GONE = "the process of the run is gone; t goes on where it stood"


@dataclass(frozen=True, slots=True)
class Spend:
    """Dollars of a case: settled, held for calls under way, its cap; and of the day."""

    usd: float
    held_usd: float
    cap_usd: float
    tokens: int
    today_usd: float
    today_cap_usd: float


class Desk:
    """The one thing between a screen and the rest of the house; starts processes, never does their work.

    actor: who decides here, `human:NAME`. All paths and folders come from `loaded`.
    """

    def __init__(
        self, loaded: Loaded, store: Store, environment: Mapping[str, str], *, actor: str = ""
    ) -> None:
        self.loaded = loaded
        self.settings: Settings = loaded.settings
        self.store = store
        self.actor = actor or actor_of(environment)
        self._environment = dict(environment)
        self._repositories: dict[str, Repository] = {}
        self._children: set[asyncio.subprocess.Process] = set()
        self._syncing: asyncio.subprocess.Process | None = None
        self._by_itself = False
        self._taken_up: set[str] = set()

    # -- reading

    async def inbox(self) -> tuple[InboxRow, ...]:
        return await self.store.inbox()

    async def case(self, key: str) -> Case:
        """The case as it stands; a run whose process died is closed first, so it can be taken up again."""
        builder = CaseBuilder()
        for entry in await self.store.entries(key):
            builder.apply(entry)
        case = builder.case()
        if await self.close_dead_run(case):
            return await self.case(key)
        await self._finish_acts(case)
        return case

    async def _finish_acts(self, case: Case) -> None:
        """Have acts carried out whose process died before their source answered; once for each."""
        before_us = time.time_ns() // 1000 - ACT_LONGEST_US
        left = {r.id for r in case.acts if r.state == "intended" and r.at_us < before_us} - self._taken_up
        if left:
            self._taken_up |= left
            await self._spawn("act", case.key, "pending")

    async def close_dead_run(self, case: Case) -> bool:
        """Record the end of a run that no living process holds; says whether there was one."""
        run = case.run
        if run is None or run.state == "ended" or await self.store.lease_holder(case.key):
            return False
        await self.store.append(case.key, [RunEnded(run.id, "failed", RUN_GONE, 1)], actor="rootcase")
        return True

    async def follow(self, key: str) -> AsyncIterator[Case]:
        """The case now, and again after each batch of entries that any process appends."""
        builder = CaseBuilder()
        entries = await self.store.entries(key)
        for entry in entries:
            builder.apply(entry)
        yield builder.case()
        async for batch in self.store.follow(key, after=entries[-1].seq if entries else 0):
            for entry in batch:
                builder.apply(entry)
            yield builder.case()

    async def samples(self, key: str) -> tuple[Event, ...]:
        return await self.store.samples(key)

    async def live(self, key: str, *, after: int = 0) -> tuple[LivePiece, ...]:
        return await self.store.live(key, after=after)

    async def sources(self) -> tuple[SourceState, ...]:
        return tuple([await self.store.source_state(s.label) for s in self.settings.sources])

    async def able(self) -> Able:
        """What can be done at each configured source and with captured crashes, as the last reading said."""
        states = (*await self.sources(), await self.store.source_state(CAPTURED))
        return {
            state.source: frozenset(state.acts) for state in states if state.acts or state.source != CAPTURED
        }

    async def spend(self, case: Case) -> Spend:
        usd, held, tokens = await self.store.spent(case.key)
        cap = case.caps.usd or self.settings.budget.usd
        return Spend(usd, held, cap, tokens, await self.store.spent_today(), self.settings.budget.day_usd)

    def note(self, case: Case) -> str:
        """The incident note exactly as it is posted, "" where there is none yet."""
        from rootcase.core.posting import note_text

        return note_text(case)

    async def stats(self, since_us: int, until_us: int, *, repository: str = "", service: str = "") -> Stats:
        """What came of the cases of a period; since_us: 0 for all time. No journal is read."""
        return await self.store.stats(
            since_us=since_us, until_us=until_us, repository=repository, service=service
        )

    # -- deciding

    async def say(self, key: str, *bodies: Body) -> None:
        """Append what a human decided; followers, this screen included, see it at once."""
        await self.store.append(key, bodies, actor=self.actor)

    async def look_at(self, key: str) -> None:
        """The case is on this human's screen; from now on nothing joins it to another without asking."""
        await self.store.mark_seen(key, self.actor)

    async def merge(self, case: str, into: str, reason: str = "") -> None:
        """`case` goes into `into`; UsageError where that makes no sense."""
        await self.store.merge(case, into, actor=self.actor, reason=reason)

    async def unmerge(self, case: str, signal: str, reason: str = "") -> str:
        """Take a signal out (`sentry:123`, its short id, or the key of a case that was merged in).

        Returns the case that it is in from now on. UsageError where there is no such signal.
        """
        for key in (signal.upper(), signal):
            if (
                signal
                and await self.store.standing(key) == case
                and key != case
                and await self.store.entries(key)
            ):
                return await self.store.unmerge(case, key, actor=self.actor, reason=reason)
        held = await self.store.signals(case)
        named = next((s for s in held if signal in (f"{s.source}:{s.id}", s.short_id, s.id)), None)
        alias = f"{named.source}:{named.id}" if named else signal
        return await self.store.unmerge(case, alias, actor=self.actor, reason=reason)

    # -- processes

    async def start_run(self, key: str, until: Until = "propose") -> None:
        """Start `rootcase run` in a session of its own; it outlives this screen and takes its own lease."""
        await self._spawn("run", key, "--until", until, "--attended")

    async def sync(self, *, due: bool = False) -> None:
        """Start `rootcase sync` in the background, unless one is at it; due: of the sources whose time has come."""
        if self._syncing is not None and self._syncing.returncode is None:
            return
        self._syncing = await self._spawn("sync", *(("--due",) if due else ()))
        self._by_itself = due

    async def look_after(self, key: str) -> None:
        """Have a process of its own look at what became of the case's pull request; returns when it has."""
        await (await self._spawn("watch", key)).wait()

    async def count_cases(self) -> None:
        """Have a process of its own count the cases that no version has counted; returns when it has."""
        await (await self._spawn("stats")).wait()

    async def start_revert(self, key: str, sha: str) -> None:
        """Start a run that only drafts and proves the revert of a commit; it needs no model and sends nothing."""
        await self._spawn("run", key, "--revert", sha, "--attended")

    async def carry_out(self, key: str, asked: str) -> tuple[ActRecord, ...]:
        """Have the intended acts of a key press done by a process of its own; returns how they ended."""
        child = await self._spawn("act", key, "pending", "--asked", asked)
        await child.wait()
        case = await self.case(key)
        return tuple(record for record in case.acts if record.asked == asked)

    async def read_pull(self, key: str) -> None:
        """Have the pull request's checks and reviews read by a process of its own; the journal tells what is new."""
        await (await self._spawn("pull", key)).wait()

    async def leave_word(self, key: str) -> Case:
        """Have the comment left that goes with what was taken over; returns the case as it is then."""
        await (await self._spawn("take", key, "--pending")).wait()
        return await self.case(key)

    async def fetch(self, name: str, tell: Callable[[str], None]) -> str:
        """The key of the case that a source's address or id names, read by a process of its own.

        tell: called with what it is doing. RootcaseError where it leads nowhere.
        """
        child = await self._spawn("fetch", name, "--json", piped=True)
        assert child.stdout is not None
        said: dict[str, str] = {}
        async for line in child.stdout:
            said = json.loads(line)
            if said.get("says"):
                tell(said["says"])
        await child.wait()
        if said.get("case"):
            return said["case"]
        raise RootcaseError(
            said.get("title") or f"{name} could not be fetched", said.get("detail", ""),
            said.get("hint") or f"{self.loaded.folders.logs / 'fetch.log'} has more.",
        )  # fmt: skip

    async def _spawn(self, *arguments: str, piped: bool = False) -> asyncio.subprocess.Process:
        log = self._log_file(arguments[0])
        # -P: without it Python would look for modules in the engineer's checkout first, and run what is there.
        command = [sys.executable, "-P", "-m", "rootcase.core.cli", *arguments, *self.flags()]
        with log:
            child = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE if piped else log,
                stderr=log, start_new_session=True, env=self._environment,
            )  # fmt: skip
        self._children.add(child)
        task = asyncio.get_running_loop().create_task(child.wait())
        task.add_done_callback(lambda _: self._children.discard(child))
        return child

    def flags(self) -> list[str]:
        """The flags that make another process use this desk's configuration and store."""
        flags = ["--config", str(self.loaded.file)] if self.loaded.file else []
        return [*flags, "--store", self.settings.store]

    def _log_file(self, name: str) -> IO[bytes]:
        folder = self.loaded.folders.logs
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{name}.log"
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size > 5_000_000:
                path.replace(path.with_suffix(".log.1"))
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")

    # -- code

    async def code(self, case: Case, path: str, commit: str) -> tuple[str, ...]:
        """The lines of a file at a commit. RepositoryError says why it cannot be shown."""
        text = await (await self.repository(case)).read(commit, path)
        if text is None:
            raise RepositoryError(
                f"Cannot show {path} at {commit[:7]}",
                "The commit has no such file.",
                "v shows the other side.",
            )
        from rootcase.core.model.hunks import lines_of
        from rootcase.core.safety.text import clean

        return tuple(clean(line.rstrip("\r\n").expandtabs(4)) for line in lines_of(text))

    async def blame(self, case: Case, path: str, commit: str, start: int, end: int) -> tuple[BlameLine, ...]:
        return await (await self.repository(case)).blame(commit, path, start, end)

    async def repository(self, case: Case) -> Repository:
        """The private clone of the case's repository; RepositoryError where none is configured."""
        settings = self.repository_settings(case)
        if settings is None:
            raise RepositoryError(
                f"No repository serves {case.service or 'this service'}",
                "Code and blame come from a checkout.",
                "Add it under repositories in config.yaml, with its services.",
            )
        if settings.label not in self._repositories:
            from rootcase.core.workspace.repository import open_repository

            self._repositories[settings.label] = await open_repository(settings, self.loaded.folders.state)
        return self._repositories[settings.label]

    def repository_settings(self, case: Case) -> RepositorySettings | None:
        named = [r for r in self.settings.repositories if case.repository and r.label == case.repository]
        return named[0] if named else self.settings.repository_for(case.service)

    def checkout_path(self, case: Case, path: str) -> Path | None:
        """Where the file is in the engineer's own checkout, for the editor; None where it is not there."""
        settings = self.repository_settings(case)
        file = Path(settings.path).expanduser() / path if settings and settings.path else None
        return file if file is not None and file.is_file() else None

    async def close(self) -> None:
        """Close the store; runs go on by themselves, a sync that nobody asked for ends: the next one goes on there."""
        if self._by_itself and self._syncing is not None and self._syncing.returncode is None:
            self._syncing.terminate()
        await self.store.close()


def actor_of(environment: Mapping[str, str]) -> str:
    """Who decides here, as entries name them."""
    return f"human:{_user(environment)}"


def _user(environment: Mapping[str, str]) -> str:
    named = environment.get("ROOTCASE_USER")
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "you"
