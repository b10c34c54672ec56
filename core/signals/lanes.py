"""How many calls to one service run at the same time; fewer once it asks for fewer."""

from __future__ import annotations

import asyncio
from types import TracebackType


class Lanes:
    """`async with lanes:` around each call. most: calls at once, at least 1."""

    def __init__(self, most: int) -> None:
        self.most = max(1, most)
        self._busy = 0
        self._free = asyncio.Condition()

    async def __aenter__(self) -> None:
        async with self._free:
            await self._free.wait_for(lambda: self._busy < self.most)
            self._busy += 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._busy -= 1
        async with self._free:
            self._free.notify_all()

    def narrow(self) -> None:
        """Half as many from now on; it does not widen again, since a client lives for one sync."""
        self.most = max(1, self.most // 2)
