"""Which stop goes into which van: the heaviest first, each into the fullest van that still has room."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.errors import NoRoom
from dispatch.model import Stop, Tour, Van


def load(stops: Sequence[Stop], vans: Sequence[Van]) -> list[Tour]:
    """Tours with all stops loaded, empty ones left out; NoRoom names the first stop that does not fit."""
    tours = [Tour(van) for van in vans]
    for stop in sorted(stops, key=lambda stop: (-stop.kilos, stop.order)):
        fitting = [tour for tour in tours if tour.fits(stop)]
        if not fitting:
            raise NoRoom(stop.order)
        max(fitting, key=lambda tour: tour.load).stops.append(stop)
    return [tour for tour in tours if tour.stops]
