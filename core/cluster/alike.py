"""When two source lines, two modules or two messages are the same thing written a little differently."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rootcase.core.cluster.messages import PLACE

_TOKEN = re.compile(r"\w+|[^\w\s]")
_WORDS = re.compile(r"\w+(?:[.'-]\w+)*|[^\w\s]")
_SPACE = re.compile(r"\s+")
_LITERAL = re.compile(r"\"([^\"\\]{1,80})\"|'([^'\\]{1,80})'")
DISTINCT = 12
BEGINNING = 20


def squeezed(line: str) -> str:
    """A source line without its spacing and trailing comma, so that a formatter changes nothing."""
    return _SPACE.sub("", line).rstrip(",;")


def tokens(line: str) -> frozenset[str]:
    return frozenset(_TOKEN.findall(line))


def literals(line: str, function: str) -> set[str]:
    """The strings that a source line hands to the function it calls."""
    at = line.find(function)
    return {a or b for a, b in _LITERAL.findall(line[at : at + 400])} if at >= 0 else set()


def same_code(one: str, other: str) -> bool:
    return squeezed(one) == squeezed(other)


def likeness(one: str, other: str) -> float:
    """Shared tokens of two lines or messages, 0 to 1 (Jaccard's index)."""
    a, b = tokens(one), tokens(other)
    return len(a & b) / len(a | b) if a and b else 0.0


def tells(lines: Iterable[str]) -> bool:
    """Whether a context has lines enough beside the failing one to be compared with another."""
    return len({key for line in lines if len(key := squeezed(line)) > 3}) > 1


def one_name_apart(one: str, other: str) -> bool:
    """Whether two source lines differ in a single name alone."""
    a, b = _TOKEN.findall(one), _TOKEN.findall(other)
    return len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1


def overlap(one: Iterable[str], other: Iterable[str]) -> float:
    """How much of the smaller of two contexts stands in the other, 0 to 1; blank and bracket lines do not count."""
    a = {key for line in one if len(key := squeezed(line)) > 3}
    b = {key for line in other if len(key := squeezed(line)) > 3}
    return len(a & b) / min(len(a), len(b)) if len(a) > 1 and len(b) > 1 else 0.0


def begins(one: str, other: str) -> bool:
    """Whether a telling message is the beginning of another, or goes on where that ends."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= BEGINNING and longer.startswith(shorter)


def covers(general: str, special: str, least: int = 2) -> bool:
    """Whether a template has a place where another message has a word, and the same words everywhere else.

    Args: least: how many words of three letters or more the template must have.
    """
    if PLACE not in general or general == special:
        return False
    plain = [word for word in _WORDS.findall(general.replace(PLACE, " ")) if len(word) > 2]
    return len(plain) >= least and told_by(special.replace(PLACE, "value"), general.replace(PLACE, "*"))


def told_by(said: str, pattern: str) -> bool:
    """Whether a message is one that a pattern of words and `*` describes, from its start to its end."""
    at, words = 0, _WORDS.findall(said)
    pieces = [piece.split() for piece in pattern.split("*")]
    if len(pieces) == 1:
        return words == pieces[0]
    for number, piece in enumerate(pieces):
        found = _find(words, piece, at)
        if found < 0 or (number == 0 and piece and found != 0):
            return False
        at = found + len(piece)
    return not pieces[-1] or words[-len(pieces[-1]) :] == pieces[-1]


def _find(words: list[str], piece: list[str], start: int) -> int:
    for at in range(start, len(words) - len(piece) + 1):
        if words[at : at + len(piece)] == piece:
            return at
    return -1


def same_module(one: str, other: str) -> bool:
    """Whether one dotted name ends with the other: `app.pricing.f` and `pricing.f`."""
    if one == other:
        return True
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer.endswith("." + shorter)
