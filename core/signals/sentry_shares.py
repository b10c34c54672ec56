"""Whom an issue hits, by the tags that say it: release, environment, endpoint, region, tenant."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rootcase.core.model import radius
from rootcase.core.model.signals import Facet, Share
from rootcase.core.signals.loose import first_text, items, number, table

MOST_VALUES = 10
# Tag names in the order in which they are taken; Sentry's own first, then what teams call theirs.
TAGS: Mapping[Facet, tuple[str, ...]] = {
    "release": ("release", "sentry:release"),
    "environment": ("environment",),
    "endpoint": ("transaction", "url", "http.route", "route", "endpoint"),
    **radius.TAGS,
}  # fmt: skip


def wanted(known: Collection[str]) -> dict[Facet, str]:
    """Which of the issue's tags tells which facet; those that Sentry always has where it names none.

    known: keys that the issue itself lists, which some versions leave out.
    """
    if not known:
        return {"release": "release", "environment": "environment", "endpoint": "transaction"}
    lower = {each.lower(): each for each in known}
    return {
        facet: next(lower[name] for name in names if name in lower)
        for facet, names in TAGS.items()
        if any(name in lower for name in names)
    }


def shares(facet: Facet, answer: object) -> tuple[Share, ...]:
    """Values of one tag by number of events, the largest first; the rest of the events as one share `(other)`."""
    raw = table(answer)
    found = [
        Share(facet, name, number(each.get("count")), number(each.get("userCount")))
        for each in map(table, items(raw.get("topValues")))
        if (name := first_text(each, "value", "name"))
    ]
    found.sort(key=lambda share: -share.events)
    kept = found[:MOST_VALUES]
    rest = number(raw.get("totalValues")) - sum(share.events for share in kept)
    return (*kept, Share(facet, "(other)", rest)) if rest > 0 and kept else tuple(kept)
