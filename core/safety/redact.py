"""Takes secrets and personal data out of text before it reaches any sink, and counts what it took."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from rootcase.core.model.events import Event
from rootcase.core.safety import assignments
from rootcase.core.safety.names import is_secret_name, is_secret_variable
from rootcase.core.safety.patterns import SHAPES, Shape

MIN_SECRET_LENGTH = 8
WORDS = {
    "secret": ("secret of this machine", "secrets of this machine"),
    "token": ("token", "tokens"),
    "key": ("key", "keys"),
    "private-key": ("private key", "private keys"),
    "password": ("password", "passwords"),
    "cookie": ("cookie", "cookies"),
    "mail": ("mail address", "mail addresses"),
    "card": ("card number", "card numbers"),
    "iban": ("bank account", "bank accounts"),
    "hidden": ("variable hidden by its name", "variables hidden by their names"),
}


class Redactor:
    """Replaces secrets by `[redacted:kind]`, known by value first and by shape second.

    secrets: values that must never leave, such as tokens of the environment; those under 8 characters
    are ignored, since they would take ordinary words out. count: what was taken out so far, by kind.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: set[str] = set()
        self._known: re.Pattern[str] | None = None
        self.count: Counter[str] = Counter()
        self._learn(secrets)

    @classmethod
    def of_environment(cls, environment: Mapping[str, str], more: Iterable[str] = ()) -> Redactor:
        """A redactor that knows the values of all variables whose names look secret, and `more`."""
        values = [value for name, value in environment.items() if is_secret_variable(name)]
        return cls([*values, *more])

    def learn(self, secret: str) -> None:
        """Know one more secret from now on: a token that a command printed, or that a keyring held."""
        self._learn((secret,))

    def __repr__(self) -> str:
        return f"Redactor({self.summary() or 'nothing removed'})"

    def text(self, text: str) -> str:
        """The text with secrets replaced; the same text when there are none. Linear in its length."""
        text = self.known(text)
        for shape in SHAPES:
            if not shape.needs or any(literal in text for literal in shape.needs):
                text = self._shape(shape, text)
        if assignments.HINT.search(text):
            text = assignments.ASSIGNMENT.sub(self._assignment, text)
        return text

    def known(self, text: str) -> str:
        """The text without the secrets that are known by value, for names that only look like something else.

        A release such as `shop@1.4.beta` has the shape of a mail address.
        """
        return text if self._known is None else self._known.sub(lambda _: self._mark("secret"), text)

    def named(self, name: str, value: str) -> str:
        """The value of a variable, header or field, hidden altogether where its name says so."""
        if value and is_secret_name(name):
            return value if value.startswith("[redacted:") else self._mark("hidden")
        return self.text(value)

    def event(self, event: Event) -> Event:
        """The event with every string cleaned and redacted, variables and headers by name as well."""
        from rootcase.core.safety.scrub import scrub

        return scrub(event, self)

    def summary(self) -> str:
        """What was taken out so far, in words (`2 tokens, 1 mail address`), "" for nothing."""
        parts = ((WORDS[kind][n > 1], n) for kind in WORDS if (n := self.count[kind]))
        return ", ".join(f"{n} {word}" for word, n in parts)

    def _learn(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if len(secret) >= MIN_SECRET_LENGTH for form in _forms(secret)}
        if forms <= self._forms:
            return
        self._forms |= forms
        longest_first = sorted(self._forms, key=lambda form: (-len(form), form))
        self._known = re.compile("|".join(map(re.escape, longest_first)))

    def _mark(self, kind: str) -> str:
        self.count[kind] += 1
        return f"[redacted:{kind}]"

    def _shape(self, shape: Shape, text: str) -> str:
        def replace(match: re.Match[str]) -> str:
            if shape.check is not None and not shape.check(match):
                return match.group()
            whole, start = match.group(), match.start()
            low, high = match.start(shape.group) - start, match.end(shape.group) - start
            return whole[:low] + self._mark(shape.kind) + whole[high:]

        return shape.pattern.sub(replace, text)

    def _assignment(self, match: re.Match[str]) -> str:
        if not assignments.is_secret(match):
            return match.group()
        group = "quoted" if match["quoted"] is not None else "bare"
        low, high = match.start(group) - match.start(), match.end(group) - match.start()
        kind = "password" if "pass" in match["name"].lower() or "pwd" in match["name"].lower() else "token"
        return match.group()[:low] + self._mark(kind) + match.group()[high:]


def _forms(secret: str) -> set[str]:
    """A secret as it may show up: plain, URL-quoted, JSON-escaped and base64."""
    encoded = base64.b64encode(secret.encode(errors="replace")).decode().rstrip("=")
    forms = {
        secret,
        secret.strip(),
        quote(secret, safe="", errors="replace"),
        json.dumps(secret)[1:-1],
        encoded,
    }
    return {form for form in forms if len(form) >= MIN_SECRET_LENGTH}
