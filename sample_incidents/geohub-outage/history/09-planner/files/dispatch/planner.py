"""The plan of a day: stops are loaded, routed and promised."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch.geohub import Geohub
from dispatch.loading import load
from dispatch.model import Stop, Van
from dispatch.routes import in_order
from dispatch.times import arrivals, late, promise

log = logging.getLogger("dispatch.planner")


@dataclass(frozen=True)
class Promise:
    """What one customer is told."""

    order: str
    van: str
    earliest: datetime
    latest: datetime


def plan(stops: Sequence[Stop], vans: Sequence[Van], leaves: datetime, geohub: Geohub) -> list[Promise]:
    """A promise for every stop; stops that would be late are logged and promised all the same."""
    promises = []
    for tour in load(stops, vans):
        route = in_order(tour.stops, geohub)
        times = arrivals(route, leaves, geohub)
        for stop in late(route, times):
            log.warning("order %s is late in van %s", stop.order, tour.van.name)
        for stop, arrival in zip(route, times):
            earliest, latest = promise(arrival)
            promises.append(Promise(stop.order, tour.van.name, earliest, latest))
    return promises
