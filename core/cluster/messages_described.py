"""Messages that a wider template describes, and those whose service or logger another source did not send."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rootcase.core.cluster.messages import PLACE
from rootcase.core.cluster.node import Group

WORDS_NEEDED = 2
LOOKED_AT = 20
_Mark = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class _Wide:
    """A group under the template that it began with; what joins it later changes nothing about that."""

    words: list[str]
    group: Group


def described(groups: Sequence[Group]) -> list[Group]:
    """Joins a message to the one template that has places where it has words, and the same words elsewhere.

    A message without a service or a logger may be of any; it joins where one alone says the same.
    """
    index: dict[_Mark, list[_Wide]] = defaultdict(list)
    kept: list[Group] = []
    for group in sorted(groups, key=_widest_first):
        words = _words(group)
        found = {id(wide): wide for mark in _marks(words) for wide in index.get(mark, ())}
        fits = [wide for wide in found.values() if _fits(wide, group, words)]
        if len(fits) == 1:
            same = fits[0].words == words
            why = (
                "its service was not sent, but one alone says this"
                if same
                else "a word of it is a value in others"
            )
            fits[0].group.take(group.nodes, why)
            continue
        kept.append(group)
        if (mark := _telling(words)) and len(index[mark]) < LOOKED_AT:
            index[mark].append(_Wide(words, group))
    return kept


def _widest_first(group: Group) -> tuple[int, int, int, object]:
    words = group.head.trace.words
    known = bool(group.services) + bool(group.head.trace.subject)
    return (-words.count(PLACE), -known, -group.count, group.head.order)


def _words(group: Group) -> list[str]:
    mark = group.head.judged.fingerprint
    if mark.kind != "message" or mark.type or mark.parts[:1] == ("dedup",):
        return []
    return group.head.trace.words.split()


def _marks(words: list[str]) -> list[_Mark]:
    return [(len(words), at, word) for at, word in enumerate(words)]


def _telling(words: list[str]) -> _Mark | None:
    """The longest word of a message with its place; None where too few words are plain."""
    plain = [(len(word), -at, word) for at, word in enumerate(words) if word.isalpha() and len(word) > 2]
    if len(plain) < WORDS_NEEDED:
        return None
    _, at, word = max(plain)
    return (len(words), -at, word)


def _fits(wide: _Wide, group: Group, words: list[str]) -> bool:
    near = wide.group
    if not (_either(near.services, group.services) and _either(_loggers(near), _loggers(group))):
        return False
    return all(_is(general, word) for general, word in zip(wide.words, words, strict=True))


def _loggers(group: Group) -> set[str]:
    return {node.trace.subject for node in group.nodes if node.trace.subject}


def _either(one: set[str], other: set[str]) -> bool:
    return not one or not other or bool(one & other)


def _is(general: str, word: str) -> bool:
    if general == word:
        return True
    before, place, after = general.partition(PLACE)
    return (
        bool(place) and word.startswith(before) and word.endswith(after) and len(word) > len(before + after)
    )
