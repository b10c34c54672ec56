"""Following a journal that any process may append to, by looking at the file's version."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

from rootcase.core.model.entries import Entry

LIVE_POLL_S = 0.1
IDLE_POLL_S = 1.0
LIVE_FOR_US = 5_000_000


class Bell:
    """Wakes those in this process who wait; what rings between two waits is not lost."""

    def __init__(self) -> None:
        self._listening: set[asyncio.Event] = set()

    def ring(self) -> None:
        for event in self._listening:
            event.set()

    @contextlib.contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        event = asyncio.Event()
        self._listening.add(event)
        try:
            yield event
        finally:
            self._listening.discard(event)


async def follow(
    read: Callable[[int], Awaitable[tuple[Entry, ...]]],
    look: Callable[[], Awaitable[tuple[object, bool]]],
    bell: Bell,
    after: int,
) -> AsyncIterator[tuple[Entry, ...]]:
    """Batches of entries after `after`, for ever.

    look: (the file's version, whether the case is live); entries are only read when the version moved,
    and the end is when it is None, for a store that was closed.
    """
    seen: object = None
    with bell.listening() as rung:
        while True:
            rung.clear()
            version, is_live = await look()
            if version is None:
                return
            if version != seen:
                seen = version
                batch = await read(after)
                if batch:
                    after = batch[-1].seq
                    yield batch
                    continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(rung.wait(), LIVE_POLL_S if is_live else IDLE_POLL_S)
