"""How often something happened over time, in at most 24 buckets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MOST = 24
HOUR_S = 3600
_SECOND_US = 1_000_000


def fold_trend(counts: Sequence[int], bucket_s: int) -> tuple[tuple[int, ...], int]:
    """The same counts in at most 24 buckets, neighbours added up; the newest bucket stays whole."""
    together = -(-len(counts) // MOST) or 1
    start = len(counts) % together
    groups = [counts[:start]] if start else []
    groups += [counts[i : i + together] for i in range(start, len(counts), together)]
    return tuple(sum(group) for group in groups), bucket_s * together


def trend_of(moments_us: Iterable[int]) -> tuple[tuple[int, ...], int]:
    """24 buckets that end with the newest moment; hours, or as long as it takes to hold the oldest."""
    known = [at for at in moments_us if at > 0]
    if not known:
        return (), HOUR_S
    newest, oldest = max(known), min(known)
    hours = (newest - oldest) // (HOUR_S * _SECOND_US)
    bucket_s = HOUR_S * (hours // MOST + 1)
    counts = [0] * MOST
    for at in known:
        counts[MOST - 1 - (newest - at) // (bucket_s * _SECOND_US)] += 1
    return tuple(counts), bucket_s
