"""A round of looks: the cases whose pull requests are out, those not looked at for longest first."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

from rootcase.core.config.load import Loaded
from rootcase.core.config.tokens import own_secrets
from rootcase.core.journal.store import Lease, Store
from rootcase.core.model.aftermath import told
from rootcase.core.model.case import Case
from rootcase.core.model.errors import LeaseLost, RootcaseError
from rootcase.core.pipeline.house import House
from rootcase.core.pipeline.outcomes import Looked
from rootcase.core.pipeline.watching.look import is_over, look, now_us
from rootcase.core.pipeline.watching.look import rest_us as settled_rest_us
from rootcase.core.pipeline.watching.looking import Looking, Told
from rootcase.core.pipeline.watching.resolving import resolve_at_sources
from rootcase.core.run.recorder import Recorder
from rootcase.core.safety.redact import Redactor

# Cases of one round, a few requests each, and how long one is left alone between two rounds.
MOST_LOOKS = 20
REST_US = 300_000_000


async def look_at_sent(
    loaded: Loaded, store: Store, *, environment: dict[str, str], only: Sequence[str] = (), most: int = MOST_LOOKS,
    rest_us: int = REST_US, clock: Callable[[], int] = now_us,
) -> tuple[Looked, ...]:  # fmt: skip
    """Look at the work that was sent; a case that a run holds is left for the next round.

    only: these cases, however short ago they were looked at. most: cases of this round. rest_us: how long a case
    is left alone. Each is held by its lease while it is looked at.
    """
    keys = tuple(only) or await store.watched(before_us=clock() - rest_us, limit=most)
    if not keys:
        return ()
    async with AsyncExitStack() as stack:
        around = _Round(loaded, store, environment, clock(), stack)
        looked = [await around.one(key) for key in keys]
    return tuple(each for each in looked if each is not None)


class _Round:
    """One house for each repository: its own limits are its own, and its remote is fetched once."""

    def __init__(
        self, loaded: Loaded, store: Store, environment: dict[str, str], at_us: int, stack: AsyncExitStack
    ) -> None:
        self._loaded = loaded
        self._store = store
        self._environment = environment
        self._at_us = at_us
        self._stack = stack
        self._redactor = Redactor.of_environment(environment, own_secrets(loaded.settings, environment))
        self._told = Told(loaded.settings, environment, self._redactor)
        self._looking: dict[str, Looking] = {}

    async def one(self, key: str) -> Looked | None:
        """None where a run holds the case, or nothing of it is out."""
        lease = await self._store.lease(key, f"{socket.gethostname()}:{os.getpid()}")
        if lease is None:
            return None
        try:
            return await self._held(key, lease)
        except LeaseLost:  # somebody else has it now, and looks for itself
            return None
        finally:
            await self._store.release(lease)

    async def _held(self, key: str, lease: Lease) -> Looked | None:
        recorder = Recorder(self._store, key, lease=lease, redactor=self._redactor)
        await recorder.look()
        before = recorder.case
        if before.after is None:
            await self._store.mark_watched(key, self._at_us, over=True)
            return None
        looking = await self._looking_at(before)
        faults = (await look(recorder, looking), await self._resolve(recorder, looking.house))
        over = is_over(recorder.case, self._at_us)
        await self._store.mark_watched(key, self._at_us + settled_rest_us(recorder.case), over=over)
        return _said(recorder.case, before, "; ".join(filter(None, faults)))

    async def _looking_at(self, case: Case) -> Looking:
        settings = next(
            (r for r in self._loaded.settings.repositories if case.repository == r.label),
            self._loaded.settings.repository_for(case.service),
        )
        label = settings.label if settings else ""
        if label not in self._looking:
            house = await self._stack.enter_async_context(House(self._loaded, self._store, self._environment))
            self._looking[label] = Looking(house, self._told, self._at_us)
        return self._looking[label]

    async def _resolve(self, recorder: Recorder, house: House) -> str:
        """What kept the issue from being resolved at its source, "" for nothing; the next round tries again."""
        after = recorder.case.after
        if after is None or after.pull.state != "merged":
            return ""
        try:
            if await resolve_at_sources(self._store, recorder.case, house):
                await recorder.look()
        except RootcaseError as fault:
            return f"not resolved at its source: {fault.title}"
        return ""


def _said(case: Case, before: Case, fault: str) -> Looked:
    assert case.after is not None
    words = told(case.after)
    news = before.after is None or told(before.after) != words
    return Looked(case.key, case.title, case.after.stage, words, news, fault)
