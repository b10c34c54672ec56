"""A part of a proposal, and how parts become one body that fits a screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from rootcase.core.config.settings import RepositorySettings, Settings
from rootcase.core.deliver.markdown import folded
from rootcase.core.deliver.policy import Depth
from rootcase.core.model.case import Case

VISIBLE_LINES = 57  # of 60; the rest is for the reference and the line it is found again by
FEWEST_LINES = 2
LONGEST_BODY = 60_000  # GitHub takes 65,536 characters
TOO_LONG = "Left out, too long for a forge"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the parts are made from. web: address of the project's pages at the forge, for permalinks."""

    case: Case
    settings: Settings
    repository: RepositorySettings | None
    depth: Depth
    hosts: frozenset[str] = frozenset()
    ticket: str = ""
    web: str = ""
    forge: str = "none"


@dataclass(frozen=True, slots=True)
class Part:
    """lines: Markdown that is seen at once; details: (our own summary, Markdown) to unfold.

    most: lines beyond that many go into the details.
    """

    name: str
    lines: tuple[str, ...]
    details: tuple[tuple[str, str], ...] = ()
    most: int = 6

    @property
    def visible(self) -> int:
        """Lines with something on them that are seen before anything is unfolded, the heading included."""
        folds = len(self.details) + (len(self.lines) > self.most)
        return 1 + sum(1 for line in self.lines[: self.most] if line) + folds

    def markdown(self) -> str:
        """The part as it stands in a body, without its heading."""
        seen, rest = self.lines, self.details
        if len(seen) > self.most:
            seen, beyond = self.lines[: self.most - 1], self.lines[self.most - 1 :]
            rest = ((f"{len(beyond)} more", "\n".join(beyond)), *rest)
        return "\n\n".join(["\n".join(seen), *(folded(summary, body) for summary, body in rest)])


def fitted(parts: Sequence[Part], room: int = VISIBLE_LINES) -> tuple[Part, ...]:
    """The parts with as many lines folded as it takes to be read at one go, and short enough for a forge.

    room: lines that may be seen.
    """
    made = list(parts)
    while sum(part.visible for part in made) > room:
        longest = max(range(len(made)), key=lambda i: min(len(made[i].lines), made[i].most))
        shorter = min(len(made[longest].lines), made[longest].most) - 1
        if shorter < FEWEST_LINES:
            break
        made[longest] = replace(made[longest], most=shorter)
    while sum(len(part.markdown()) for part in made) > LONGEST_BODY:
        largest = max(range(len(made)), key=lambda i: sum(len(body) for _, body in made[i].details))
        if not made[largest].details:
            break
        made[largest] = replace(made[largest], details=((TOO_LONG, "See the report of the case."),))
        if all(part.details in ((), ((TOO_LONG, "See the report of the case."),)) for part in made):
            break
    return tuple(made)


def joined(parts: Sequence[tuple[str, str]], last_line: str) -> str:
    """The body: each part under its heading, and the line it is found again by."""
    return "\n\n".join([*(f"### {name}\n{text}" for name, text in parts), last_line]) + "\n"


def cites(ids: Iterable[str]) -> str:
    """Evidence ids as the screen shows them, with a space before: ` [f1] [s2]`."""
    kept = [one for one in dict.fromkeys(ids) if one.isalnum()]
    return "".join(f" [{one}]" for one in kept)


def when(at_us: int) -> str:
    """A moment for people: `02:01 UTC on 3 Nov 2025`, "" where it is unknown."""
    if at_us <= 0:
        return ""
    at = datetime.fromtimestamp(at_us / 1e6, UTC)
    return f"{at:%H:%M} UTC on {at.day} {at:%b %Y}"


def plural(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
