"""Open the store for one case by its key, or say which cases there are."""

from __future__ import annotations

import os
import re
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


async def known(store: Store, name: str) -> str | None:
    """The case key for a key or any alias that the store holds."""
    if await store.inbox_row(name.upper()):
        return name.upper()
    return await store.case_of(name)


async def fetched(loaded: Loaded, store: Store, name: str) -> str:
    """The case key for a key, any alias, or what a configured source calls it, which is then read from there."""
    key = await known(store, name)
    if key is None and (not loaded.settings.sources or is_key(name)):
        return await resolved(store, name)
    if key is None:
        from rootcase.core.commands.output import warn
        from rootcase.core.pipeline.named import fetch

        key = await fetch(loaded, store, name, environment=dict(os.environ), tell=warn)
    return key


def is_key(name: str) -> bool:
    """Whether it can only be a case of this store."""
    return re.fullmatch(r"[Cc]-\d+", name) is not None


async def resolved(store: Store, name: str) -> str:
    """The case key for a key or any alias; UsageError lists the nearest cases."""
    key = await known(store, name)
    if key:
        return key
    rows = await store.inbox()
    keys = ", ".join(row.key for row in rows[:10]) or "none yet"
    raise UsageError(f"There is no case {name}", f"Cases: {keys}.", "rootcase cases lists all of them.")


async def folded(store: Store, key: str) -> Case:
    return fold(await store.entries(key))
