"""Keeps customers' data out of repositories: values of production that a written test must not hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rootcase.core.model.events import Event

SHORTEST, LONGEST = 4, 200
READ = 4_000
# What people are called and reached by; any value under such a name is theirs.
PERSONAL = re.compile(
    r"^name$|(?:^|_)(?:(?:first|last|full|user|customer|contact|display|company|card)_?name|surname|user|customer|e?mail|"
    r"email_address|phone|mobile|street|address|city|zip|postcode|iban|account|card|ssn|birth\w*|ip)(?:_|$)",
    re.IGNORECASE,
)
_PAIR = re.compile(r"""["']?([A-Za-z_]\w*)["']?\s*[:=]\s*(?:"([^"\n]*)"|'([^'\n]*)'|([\w.@+-]+))""")
_QUOTED = re.compile(r'"([^"\n]+)"|\'([^\'\n]+)\'')
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\+?\d[\d -]{5,}\d")
_WORD = re.compile(r"[\w-]{8,}")
# Dates, versions, addresses in memory, files, and what is taken out already.
_HARMLESS = re.compile(
    r"\d{4}-\d\d?-\d\d?(?:[T ].*)?|v?\d+(?:\.\d+)+\S*|0x[0-9a-f]+|(?:.*[\\/])?[\w.-]+\.\w{1,5}|\[redacted:.*",
    re.IGNORECASE,
)
NOTHING = ("none", "null", "true", "false")


def held_by(text: str, events: Sequence[Event]) -> tuple[str, ...]:
    """The values of those events that look like somebody's data and stand in the text."""
    found = (value for value in values_of(events) if value in text)
    return tuple(dict.fromkeys(value for value in found if _stands_alone(value, text)))


def values_of(events: Iterable[Event]) -> Iterator[str]:
    """Values that look like data: by what they are, or by the name that they stand under."""
    for event in events:
        if event.user:
            yield from _told("user", event.user)
        for error in event.exceptions:
            for frame in error.frames:
                for name, value in frame.variables:
                    yield from _told(name, value)
        for crumb in event.breadcrumbs:
            for name, value in crumb.data:
                yield from _told(name, value)
            yield from _told("", crumb.message)
        if event.request is not None:
            for name, value in (*event.request.query, *event.request.headers):
                yield from _told(name, value)
            yield from _told("", event.request.body)


def _told(name: str, value: str) -> Iterator[str]:
    """The data in one printed value, which may be a whole structure."""
    value = value[:READ]
    plain = value.strip().strip("'\"")
    if PERSONAL.search(name) and "{" not in plain and "(" not in plain and _counts(plain):
        yield plain
    for key, *forms in _PAIR.findall(value):
        inner = next((form for form in forms if form), "")
        if PERSONAL.search(key) and _counts(inner):
            yield inner
    pieces = [plain, *(one or other for one, other in _QUOTED.findall(value))]
    for piece in pieces:
        found = [match for pattern in (_EMAIL, _UUID, _LONG_NUMBER) for match in pattern.findall(piece)]
        found += [word for word in _WORD.findall(piece) if _is_identifier(word)]
        yield from (match.strip() for match in found if _counts(match.strip()))


def _is_identifier(word: str) -> bool:
    """Letters and several digits in one word, as in `cus_9s6XKzkNRiz8i3`."""
    return sum(map(str.isdigit, word)) >= 3 and any(map(str.isalpha, word))


def _counts(value: str) -> bool:
    return (
        SHORTEST <= len(value) <= LONGEST and not _HARMLESS.fullmatch(value) and value.lower() not in NOTHING
    )


def _stands_alone(value: str, text: str) -> bool:
    """Not as a part of a longer word, which is another value."""
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None
