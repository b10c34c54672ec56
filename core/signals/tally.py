"""Adds events up to one signal: counts, users, first and last seen, releases, trend."""

from __future__ import annotations

import hashlib
from array import array
from dataclasses import dataclass, field

from rootcase.core.model.events import Event, Frame
from rootcase.core.model.signals import Signal
from rootcase.core.signals.trend import trend_of

KEPT_EVENTS = 20
_SERIOUS = ("fatal", "error", "warning", "info", "debug")


@dataclass(slots=True)
class Tally:
    """What the events of one issue add up to. moments: every event's time, 8 bytes each."""

    events: int = 0
    users: set[str] = field(default_factory=set)
    moments: array[int] = field(default_factory=lambda: array("q"))
    releases: dict[str, int] = field(default_factory=dict)
    newest: list[Event] = field(default_factory=list)
    changed: bool = False

    def add(self, event: Event) -> None:
        self.events += 1
        if event.user:
            self.users.add(event.user)
        self.moments.append(event.at_us)
        if event.release and (
            event.release not in self.releases or event.at_us < self.releases[event.release]
        ):
            self.releases[event.release] = event.at_us
        self.newest.append(event)
        if len(self.newest) >= KEPT_EVENTS * 2:
            self.trim()

    def trim(self) -> None:
        """Keep the newest events only, newest first."""
        self.newest.sort(key=lambda each: -each.at_us)
        del self.newest[KEPT_EVENTS:]

    def signal(self, source: str, issue: str, service: str) -> Signal:
        """The signal these events make; names come from the newest one."""
        self.trim()
        latest = self.newest[0]
        tags = dict(latest.tags)
        known = [at for at in self.moments if at > 0]
        releases = sorted(self.releases, key=lambda version: self.releases[version])
        trend, bucket_s = trend_of(known)
        levels = {event.level for event in self.newest}
        return Signal(
            source=source,
            id=issue,
            title=title_of(latest),
            service=service or tags.get("service", ""),
            level=next((level for level in _SERIOUS if level in levels), latest.level),
            handled=_handled(latest),
            events=self.events,
            users=len(self.users),
            first_seen_us=min(known, default=0),
            last_seen_us=max(known, default=0),
            first_release=releases[0] if releases else "",
            last_release=releases[-1] if releases else "",
            environment=latest.environment,
            trend=trend,
            bucket_s=bucket_s,
            tags=latest.tags,
        )


def title_of(event: Event) -> str:
    """One line that says what happened, the way Sentry titles an issue."""
    raised = event.raised
    if raised is None or not (raised.type or raised.value):
        return (event.message or "(no message)").split("\n")[0]
    value = raised.value.strip().split("\n")[0]
    return ": ".join(part for part in (raised.type, value) if part)


def group_of(event: Event) -> str:
    """An issue id for events whose source gave none: exception types and in-app functions, else the message.

    Deliberately coarse. It only stands in for the source's own grouping; clustering decides what is one.
    """
    parts = [event.platform]
    for each in event.exceptions:
        parts.append(f"{each.module}.{each.type}")
        parts += [_place(frame) for frame in _telling(each.frames)]
    if not event.exceptions:
        parts += [event.logger, event.message.split("\n")[0]]
    return "g-" + hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:16]


def _telling(frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
    ours = tuple(frame for frame in frames if frame.in_app)
    return ours or frames[-1:]


def _place(frame: Frame) -> str:
    return f"{frame.module or frame.filename}:{frame.function}"


def _handled(event: Event) -> bool | None:
    said = [each.handled for each in event.exceptions if each.handled is not None]
    return said[-1] if said else None
