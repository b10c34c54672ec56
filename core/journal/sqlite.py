"""The store in one SQLite file: the async protocol over a connection that one thread alone uses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from rootcase.core.journal import aliases as names
from rootcase.core.journal import (
    blobs,
    database,
    inbox,
    live,
    merges,
    seen,
    signals,
    spend,
    statistics,
    verify,
    watched,
)
from rootcase.core.journal.database import told, transaction
from rootcase.core.journal.follow import LIVE_FOR_US, Bell, follow
from rootcase.core.journal.journals import Journals
from rootcase.core.journal.leases import Leases
from rootcase.core.journal.store import InboxRow, KnownSignal, Lease, LivePiece, SourceState, Taken
from rootcase.core.model.entries import Blob, Body, Entry
from rootcase.core.model.errors import StoreError, UsageError
from rootcase.core.model.events import Event
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.ports import Reservation
from rootcase.core.model.signals import Signal
from rootcase.core.model.stats import Stats

T = TypeVar("T")


def system_clock_us() -> int:
    return time.time_ns() // 1000


class SqliteStore:
    """Implements `Store`. Make it with `await SqliteStore.open(path)`; no thread outlives `close`."""

    def __init__(self, path: Path, now_us: Callable[[], int] = system_clock_us) -> None:
        self.path = path
        self._now_us = now_us
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rootcase-store")
        self._bell = Bell()
        self._writes = 0
        self._closed = False

    @classmethod
    async def open(
        cls, path: Path, *, create: bool = True, now_us: Callable[[], int] = system_clock_us
    ) -> SqliteStore:
        """Open or make the file. now_us: microseconds since 1970, for tests and replays."""
        store = cls(path, now_us)
        try:
            await store._in_thread(lambda: store._connect(create))
        except BaseException:
            store._closed = True
            store._thread.shutdown(wait=True)
            raise
        return store

    def _connect(self, create: bool) -> None:
        self._connection = database.connect(self.path, create=create)
        self._journals = Journals(self._connection, self._now_us)
        self._leases = Leases(self._connection, self.path)

    async def close(self) -> None:
        """Give up leases, close the file, end the thread. Closing twice does nothing."""
        if self._closed:
            return
        self._closed = True
        self._bell.ring()
        self._thread.submit(self._disconnect)
        self._thread.shutdown(wait=True)

    def _disconnect(self) -> None:
        self._leases.close()
        self._connection.close()

    # -- how work reaches the thread

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._closed:
            raise StoreError("The store is closed", f"{self.path} was in use until now.", "Open it again.")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _read(self, work: Callable[[], T]) -> T:
        def read() -> T:
            with told(self.path):
                return work()

        return await self._in_thread(read)

    async def _write(self, work: Callable[[], T], *, durable: bool = True) -> T:
        """Run it in one transaction; followers in this process look at once, even if the caller is cancelled.

        durable: it survives a power cut, not only the end of the process.
        """
        loop = asyncio.get_running_loop()

        def write() -> T:
            with told(self.path):
                self._connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                try:
                    with transaction(self._connection):
                        result = work()
                except BaseException:
                    self._journals.forget_folds()
                    raise
            self._writes += 1
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._bell.ring)
            return result

        return await self._in_thread(write)

    # -- cases and journals

    async def open_case(self, opened: Sequence[Body], *, actor: str, aliases: Sequence[str]) -> str:
        return await self._write(lambda: self._journals.open_case(opened, actor, aliases))

    async def case_of(self, alias: str) -> str | None:
        return await self._read(lambda: names.owner(self._connection, alias))

    async def add_aliases(self, case: str, aliases: Sequence[str]) -> tuple[str, ...]:
        return await self._write(lambda: names.add(self._connection, case, aliases))

    async def append(
        self, case: str, bodies: Sequence[Body], *, actor: str, trace: str = "", lease: Lease | None = None
    ) -> tuple[Entry, ...]:
        return await self._write(
            lambda: self._journals.append(case, bodies, actor=actor, trace=trace, lease=lease)
        )

    async def merge(self, case: str, into: str, *, actor: str, reason: str = "") -> None:
        def merge() -> None:
            if holder := self._leases.holder(case):
                raise UsageError(
                    f"A run of {case} is live",
                    f"{holder} holds it.",
                    "Stop the run, or merge the other way round.",
                )
            merges.merge(self._journals, case, into, actor=actor, reason=reason)

        await self._write(merge)

    async def unmerge(self, case: str, alias: str, *, actor: str, reason: str = "") -> str:
        return await self._write(
            lambda: merges.unmerge(self._journals, case, alias, actor=actor, reason=reason)
        )

    async def apart(self, one: str, other: str) -> bool:
        return await self._read(lambda: merges.are_apart(self._connection, one, other))

    async def standing(self, case: str) -> str:
        return await self._read(lambda: merges.standing(self._connection, case))

    async def mark_seen(self, case: str, actor: str) -> None:
        if not await self._read(lambda: seen.is_marked(self._connection, case)):
            await self._write(lambda: seen.mark(self._connection, case, actor, self._now_us()), durable=False)

    async def seen(self, case: str) -> bool:
        return await self._read(lambda: seen.by_human(self._connection, case))

    async def entries(self, case: str, *, after: int = 0) -> tuple[Entry, ...]:
        return await self._read(lambda: self._journals.read(case, after))

    def follow(self, case: str, *, after: int = 0) -> AsyncIterator[tuple[Entry, ...]]:
        async def read(last: int) -> tuple[Entry, ...]:
            return await self.entries(case, after=last)

        def version() -> tuple[object, bool]:
            others = self._connection.execute("PRAGMA data_version").fetchone()[0]
            since_us = self._now_us() - LIVE_FOR_US
            return (others, self._writes), live.is_live(self._connection, case, since_us)

        async def look() -> tuple[object, bool]:
            return (None, False) if self._closed else await self._read(version)

        return follow(read, look, self._bell, after)

    async def blob_put(self, text: str) -> Blob:
        return await self._write(lambda: blobs.put(self._connection, text))

    async def blob_get(self, blob: Blob) -> str | None:
        return await self._read(lambda: blobs.get(self._connection, blob))

    async def forget(self, blob: Blob) -> bool:
        forgotten = await self._write(lambda: blobs.forget(self._connection, blob))
        if forgotten:  # the write-ahead log still holds the content until it is folded into the file
            await self._read(lambda: self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
        return forgotten

    async def verify(self, case: str = "") -> tuple[str, ...]:
        return await self._read(lambda: verify.faults(self._connection, case))

    # -- inbox

    async def inbox(self) -> tuple[InboxRow, ...]:
        return await self._read(lambda: inbox.inbox_rows(self._connection))

    async def inbox_row(self, case: str) -> InboxRow | None:
        return await self._read(lambda: inbox.inbox_row(self._connection, case))

    async def inbox_version(self) -> int:
        query = "SELECT value FROM counter WHERE name = 'inbox'"
        found = await self._read(lambda: self._connection.execute(query).fetchone())
        return int(found[0]) if found else 0

    # -- signals and samples

    async def save_signal(self, case: str, signal: Signal) -> None:
        def save() -> None:
            signals.save(self._connection, case, signal)
            self._journals.refresh_row(case)

        await self._write(save)

    async def take_in(self, taken: Taken) -> tuple[str, bool]:
        return await self._write(lambda: self._journals.take_in(taken), durable=False)

    async def known_signals(self, source: str, ids: Sequence[str] = ()) -> dict[str, KnownSignal]:
        return await self._read(lambda: signals.known(self._connection, source, ids))

    async def unjudged(self) -> tuple[str, ...]:
        return await self._read(lambda: inbox.unjudged(self._connection))

    async def lone_pages(self, since_us: int) -> dict[str, Signal]:
        return await self._read(lambda: signals.lone_pages(self._connection, since_us))

    async def open_rows(self, service: str) -> tuple[InboxRow, ...]:
        return await self._read(lambda: inbox.open_rows(self._connection, service))

    async def signals(self, case: str) -> tuple[Signal, ...]:
        return await self._read(lambda: signals.of(self._connection, case))

    async def save_samples(self, case: str, events: Sequence[Event]) -> int:
        return await self._write(lambda: signals.save_samples(self._connection, case, events))

    async def samples(self, case: str) -> tuple[Event, ...]:
        return await self._read(lambda: signals.samples(self._connection, case))

    async def fingerprints(self) -> tuple[tuple[str, Fingerprint], ...]:
        return await self._read(lambda: names.fingerprints(self._connection))

    async def source_state(self, source: str) -> SourceState:
        return await self._read(lambda: signals.source_state(self._connection, source))

    async def save_source_state(self, state: SourceState) -> None:
        await self._write(lambda: signals.save_source_state(self._connection, state))

    # -- after the pull request, and statistics

    async def watched(self, *, before_us: int, limit: int) -> tuple[str, ...]:
        return await self._read(lambda: watched.keys(self._connection, before_us, limit))

    async def mark_watched(self, case: str, at_us: int, *, over: bool) -> None:
        await self._write(lambda: watched.mark(self._connection, case, at_us, over=over), durable=False)

    async def stats(self, *, since_us: int, until_us: int, repository: str = "", service: str = "") -> Stats:
        return await self._read(
            lambda: statistics.statistics(
                self._connection, since_us=since_us, until_us=until_us, repository=repository, service=service
            )
        )

    async def tally(self, limit: int) -> int:
        return await self._write(lambda: self._journals.tally(limit), durable=False)

    # -- leases and spend

    async def lease(self, case: str, holder: str) -> Lease | None:
        return await self._read(lambda: self._leases.take(case, holder))

    async def release(self, lease: Lease) -> None:
        await self._read(lambda: self._leases.release(lease))

    async def lease_holder(self, case: str) -> str | None:
        return await self._read(lambda: self._leases.holder(case))

    async def reserve(
        self, case: str, *, usd: float, tokens: int, case_cap_usd: float, day_cap_usd: float, token_cap: int
    ) -> Reservation:
        return await self._write(
            lambda: spend.reserve(
                self._connection, case, usd=usd, tokens=tokens, case_cap_usd=case_cap_usd,
                day_cap_usd=day_cap_usd, token_cap=token_cap, at_us=self._now_us(),
            )
        )  # fmt: skip

    async def settle(self, reservation: Reservation, *, usd: float, tokens: int) -> None:
        await self._write(lambda: spend.settle(self._connection, reservation, usd=usd, tokens=tokens))

    async def spent(self, case: str) -> tuple[float, float, int]:
        return await self._read(lambda: spend.of_case(self._connection, case))

    async def spent_today(self) -> float:
        return await self._read(lambda: spend.of_day(self._connection, self._now_us()))

    # -- live stream and presence

    async def publish(self, case: str, channel: str, text: str) -> None:
        def publish() -> None:
            live.publish(self._connection, case, channel, text, self._now_us())

        await self._write(publish, durable=False)

    async def live(self, case: str, *, after: int = 0) -> tuple[LivePiece, ...]:
        return await self._read(lambda: live.pieces(self._connection, case, after))
