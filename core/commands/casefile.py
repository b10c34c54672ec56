"""Open the store for one case by its key, or say which cases there are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rootcase.core.config.load import Loaded
from rootcase.core.journal.fold import fold
from rootcase.core.journal.open import open_store
from rootcase.core.journal.store import Store
from rootcase.core.model.case import Case
from rootcase.core.model.errors import UsageError


@asynccontextmanager
async def opened(loaded: Loaded) -> AsyncIterator[Store]:
    store = await open_store(loaded.settings.store, state=loaded.folders.state)
    try:
        yield store
    finally:
        await store.close()


async def resolved(store: Store, name: str) -> str:
    """The case key for a key or any alias; UsageError lists the nearest cases."""
    if await store.inbox_row(name.upper()):
        return name.upper()
    key = await store.case_of(name)
    if key:
        return key
    rows = await store.inbox()
    known = ", ".join(row.key for row in rows[:10]) or "none yet"
    raise UsageError(f"There is no case {name}", f"Cases: {known}.", "rootcase cases lists all of them.")


async def folded(store: Store, key: str) -> Case:
    return fold(await store.entries(key))
