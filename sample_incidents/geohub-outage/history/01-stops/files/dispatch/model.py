"""Stops, vans and tours."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time


@dataclass(frozen=True)
class Window:
    """When a customer is at home."""

    opens: time
    closes: time

    def holds(self, moment: time) -> bool:
        """Whether the moment lies in the window, its ends included."""
        return self.opens <= moment <= self.closes

    @property
    def minutes(self) -> int:
        """How long the window is open."""
        return (self.closes.hour - self.opens.hour) * 60 + self.closes.minute - self.opens.minute


@dataclass(frozen=True)
class Stop:
    """One delivery: an order, its address and what it weighs in kilos."""

    order: str
    address: str
    window: Window
    kilos: int = 1


@dataclass(frozen=True)
class Van:
    """A van and what it can carry."""

    name: str
    kilos: int


@dataclass
class Tour:
    """The stops of one van, in the order in which they are visited."""

    van: Van
    stops: list[Stop] = field(default_factory=list)

    @property
    def load(self) -> int:
        return sum(stop.kilos for stop in self.stops)

    def fits(self, stop: Stop) -> bool:
        """Whether the van can take one more stop."""
        return self.load + stop.kilos <= self.van.kilos
