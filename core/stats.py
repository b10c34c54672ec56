"""The period that statistics are asked for, and counting what no version before has counted."""

from __future__ import annotations

import re
import time

from rootcase.core.journal.store import Store
from rootcase.core.model.errors import UsageError
from rootcase.core.model.stats import Stats

DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
DAY_US = 86_400_000_000
# Cases counted in one transaction, so that others can write in between.
AT_ONCE = 200


def since(period: str, now_us: int) -> int:
    """Microseconds since 1970 at which a period (`30d`, `12w`, `6m`, `1y`) began; 0 for `all`. UsageError."""
    if period == "all":
        return 0
    match = re.fullmatch(r"(\d{1,4})([dwmy])", period)
    if match is None or not int(match[1]):
        raise UsageError(
            f"{period!r} is no period", "A number and d, w, m or y, or `all`.", "rootcase stats --since 30d"
        )
    return max(1, now_us - int(match[1]) * DAYS[match[2]] * DAY_US)


async def counted(store: Store) -> None:
    """Count every case that was written before there were statistics."""
    while await store.tally(AT_ONCE):
        pass


async def stats_of(store: Store, period: str, *, repository: str = "", service: str = "") -> Stats:
    """The statistics of a period that ends now, all cases counted."""
    now_us = time.time_ns() // 1000
    begin = since(period, now_us)
    await counted(store)
    return await store.stats(since_us=begin, until_us=now_us, repository=repository, service=service)
