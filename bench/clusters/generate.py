"""A labelled file of signals: every bug in many shapes, releases and entry points."""

from __future__ import annotations

import json
import random
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from bench.clusters import foreign, shapes
from bench.clusters.raising import RELEASES, Raised, raised


@dataclass(frozen=True, slots=True)
class Labelled:
    bug: str
    line: str


def held_out(bug: str) -> bool:
    """Whether a bug is of the half that nobody looked at while tuning."""
    return zlib.crc32(bug.encode()) % 2 == 1


def labelled(seed: int, times: int = 24) -> list[Labelled]:
    """Signals of all bugs, shuffled."""
    dice = random.Random(seed)
    found: list[tuple[str, str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        for item in raised(Path(folder), seed, times):
            found.append((item.bug, *_python(item, dice)))
    for bug in foreign.BUGS:
        for _ in range(times):
            found.append((bug.name, *_foreign(bug, dice)))
    for name, service, template in foreign.MESSAGES:
        for _ in range(times):
            said = template.format(**foreign.values(dice))
            found.append((name, *_message(said, service, dice)))
    dice.shuffle(found)
    return [
        Labelled(bug, json.dumps({"id": f"s{number}", "source": source, "event": event}))
        for number, (bug, source, event) in enumerate(found)
    ]


def _python(item: Raised, dice: random.Random) -> tuple[str, object]:
    last = item.payload["exception"]["values"][-1]  # type: ignore[index]
    return _shaped(
        item.payload,
        item.text.rstrip("\n"),
        str(last["type"]),
        str(last["value"]),
        "checkout",
        item.release,
        dice,
    )


def _foreign(bug: foreign.Bug, dice: random.Random) -> tuple[str, object]:
    given = foreign.values(dice)
    said = bug.message.format(**given) if "{" in bug.message else bug.message
    number = dice.randrange(len(RELEASES))
    calls = foreign.shifted(foreign.stack_of(bug, dice), number * 5)
    wrapped = bug.wrapped if bug.wrapped and dice.random() < 0.6 else None
    if wrapped:
        wrapped = (wrapped[0], wrapped[1].format(**given))
    payload = {**foreign.as_sentry(bug, calls, said, wrapped), "release": RELEASES[number]}
    text = foreign.as_text(bug, calls, said, wrapped)
    kind, words = wrapped or (bug.type, said)
    return _shaped(payload, text, kind, words, bug.service, RELEASES[number], dice)


def _shaped(
    payload: dict[str, object],
    text: str,
    kind: str,
    said: str,
    service: str,
    release: str,
    dice: random.Random,
) -> tuple[str, object]:
    chance = dice.random()
    if chance < 0.25:
        return "sentry", shapes.sentry_sdk_shape(payload, dice)
    if chance < 0.5:
        return "sentry", shapes.sentry_api_shape(payload, dice)
    if chance < 0.7:
        return "datadog", shapes.datadog_shape(text, kind, said, service, release, dice)
    if chance < 0.94:
        return "log", shapes.text_shape(text, service, dice)
    if chance < 0.97:
        return "log", shapes.stackless_shape(kind, said, service)
    return "log", shapes.cut_shape(text, service, dice)


def _message(said: str, service: str, dice: random.Random) -> tuple[str, object]:
    chance = dice.random()
    if chance < 0.4:
        return "log", {
            "text": f"2026-03-01 12:00:0{dice.randrange(9)},{dice.randrange(999):03} WARN {service} - {said}",
            "service": service,
        }
    if chance < 0.7:
        return "datadog", {
            "id": "x",
            "attributes": {"message": said, "service": service, "status": "warn", "attributes": {}},
        }
    return "log", {"text": said, "service": service}
