"""Streams a model's words to whoever watches, in pieces of at least a tenth of a second, never an entry."""

from __future__ import annotations

import time

from rootcase.core.model.ports import Control
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean

INTERVAL_S = 0.1
LONGEST_HELD = 400


class LiveText:
    """Collects chunks and publishes whole words, so that no secret slips through in two halves."""

    def __init__(self, control: Control, redactor: Redactor, channel: str = "model") -> None:
        self._control = control
        self._redactor = redactor
        self._channel = channel
        self._held = ""
        self._last = 0.0

    async def add(self, chunk: str) -> None:
        self._held += chunk
        if time.monotonic() - self._last < INTERVAL_S:
            return
        end = max(self._held.rfind(" "), self._held.rfind("\n")) + 1
        if not end and len(self._held) > LONGEST_HELD:
            end = len(self._held)
        if end:
            await self._publish(end)

    async def finish(self) -> None:
        """Publish what is still held."""
        if self._held:
            await self._publish(len(self._held))

    async def _publish(self, end: int) -> None:
        piece, self._held = self._held[:end], self._held[end:]
        self._last = time.monotonic()
        await self._control.publish(self._channel, self._redactor.text(clean(piece)))
