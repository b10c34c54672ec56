"""GlitchTip's answers in Sentry's spelling, and what they mean in our words.

Source: answers of a GlitchTip backend after 5.1.0. Its PUT answers and its event list write some keys in
snake_case that its other answers write in camelCase; `userCount` is always 0, and `issues-stats` repeats the
number of events as the number of users, so neither counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from rootcase.core.model.events import Event
from rootcase.core.model.signals import Release, Signal
from rootcase.core.signals.facets import facet_of, shares_of_tags
from rootcase.core.signals.loose import first_text, flag, items, moment, number, table, text
from rootcase.core.signals.sentry_events import event
from rootcase.core.signals.sentry_wire import WireIssue, signal_of
from rootcase.core.signals.trend import MOST, fold_trend

HOUR_S = 3600
_ID_KEYS = {"eventId": "eventID", "projectId": "projectID", "groupId": "groupID"}


def camel(raw: object) -> dict[str, object]:
    """The object with its own keys in camelCase; what is nested stays as it is."""
    found: dict[str, object] = {}
    for name, value in table(raw).items():
        head, *rest = name.split("_")
        spelled = head + "".join(part[:1].upper() + part[1:] for part in rest) if head else name
        found.setdefault(_ID_KEYS.get(spelled, spelled), value)
    return found


def issue_signal(raw: object, *, source: str, service: str, me: Sequence[str]) -> Signal:
    """An issue as a signal. msgspec.ValidationError where it has no id or a field of a wrong type."""
    wire = msgspec.convert(camel(raw), WireIssue, strict=False)
    return replace(signal_of(wire, source=source, service=service, me=me), users=0)


def issue_event(raw: object, signal: Signal | None = None) -> Event:
    """An event of the list or the single view. Its level stands on the issue alone."""
    body = camel(raw)
    found = event(body)
    told = first_text(body, "level") or dict(found.tags).get("level", "")
    level = told or (signal.level if signal else "")
    return replace(found, level=level or found.level)


def with_tags(signal: Signal, raw: object) -> Signal:
    """The signal with its blast radius: the tags endpoint counts every event, not samples."""
    counts: list[tuple[str, str, int]] = []
    single: list[tuple[str, str]] = []
    for tag in map(table, items(raw)):
        key = first_text(tag, "key")
        values = [table(each) for each in items(tag.get("topValues"))]
        counts += [(key, text(each.get("value")), number(each.get("count"))) for each in values]
        if values and not facet_of(key) and number(tag.get("uniqueValues")) == 1:
            single.append((key, text(values[0].get("value"))))
    shares = shares_of_tags(counts)
    environments = [share.value for share in shares if share.facet == "environment"]
    return replace(
        signal,
        shares=shares or signal.shares,
        tags=signal.tags or tuple(single),
        environment=signal.environment or (environments[0] if environments else ""),
    )


def with_stats(signal: Signal, raw: Mapping[str, object]) -> Signal:
    """The signal with its trend of 24 hours and whether it was handled, from `issues-stats`."""
    rows = [
        row for row in items(table(raw.get("stats")).get("24h")) if isinstance(row, list) and len(row) >= 2
    ]
    unhandled = flag(raw.get("isUnhandled"))
    handled = None if unhandled is None else not unhandled
    counted = {number(row[0]) // HOUR_S: number(row[1]) for row in rows}
    if not counted:
        return replace(signal, handled=signal.handled if signal.handled is not None else handled)
    # Hours without events are left out of the answer.
    last = max(counted)
    trend, bucket_s = fold_trend([counted.get(last - MOST + 1 + at, 0) for at in range(MOST)], HOUR_S)
    return replace(signal, trend=trend, bucket_s=bucket_s, handled=handled)


def release_of(raw: object, previous: str) -> Release:
    """A release; its commit where `ref` is a full sha, which a person has to set."""
    body = camel(raw)
    ref = first_text(body, "ref")
    sha = len(ref) == 40 and all(sign in "0123456789abcdef" for sign in ref)
    return Release(
        version=first_text(body, "version"),
        commit=ref if sha else "",
        created_us=moment(body.get("dateReleased")) or moment(body.get("dateCreated")),
        previous=previous,
    )
