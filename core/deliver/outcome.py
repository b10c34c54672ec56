"""What an act outside is, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from rootcase.core.deliver.forge import Refused


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where it is now. notes: what a human should know although it worked."""

    url: str = ""
    number: str = ""
    notes: tuple[Refused, ...] = ()


class Act(Protocol):
    async def find(self) -> Outcome | None:
        """What is there already, or None."""

    async def perform(self) -> Outcome: ...
