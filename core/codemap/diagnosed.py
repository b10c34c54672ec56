"""The code that a diagnosis names, beside the trace: leads of another tool's, never steps of the path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.codemap.frames import Locator
from rootcase.core.model.code import Candidate
from rootcase.core.model.events import Event
from rootcase.core.model.places import is_guessed

MOST_EVENTS = 3
MOST_FRAMES = 8
# A function that only a diagnosis names stands behind the trace's own, before those that are merely near it.
SCORE = 0.3
REASON = "named by a diagnosis"


async def with_diagnosed(
    ranked: tuple[Candidate, ...], events: Sequence[Event], mapped: Event | None, locator: Locator
) -> tuple[Candidate, ...]:
    """The candidates, with the functions that diagnoses name and that are there. mapped: the event of the path."""
    named: dict[tuple[str, str], Candidate] = {}
    for event in [each for each in events if is_guessed(each) and each is not mapped][:MOST_EVENTS]:
        frames = [frame for item in event.exceptions for frame in item.frames][-MOST_FRAMES:]
        for place in reversed(await locator.locate(frames)):
            if place.verdict == "not ours" or not place.path or place.function is None:
                continue
            name = place.function.qualified_name
            lead = Candidate(place.path, name, place.line or place.function.line, SCORE, (REASON,))
            named.setdefault((place.path, name), lead)
    known = {(each.path, each.qualified_name) for each in ranked}
    told = [
        replace(each, reasons=(*each.reasons, REASON)) if (each.path, each.qualified_name) in named else each
        for each in ranked
    ]
    told += [lead for key, lead in named.items() if key not in known]
    return tuple(sorted(told, key=lambda each: -each.score))
