"""What a driver's screen asks: where am I, and how long to the next stop."""

from __future__ import annotations

from dispatch.addresses import place_of
from dispatch.geohub import Geohub, Point
from dispatch.model import Stop


def where(point: Point, geohub: Geohub) -> str:
    """The place in words."""
    return f"near {geohub.describe(point)}"


def minutes_to(stop: Stop, point: Point, geohub: Geohub) -> int:
    """Whole minutes to the next stop, at least one."""
    seconds = geohub.travel_s(point, place_of(stop.address, geohub))
    return max(1, round(seconds / 60))
