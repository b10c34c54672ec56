"""People behind lines and commits: one person under two addresses is one, and bots are none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rootcase.core.model.code import Person

_BOT = re.compile(
    r"\[bot\]|(?:^|[-_ ])bot$|^(?:bot|github|gitlab|web-flow|ci|jenkins|travis|root|unknown)$"
    r"|^(?:dependabot|renovate|greenkeeper|pre-commit-ci|pyup|weblate|allcontributors|semantic-release|snyk)\b",
    re.IGNORECASE,
)
_BOT_EMAIL = re.compile(
    r"\[bot\]@|^(?:noreply@github\.com|bot@|.*\bnoreply@(?:gitlab|bitbucket)\.)", re.IGNORECASE
)
_HIDDEN = re.compile(r"^(?:\d+\+)?([\w-]+)@users\.noreply\.(?:github|gitlab)\.com$", re.IGNORECASE)


@dataclass(slots=True)
class Credited:
    """name: the one used most lately. weight: what it adds up to; reasons: (weight, words)."""

    name: str
    weight: float = 0.0
    reasons: list[tuple[float, str]] = field(default_factory=list)
    last_us: int = 0


class People:
    """Adds up what people did, each under all the names and addresses they use."""

    def __init__(self) -> None:
        self._by_key: dict[str, Credited] = {}

    def credit(self, person: Person, weight: float, why: str, at_us: int = 0) -> None:
        """Give weight to a person; a bot gets none."""
        if weight <= 0 or is_bot(person):
            return
        keys = keys_of(person)
        known = list({id(self._by_key[k]): self._by_key[k] for k in keys if k in self._by_key}.values())
        found = known[0] if known else Credited(person.name or person.email)
        for other in known[1:]:
            _join(found, other)
            self._by_key = {k: found if v is other else v for k, v in self._by_key.items()}
        if person.name and at_us > found.last_us:
            found.name, found.last_us = person.name, at_us
        found.weight += weight
        found.reasons.append((weight, why))
        for key in keys:
            self._by_key[key] = found

    def ranked(self) -> list[Credited]:
        """Everybody once, the heaviest first."""
        unique = {id(item): item for item in self._by_key.values()}
        return sorted(unique.values(), key=lambda item: (-item.weight, -item.last_us, item.name))


def is_bot(person: Person) -> bool:
    """Whether commits of that name or address are made by a program."""
    return bool(_BOT.search(person.name.strip()) or _BOT_EMAIL.search(person.email)) or not (
        person.name or person.email
    )


def keys_of(person: Person) -> tuple[str, ...]:
    """What makes two of them one: the address, the login that a forge's own address hides, the whole name."""
    keys = []
    email = person.email.strip().casefold()
    if email:
        keys.append(f"mail {email}")
        if match := _HIDDEN.match(email):
            keys.append(f"name {_plain(match.group(1))}")
    name = _plain(person.name)
    if name:
        keys.append(f"name {name}")
    return tuple(keys)


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _join(found: Credited, other: Credited) -> None:
    found.weight += other.weight
    found.reasons.extend(other.reasons)
    if other.last_us > found.last_us:
        found.name, found.last_us = other.name, other.last_us
