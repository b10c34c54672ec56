"""Blast radius: how a signal falls to releases, environments, endpoints, regions and tenants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rootcase.core.model.events import Event
from rootcase.core.model.radius import sampled_shares
from rootcase.core.model.signals import Facet, Share, Signal
from rootcase.core.signals.sentry_shares import MOST_VALUES, TAGS


def facet_of(tag: str) -> Facet | None:
    """The facet that a tag tells, None for any other tag."""
    return next((facet for facet, names in TAGS.items() if tag in names), None)


def shares_of_tags(counts: Iterable[tuple[str, str, int]]) -> tuple[Share, ...]:
    """Shares from a source's own totals, given as (tag, value, events); the largest of a facet first."""
    by_tag: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for tag, value, events in counts:
        if value:
            by_tag[tag].append((value, events))
    found: list[Share] = []
    for facet, names in TAGS.items():
        told = next((by_tag[name] for name in names if name in by_tag), [])
        found += [
            Share(facet, value, events)
            for value, events in sorted(told, key=lambda each: -each[1])[:MOST_VALUES]
        ]
    return tuple(found)


def with_samples(signal: Signal, events: Sequence[Event]) -> Signal:
    """The signal, with what its source says only inside events: releases, environment, tags, shares.

    What the signal says itself stays, but for the level `error`, which stands for none. Releases: of the oldest
    and of the newest sample.
    """
    if not events:
        return signal
    in_time = sorted(events, key=lambda event: event.at_us)
    releases = [event.release for event in in_time if event.release]
    newest = in_time[-1]
    raised = newest.raised
    return replace(
        signal,
        first_release=signal.first_release or (releases[0] if releases else ""),
        last_release=signal.last_release or (releases[-1] if releases else ""),
        environment=signal.environment or newest.environment,
        level=newest.level if signal.level == "error" else signal.level,
        handled=signal.handled if signal.handled is not None or raised is None else raised.handled,
        tags=signal.tags or newest.tags,
        shares=signal.shares or sampled_shares(events),
    )
