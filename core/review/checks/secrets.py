"""The draft writes something that looks like a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rootcase.core.model.proofs import Severity
from rootcase.core.review.change import Change, Found
from rootcase.core.safety.redact import Redactor

CHECK = "secret"
SETTLE = "Read it from the environment, and change the secret if it was a real one."
# What is taken for a secret by the name beside it alone; tests of logins are full of them.
BY_NAME = frozenset({"cookie", "password"})
MADE_UP = re.compile(r"(?i)example|fake|dummy|test|sample|secret|x{4,}|0{4,}|1234|abcd|hunter2|not[-_]a")
PERSONAL = frozenset({"mail", "card", "iban"})
# Passwords that stand for one: `http://user:pass@host`, as documentation and tests write it.
STANDS_FOR = re.compile(
    r"(?i)://[^\s:/@\"']*:(?:pass(?:word|wd|phrase)?|pw|pwd|secret|test|foo|bar|baz|x+|\*+|hunter2|example|changeme|[a-z]{1,5}"
    r"|%s|\{\w*\}|\$\{?\w+\}?|<\w+>)@"
)


def secrets(change: Change) -> Iterator[Found]:
    """Added lines in which the redactor finds a token, a key or a password; made-up people are no secret."""
    for file in change.files:
        for line in file.added:
            redactor = Redactor()
            redactor.text(STANDS_FOR.sub("://", line.text))
            kinds = sorted(kind for kind in redactor.count if kind not in PERSONAL)
            if kinds:
                # A test needs something that looks like one; what says that it is made up is a remark.
                made_up = bool(MADE_UP.search(line.text)) or not set(kinds) - BY_NAME
                severity: Severity = "block" if not file.test else "info" if made_up else "warn"
                text = f"Looks like a secret: {', '.join(kinds)}."
                yield Found(
                    CHECK, severity, file.path, line.hunk.id, text, SETTLE, line.index, said=line.text
                )
