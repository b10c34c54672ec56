"""Blast radius: which release, environment, endpoint, region and tenant an error falls on, and whom; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rootcase.core.model.events import Event
from rootcase.core.model.places import is_guessed
from rootcase.core.model.signals import Facet, Share, Signal

FACETS: tuple[Facet, ...] = ("release", "environment", "endpoint", "region", "tenant")
KEPT_VALUES = 5
# Names under which SDKs and their users send these tags, most telling first (Sentry's `user.geo.region` and
# `geo.country_code`, OpenTelemetry's `cloud.region`).
TAGS: dict[Facet, tuple[str, ...]] = {
    "region": ("region", "cloud.region", "aws_region", "aws.region", "cloud_region", "gcp.region", "zone",
               "availability_zone", "datacenter", "data_center", "dc", "cluster", "geo.region", "user.geo.region",
               "country", "geo.country_code"),
    "tenant": ("tenant", "tenant_id", "tenant.id", "customer", "customer_id", "account", "account_id",
               "organization", "organization_id", "organization.slug", "org", "org_id", "workspace", "shop"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slice:
    """One value of a facet. part: its share of what was counted, 0 to 1. users: 0 where not counted.

    sampled: counted in kept samples, so it shows proportions and no totals.
    """

    facet: Facet
    value: str
    part: float
    events: int = 0
    users: int = 0
    sampled: bool = False


def sampled_shares(events: Sequence[Event]) -> tuple[Share, ...]:
    """Shares as the samples show them, the largest of a facet first; events without the facet are left out.

    What a diagnosis named is no occurrence and is not counted.
    """
    events = [event for event in events if not is_guessed(event)]
    out: list[Share] = []
    for facet in FACETS:
        counted: dict[str, tuple[int, set[str]]] = {}
        for event in events:
            value = facet_of(event, facet)
            if value:
                number, users = counted.setdefault(value, (0, set()))
                counted[value] = (number + 1, users | ({event.user} if event.user else set()))
        ranked = sorted(counted.items(), key=lambda item: (-item[1][0], item[0]))[:KEPT_VALUES]
        out.extend(Share(facet, value, number, len(users), True) for value, (number, users) in ranked)
    return tuple(out)


def facet_of(event: Event, facet: Facet) -> str:
    """An event's value of a facet, "" where it tells none."""
    match facet:
        case "release":
            return event.release
        case "environment":
            return event.environment
        case "endpoint":
            return _endpoint(event)
    told = {name.lower(): value for name, value in (*event.contexts, *event.tags)}
    return next((told[name] for name in TAGS[facet] if told.get(name)), "")


def _endpoint(event: Event) -> str:
    """`POST /checkout`: the transaction, with the request's method where it does not name one."""
    request = event.request
    if not event.transaction or request is None or not request.method:
        return event.transaction
    return f"{request.method} {event.transaction}" if event.transaction.startswith("/") else event.transaction


def radius(signals: Iterable[Signal], samples: Sequence[Event] = ()) -> tuple[Slice, ...]:
    """The slices of a case, facet by facet, the largest first.

    What a source has counted wins over what its samples show, facet by facet; sources count the same events,
    so the one with the most of a facet speaks for it. samples: for signals that carry no shares.
    """
    every = [signal.shares for signal in signals if signal.shares]
    if not every and samples:
        every = [sampled_shares(samples)]
    out: list[Slice] = []
    for facet in FACETS:
        told = [[share for share in shares if share.facet == facet] for shares in every]
        told = [shares for shares in told if shares]
        if told:
            best = max(told, key=lambda shares: (not shares[0].sampled, sum(s.events for s in shares)))
            out.extend(_slices(best))
    return tuple(out)


def _slices(shares: Sequence[Share]) -> Iterable[Slice]:
    whole = sum(share.events for share in shares)
    for share in sorted(shares, key=lambda share: (-share.events, share.value)):
        part = share.events / whole if whole else 0.0
        yield Slice(share.facet, share.value, part, share.events, share.users, share.sampled)


def largest(slices: Iterable[Slice], facet: Facet) -> Slice | None:
    """The largest slice of a facet, or None."""
    return next((item for item in slices if item.facet == facet), None)


def radius_line(slices: Sequence[Slice], users: int = 0) -> str:
    """`84% on 2.14.0, production; 61% POST /checkout; 41 users`, "" where nothing is known.

    A facet with one value only is said without its percentage where another one has told it already.
    """
    parts: list[str] = []
    release, environment = largest(slices, "release"), largest(slices, "environment")
    first = release or environment
    if first is not None:
        words = f"{percent(first)} on {first.value}"
        if release is not None and environment is not None:
            whole = environment.part == 1
            words += f", {'' if whole else f'{percent(environment)} '}{environment.value}"
        parts.append(words)
    for facet in ("endpoint", "region", "tenant"):
        slice = largest(slices, facet)
        if slice is not None:
            parts.append(f"{percent(slice)} {slice.value}" if facet == "endpoint" else _named(slice))
    if users and parts:
        parts.append(f"{users:,} user{'' if users == 1 else 's'}")
    return "; ".join(parts)


def percent(slice: Slice) -> str:
    """`84%`; never `100%` or `0%` for what is only close to it."""
    rounded = round(slice.part * 100)
    if rounded == 100 and slice.part < 1:
        return "99%"
    return "1%" if not rounded and slice.part else f"{rounded}%"


def _named(slice: Slice) -> str:
    return f"{percent(slice)} {slice.facet} {slice.value}"
