"""When a van is where: arrival times along a route, and what a customer is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from dispatch.addresses import place_of
from dispatch.geohub import Geohub, Point
from dispatch.model import Stop
from dispatch.routes import DEPOT

AT_THE_DOOR = timedelta(minutes=4)
PROMISED_WITHIN = timedelta(minutes=15)


def arrivals(route: Sequence[Stop], leaves: datetime, geohub: Geohub, start: Point = DEPOT) -> list[datetime]:
    """When the van is at each stop of the route."""
    here, now, times = start, leaves, []
    for stop in route:
        there = place_of(stop.address, geohub)
        now += timedelta(seconds=geohub.travel_s(here, there))
        times.append(now)
        here, now = there, now + AT_THE_DOOR
    return times


def promise(arrival: datetime) -> tuple[datetime, datetime]:
    """From when to when a customer is told to be at home."""
    return arrival - PROMISED_WITHIN, arrival + PROMISED_WITHIN


def late(route: Sequence[Stop], times: Sequence[datetime]) -> list[Stop]:
    """The stops that the van reaches when the customer is not at home."""
    return [stop for stop, at in zip(route, times) if not stop.window.holds(at.time())]
