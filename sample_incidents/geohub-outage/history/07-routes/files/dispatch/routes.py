"""The order of the stops of a tour: always the nearest one next."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, radians

from dispatch.addresses import place_of
from dispatch.geohub import Geohub, Point
from dispatch.model import Stop

DEPOT = Point(57.7089, 11.9746)
KM_PER_DEGREE = 111.2


def km_between(one: Point, other: Point) -> float:
    """The distance as the crow flies, good enough within a city."""
    north = (one.latitude - other.latitude) * KM_PER_DEGREE
    east = (one.longitude - other.longitude) * KM_PER_DEGREE * cos(radians(one.latitude))
    return hypot(north, east)


def in_order(stops: Sequence[Stop], geohub: Geohub, start: Point = DEPOT) -> list[Stop]:
    """The stops in the order in which they are visited, from the depot."""
    places = {stop.order: place_of(stop.address, geohub) for stop in stops}
    left, here, route = list(stops), start, []
    while left:
        nearest = min(left, key=lambda stop: km_between(here, places[stop.order]))
        left.remove(nearest)
        route.append(nearest)
        here = places[nearest.order]
    return route
