"""Sample events of a Bugsink issue: one request lists them, and one more each brings its content."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from rootcase.core.model.events import Event
from rootcase.core.signals.bugsink_wire import API, Listed, event_of
from rootcase.core.signals.client import Client
from rootcase.core.signals.faults import NotFound
from rootcase.core.signals.loose import decode, first_text, table
from rootcase.core.signals.origin import path_of


async def samples(client: Client, issue: str, limit: int) -> tuple[Event, ...]:
    """The newest event, then others from all along the newest 250; none where the issue is gone."""
    query = [("issue", issue), ("order", "desc")]
    try:
        listed = (await client.get(f"{API}/events/", Listed, query)).value.results
    except NotFound:
        return ()
    ids = [first_text(table(decode(bytes(raw))), "id") for raw in listed]
    chosen = [each for each in spread(ids, limit) if each]
    raws = await asyncio.gather(*(_event(client, each) for each in chosen))
    return tuple(event_of(raw) for raw in raws if raw is not None)


def spread(ids: Sequence[str], limit: int) -> tuple[str, ...]:
    """The first, the last, and others evenly between: releases differ along the way."""
    if len(ids) <= limit:
        return tuple(ids)
    if limit <= 1:
        return tuple(ids[:1])
    return tuple(ids[round(at * (len(ids) - 1) / (limit - 1))] for at in range(limit))


async def _event(client: Client, event_id: str) -> object | None:
    try:
        return (await client.get(f"{API}/events/{path_of(event_id)}/", object)).value
    except NotFound:
        return None  # evicted between list and look
