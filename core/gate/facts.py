"""What the rules look at, gathered once; a rule is a pure function of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal

from rootcase.core.config.settings import RepositorySettings, Settings
from rootcase.core.gate import people
from rootcase.core.gate.frames import failing
from rootcase.core.gate.people import same_person
from rootcase.core.gate.slo import Burn
from rootcase.core.model.case import Case
from rootcase.core.model.events import Event, Frame
from rootcase.core.model.signals import Actor, Deploy, Work

RISING_FACTOR = 1.5
_REHEARSAL = re.compile(r"stag|\bdev|test|\bqa\b|preview|sandbox|\buat\b|local", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """asked_at: forge, tracker and source names that were asked for work; failed: those that did not answer.

    holder: key of another case of ours with the same error class, or "". event: id of the latest
    event's evidence, "" where none was recorded. burn: of the error budget where somebody measured it.
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
    burn: Burn | None = None

    @property
    def repository(self) -> RepositorySettings | None:
        return self.settings.repository_for(self.case.service)

    @property
    def cites(self) -> tuple[str, ...]:
        return (self.event,) if self.event else ()

    def is_me(self, actor: Actor | None) -> bool:
        """Whether a name at a service is this engineer's."""
        if actor is None:
            return False
        return actor.me or any(same_person(actor.name, name) for name in self.settings.me)

    def is_human(self, actor: Actor | None) -> bool:
        """A person who took it; I am one, however I was given it."""
        return people.is_human(actor) or self.is_me(actor)

    @property
    def all_work(self) -> tuple[Work, ...]:
        """What forge and trackers told and what the source links, each once."""
        work = self.work + tuple(item for signal in self.case.signals for item in signal.work)
        return tuple({(item.kind, item.id, item.where, item.text): item for item in work}.values())

    @property
    def deploys(self) -> tuple[Deploy, ...]:
        """Deploys to where the error is seen, oldest first; those to a rehearsal's environment are none."""
        told = {
            deploy
            for signal in self.case.signals
            for deploy in signal.deploys
            if deploy.environment == signal.environment or not _REHEARSAL.search(deploy.environment)
        }
        return tuple(sorted(told, key=lambda deploy: deploy.at_us))

    @property
    def regressed(self) -> bool:
        words = {
            word for signal in self.case.signals for word in (signal.status.lower(), signal.substatus.lower())
        }
        return self.case.state == "regressed" or "regressed" in words

    @property
    def last_seen_us(self) -> int:
        seen = [signal.last_seen_us for signal in self.case.signals]
        return max([*seen, *(event.at_us for event in self.events)], default=0)

    @property
    def text(self) -> str:
        """Types and messages of the latest event, the innermost cause first; at most 8,000 characters."""
        event = self.events[0] if self.events else None
        if event is None:
            return next((signal.title for signal in self.case.signals if signal.title), self.case.title)
        said = [f"{each.type}: {each.value}" for each in event.exceptions]
        return "\n".join([*said, event.message])[:8000]

    @property
    def types(self) -> tuple[str, ...]:
        """Names of the latest event's exceptions without their modules, the innermost cause first."""
        event = self.events[0] if self.events else None
        mark = self.case.fingerprint
        told = tuple(bare(each.type) for each in event.exceptions if each.type) if event else ()
        return told or ((bare(mark.type),) if mark and mark.type else ())

    @property
    def failing(self) -> Frame | None:
        """Our deepest frame in the latest event, or None."""
        return failing(self.events[0]) if self.events else None

    @property
    def first_seen_us(self) -> int:
        seen = [signal.first_seen_us for signal in self.case.signals if signal.first_seen_us]
        seen += [event.at_us for event in self.events if event.at_us] if not seen else []
        return min(seen, default=0)

    @property
    def rising(self) -> bool:
        return any(is_rising(signal.trend) for signal in self.case.signals)


def bare(type_name: str) -> str:
    """`KeyError` of `builtins.KeyError`, `java.lang.X$Y` or `*pq.Error`."""
    return re.split(r"[.$:\\/]", type_name.strip("*&: "))[-1]


def is_rising(trend: Sequence[int]) -> bool:
    """Whether the last third of a trend runs clearly above what was before it."""
    if len(trend) < 3 or not any(trend):
        return False
    cut = len(trend) - max(1, len(trend) // 3)
    before = sum(trend[:cut]) / cut
    now = sum(trend[cut:]) / (len(trend) - cut)
    return now > before * RISING_FACTOR and now - before >= 1


def is_doubling(trend: Sequence[int]) -> bool:
    """Whether each of the last three buckets holds about twice the one before; a trickle does not count."""
    last = trend[-4:]
    return len(last) == 4 and last[-1] >= 8 and all(after >= 1.7 * before for before, after in pairwise(last))


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
