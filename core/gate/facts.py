"""What the rules look at, gathered once; a rule is a pure function of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from rootcase.core.config.settings import RepositorySettings, Settings
from rootcase.core.model.case import Case
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Actor, Work

_BOT = re.compile(
    r"\[bot\]$|(?:^|[-_ ])bot$|^(?:dependabot|renovate|github-actions|sentry|rootcase)\b", re.IGNORECASE
)
_GROUP = re.compile(r"^(?:#|team:|@[\w.-]+/)", re.IGNORECASE)
RISING_FACTOR = 1.5


@dataclass(frozen=True, slots=True)
class Facts:
    """asked_at: forge, tracker and source names that were asked for work; failed: those that did not answer.

    holder: key of another case of ours with the same error class, or "". event: id of the latest
    event's evidence, "" where none was recorded.
    """

    case: Case
    events: tuple[Event, ...]
    settings: Settings
    asked: Literal["before", "after"]
    now_us: int
    work: tuple[Work, ...] = ()
    asked_at: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    holder: str = ""
    event: str = ""

    @property
    def repository(self) -> RepositorySettings | None:
        return self.settings.repository_for(self.case.service)

    @property
    def cites(self) -> tuple[str, ...]:
        return (self.event,) if self.event else ()

    def is_me(self, actor: Actor) -> bool:
        """Whether a name at a service is this engineer's."""
        names = {name.lower().lstrip("@") for name in self.settings.me}
        return actor.me or actor.name.lower().lstrip("@") in names

    def is_human(self, actor: Actor | None) -> bool:
        """A person: no bot, and no team that an ownership rule put there."""
        if actor is None or not actor.name.strip():
            return False
        return not (actor.bot or _BOT.search(actor.name) or _GROUP.match(actor.name))

    @property
    def first_seen_us(self) -> int:
        seen = [signal.first_seen_us for signal in self.case.signals if signal.first_seen_us]
        seen += [event.at_us for event in self.events if event.at_us] if not seen else []
        return min(seen, default=0)

    @property
    def rising(self) -> bool:
        return any(is_rising(signal.trend) for signal in self.case.signals)


def is_rising(trend: Sequence[int]) -> bool:
    """Whether the last third of a trend runs clearly above what was before it."""
    if len(trend) < 3 or not any(trend):
        return False
    cut = len(trend) - max(1, len(trend) // 3)
    before = sum(trend[:cut]) / cut
    now = sum(trend[cut:]) / (len(trend) - cut)
    return now > before * RISING_FACTOR and now - before >= 1


def clock(at_us: int, now_us: int) -> str:
    """A time as people on call say it: `14:02 UTC`, with the day where it is not today's."""
    if at_us <= 0:
        return ""
    at, now = (datetime.fromtimestamp(t / 1_000_000, UTC) for t in (at_us, max(now_us, 0)))
    return f"{at:%H:%M} UTC" if at.date() == now.date() else f"{at.day} {at:%b %H:%M} UTC"


def span(seconds: float) -> str:
    """A length of time in one word or two: `3 minutes`, `2 hours`, `6 days`."""
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {word}{'s' if count != 1 else ''}"
    return "under a minute"


def counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
