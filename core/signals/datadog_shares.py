"""How a Datadog issue spreads: its log events counted by release, environment, endpoint, region and tenant."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.model.errors import SourceError
from rootcase.core.model.signals import Facet, Share, Signal
from rootcase.core.signals.client import Client
from rootcase.core.signals.lookback import iso
from rootcase.core.signals.loose import items, number, table, text

AGGREGATE = "api/v2/logs/analytics/aggregate"
MOST_VALUES = 10
# Reserved attributes and tags by their names, attributes of the event with an @ (docs: logs search syntax).
_FACETS: Sequence[tuple[Facet, str]] = (
    ("release", "version"),
    ("environment", "env"),
    ("endpoint", "@http.url_details.path"),
    ("region", "region"),
    ("tenant", "tenant"),
)
_COUNTS = ({"aggregation": "count"}, {"aggregation": "cardinality", "metric": "@usr.id"})


async def with_shares(client: Client, signal: Signal, since_us: int) -> Signal:
    """The signal with its blast radius; without, and saying so, where logs cannot be counted."""
    try:
        found = await asyncio.gather(*(_counted(client, signal.id, since_us, *each) for each in _FACETS))
    except SourceError as fault:
        said = f"how it spreads could not be counted: {fault.title}"
        return replace(signal, partial="; ".join(part for part in (signal.partial, said) if part))
    return replace(signal, shares=tuple(share for shares in found for share in shares))


async def _counted(
    client: Client, issue_id: str, since_us: int, facet: Facet, field: str
) -> tuple[Share, ...]:
    """Shares of one facet, the largest first; none where the issue's events are not in logs."""
    by_count = {"type": "measure", "aggregation": "count", "order": "desc"}
    body = {
        "filter": {"query": f"@issue.id:{issue_id}", "from": iso(since_us), "to": "now"},
        "compute": list(_COUNTS),
        "group_by": [{"facet": field, "limit": MOST_VALUES, "sort": by_count}],
    }
    answer = table((await client.search(AGGREGATE, body, object)).value)
    shares = []
    for bucket in map(table, items(table(answer.get("data")).get("buckets"))):
        value = text(table(bucket.get("by")).get(field))
        counts = table(bucket.get("computes"))
        if value:
            shares.append(Share(facet, value, number(counts.get("c0")), number(counts.get("c1"))))
    return tuple(sorted(shares, key=lambda share: -share.events))
