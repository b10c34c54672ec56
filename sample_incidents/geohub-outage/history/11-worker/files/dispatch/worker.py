"""Plans every order file that appears: planned, refused with a reason, or kept for later."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from dispatch.driver import where
from dispatch.errors import BadOrder
from dispatch.geohub import Geohub, GeohubUnavailable, Point
from dispatch.model import Stop, Van
from dispatch.orders import read_order
from dispatch.planner import Promise, plan

log = logging.getLogger("dispatch.worker")
VANS = (Van("north", 400), Van("south", 400))
Clock = Callable[[], datetime]


@dataclass
class Worker:
    """Keeps what became of each order. clock: gives the time at which vans would leave."""

    geohub: Geohub
    clock: Clock = datetime.now
    vans: Sequence[Van] = VANS
    promised: dict[str, Promise] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    later: list[str] = field(default_factory=list)

    def take(self, name: str, text: str) -> None:
        """Plan one order."""
        try:
            stop = read_order(text)
            self._plan(stop)
        except BadOrder as error:
            self.refused[name] = str(error)
        except GeohubUnavailable:
            log.exception("order %s waits for geohub", name)
            self.later.append(name)

    def _plan(self, stop: Stop) -> None:
        for made in plan([stop], self.vans, self.clock(), self.geohub):
            self.promised[made.order] = made

    def position(self, van: str, point: Point) -> str:
        """What the office reads about a van; the bare coordinates while geohub is away."""
        try:
            return f"{van} {where(point, self.geohub)}"
        except GeohubUnavailable:
            log.exception("position of %s without words", van)
            return f"{van} at {point}"


def main(inbox: Path = Path("inbox")) -> None:
    logging.basicConfig(level=logging.INFO)
    worker = Worker(Geohub())
    for file in sorted(inbox.glob("*.json")):
        worker.take(file.name, file.read_text(encoding="utf-8"))
    log.info("%d promised, %d refused, %d later", len(worker.promised), len(worker.refused), len(worker.later))


if __name__ == "__main__":
    main()
