"""A source that a test writes by hand, held to the protocol, and an intake over a store of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from rootcase.core.config.settings import Settings, SourceSettings
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.journal.store import SourceState
from rootcase.core.model.errors import SourceError
from rootcase.core.model.events import Event, ExceptionInfo, Frame
from rootcase.core.model.signals import Deploy, Release, Signal, Work
from rootcase.core.pipeline.intake import Intake
from rootcase.core.pipeline.outcomes import SourceOutcome
from rootcase.core.pipeline.reading import Reading
from rootcase.core.safety.redact import Redactor
from rootcase.core.signals.protocol import Act, Batch, Deed, Health, Source, Written

AT_US = 1_772_359_200_000_000


def crash(number: int, kind: str = "KeyError", *, module: str = "pricing") -> Event:
    """An event of its own function, in one module unless told."""
    frame = Frame(function=f"part{number}", module=f"shop.{module}", filename=f"shop/{module}.py", line=8)
    return Event(
        f"e{number}", "python", AT_US + number, exceptions=(ExceptionInfo(kind, "'x'", frames=(frame,)),)
    )


@dataclass
class Ledger:
    """signals: newest first, PAGE to a batch. asked: what was asked for, in order. failing: ids without events."""

    name: str = "ledger"
    acts: frozenset[Act] = frozenset()
    takes_notes = False
    signals: list[Signal] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    failing: dict[str, SourceError] = field(default_factory=dict)
    list_fault: SourceError | None = None
    page: int = 3
    at_once: int = 0
    most_at_once: int = 0

    def holds(self, *numbers: int, **more: Any) -> None:
        self.signals = [
            Signal(self.name, str(n), title=f"crash {n}", events=1, last_seen_us=AT_US + n, **more)
            for n in numbers
        ]

    async def list(self, cursor: str = "") -> AsyncIterator[Batch]:
        start = len(self.signals) if cursor == "enough" else int(cursor or 0)
        for at in range(start, max(len(self.signals), start + 1), self.page):
            self.asked.append("list")
            if self.list_fault:
                raise self.list_fault
            part = tuple(self.signals[at : at + self.page])
            yield Batch(part, str(at + self.page), total=len(self.signals), enough="enough")

    async def signal(self, signal_id: str) -> Signal | None:
        self.asked.append(f"signal {signal_id}")
        return next((each for each in self.signals if each.id == signal_id), None)

    async def events(self, signal: Signal, limit: int = 10) -> tuple[Event, ...]:
        import asyncio

        self.asked.append(f"events {signal.id}")
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if signal.id in self.failing:
            raise self.failing[signal.id]
        return (crash(int(signal.id)),)

    async def releases(self) -> tuple[Release, ...]:
        return ()

    async def deploys(self, releases: Sequence[Release] = ()) -> tuple[Deploy, ...]:
        return ()

    async def comment(self, signal_id: str, text: str) -> Written:
        return Written()

    async def act(self, signal_id: str, deed: Deed) -> Written:
        return Written()

    async def link(self, signal_id: str, work: Work) -> Written:
        return Written()

    async def reconcile(self, known: Sequence[str]) -> AsyncIterator[Batch]:
        self.asked.append("reconcile")
        there = {each.id: each for each in self.signals}
        yield Batch(
            tuple(there[id] for id in known if id in there),
            "",
            gone=tuple(id for id in known if id not in there),
        )

    def named(self, address: str) -> str:
        return ""

    async def health(self) -> Health:
        return Health()

    async def close(self) -> None:
        """Nothing is held open."""


@dataclass
class Desk:
    """read(): one sync of the ledger, as a process of its own would do it, with the state the store keeps."""

    store: SqliteStore
    source: Ledger
    settings: SourceSettings
    intake: Intake
    states: list[SourceState] = field(default_factory=list)

    async def read(self, **more: Any) -> SourceOutcome:
        source: Source = self.source
        state = await self.store.source_state(self.source.name)
        reading = Reading(self.intake, self.settings, source, state, self.states.append)
        return await reading.go(**more)

    async def state(self) -> SourceState:
        return await self.store.source_state(self.source.name)

    async def forget_pause(self) -> None:
        await self.store.save_source_state(replace(await self.state(), retry_us=0))


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Callable[..., Desk]]:
    store = await SqliteStore.open(tmp_path / "store.db")

    def made(**settings: Any) -> Desk:
        source = Ledger()
        own = SourceSettings(kind="files", name="ledger", **settings)
        intake = Intake(store, Settings(sources=(own,)), Redactor(), sources=(source,))
        return Desk(store, source, own, intake)

    yield made
    await store.close()
