"""Reading and writing a journal as another process does: a store of one's own on the same file."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from rootcase.core.journal.fold import fold
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.journal.store import Store
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, Entry

T = TypeVar("T")
HUMAN = "human:mira"


def with_store(path: Path, work: Callable[[Store], Awaitable[T]]) -> T:
    """Open, work, close; for tests that are not async themselves."""

    async def run() -> T:
        store = await SqliteStore.open(path)
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(run())


def entries(path: Path, key: str = "C-1") -> tuple[Entry, ...]:
    return with_store(path, lambda store: store.entries(key))


def case(path: Path, key: str = "C-1") -> Case:
    return fold(entries(path, key))


def say(path: Path, *bodies: Body, key: str = "C-1", actor: str = HUMAN) -> tuple[Entry, ...]:
    """Append what a human decided."""
    return with_store(path, lambda store: store.append(key, bodies, actor=actor))


def faults(path: Path) -> tuple[str, ...]:
    """What the audit finds in all journals."""
    return with_store(path, lambda store: store.verify())


class Watch:
    """Looks at a journal often and cheaply: kinds by sequence, read without the store's own code."""

    def __init__(self, path: Path, key: str = "C-1") -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self._key = key

    def kinds(self, after: int = 0) -> list[tuple[int, str]]:
        rows = self._connection.execute(
            "SELECT seq, kind FROM entry WHERE journal = ? AND seq > ? ORDER BY seq", (self._key, after)
        )
        return [(int(seq), str(kind)) for seq, kind in rows]

    def names(self, after: int = 0) -> list[str]:
        """Kinds in order; an effect's with what it is, such as `effect_done push`."""
        rows = self._connection.execute(
            "SELECT kind, body FROM entry WHERE journal = ? AND seq > ? ORDER BY seq", (self._key, after)
        )
        return [_named(str(kind), str(body)) for kind, body in rows]

    def last(self) -> int:
        found = self.kinds()
        return found[-1][0] if found else 0

    def close(self) -> None:
        self._connection.close()


def _named(kind: str, body: str) -> str:
    if not kind.startswith("effect_"):
        return kind
    plain = json.loads(body)
    return f"{kind} {plain.get('kind') or plain['write']['kind']}"
