"""Leaves a service alone that failed several times in a row, and says until when and why."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from purgatory.domain.model import Context, OpenedState
from purgatory.typing import StateName

from rootcase.core.model.errors import RateLimited
from rootcase.core.signals.faults import CircuitOpen, Unavailable

T = TypeVar("T")
State = Literal["closed", "half-open", "open"]
FAILURES = 4
REST_S = 30.0
_WORDS: dict[StateName, State] = {"closed": "closed", "opened": "open", "half-opened": "half-open"}


@dataclass(frozen=True, slots=True)
class Circuit:
    """Whether a source is being asked. until_us: when it is tried again, 0 while it is asked.

    closed: all is well. open: nothing is sent until then. half-open: the next call is the test.
    failures: calls in a row that failed. why: the last failure in words.
    """

    state: State = "closed"
    until_us: int = 0
    why: str = ""
    failures: int = 0


class Breaker:
    """One service's circuit breaker; its states and moves are purgatory's. rest_s: how long it stays open."""

    def __init__(self, service: str, rest_s: float = REST_S) -> None:
        self._service = service
        self._why = ""
        self._context = Context(service, FAILURES, rest_s, "closed", 0, None)
        self._trial = asyncio.Lock()

    @property
    def circuit(self) -> Circuit:
        """The state as it is now; an open one whose rest is over counts as half-open."""
        state = _WORDS[self._context.state]
        until_us = round(((self._context.opened_at or 0.0) + self._context.ttl) * 1_000_000)
        if state == "open" and until_us <= time.time() * 1_000_000:
            state = "half-open"
        failed = self._context.failure_count or (0 if state == "closed" else self._context.threshold)
        return Circuit(state, until_us if state == "open" else 0, self._why, failed)

    async def run(self, call: Callable[[], Awaitable[T]]) -> T:
        """The call's outcome. CircuitOpen, without calling, while the service is left alone.

        Only a service that is down or does not answer counts as failing; a refusal is an answer. While
        half-open, calls go one after the other, so that a service on its knees gets one and not ten.
        """
        if self.circuit.state == "closed":
            return await self._counted(call)
        async with self._trial:
            return await self._counted(call)

    async def _counted(self, call: Callable[[], Awaitable[T]]) -> T:
        try:
            self._context.handle_new_request()
        except OpenedState:
            raise self._left_alone() from None
        try:
            outcome = await call()
        except Unavailable as error:
            self._why = error.title
            if self._context.state != "opened":
                self._context.handle_exception(error)
                self._context.messages.clear()
            raise
        except RateLimited:
            raise
        except Exception:
            self._well()
            raise
        self._well()
        return outcome

    def _well(self) -> None:
        """The service answered. One that another call found dead meanwhile stays open for its rest."""
        if self._context.state != "opened":
            self._context.handle_end_request()
            self._context.messages.clear()
            self._why = ""

    def _left_alone(self) -> CircuitOpen:
        circuit = self.circuit
        left_s = max(0, round(circuit.until_us / 1_000_000 - time.time()))
        return CircuitOpen(
            f"{self._service} is left alone for {left_s} s",
            f"It failed {circuit.failures} times in a row, the last time: {circuit.why}",
            "It is asked again by itself; `rootcase doctor` asks now.",
            until_us=circuit.until_us,
        )
