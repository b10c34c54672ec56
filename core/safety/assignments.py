"""Finds `password = value` in logs, configuration and code, and tells a secret from an expression."""

from __future__ import annotations

import re

_WORDS = (
    r"password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key"
    r"|signing[_-]?key|encryption[_-]?key|credentials?|session[_-]?id|csrf|jwt"
)
ASSIGNMENT = re.compile(
    rf"(?i)(?<![A-Za-z0-9_.-])(?P<name>[A-Za-z0-9_.-]{{0,48}}?(?:{_WORDS})[A-Za-z0-9_-]{{0,24}}+)"
    r"(?P<sign>(?:\\?[\"'])?\]?[ \t]{0,3}(?:=>|:=|[=:])(?![=:])[ \t]{0,3})"
    r"(?:(?P<quote>\\?[\"'])(?P<quoted>[^\"'\n\\]{1,2000}+)|(?P<bare>[^\s,;&\"'<>{}()\[\]|\\`]{1,500}+)(?P<next>[(\[.{]?))"
)
HINT = re.compile(rf"(?i){_WORDS}")

_PLACEHOLDERS = (
    "none null nil true false undefined str string bytes int bool object any self optional required yes no "
    "password token secret changeme redacted filtered masked missing invalid expired wrong incorrect"
)
_NOT_A_VALUE = frozenset(_PLACEHOLDERS.split())
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DOTTED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)+")
_COUNTING = re.compile(r"(?i)(tokens|_count|_limit|_ttl|_length|_size|_env|_name|_type|_url|_class)$")


def is_secret(match: re.Match[str]) -> bool:
    """Whether the value of an ASSIGNMENT match is a secret, and not code, a type or a placeholder."""
    name, sign = match["name"], match["sign"]
    if _COUNTING.search(name):
        return False
    if match["quoted"] is not None:
        return _quoted(name, match["quoted"])
    value: str = match["bare"]
    if match["next"] or value.lower() in _NOT_A_VALUE or value[0] in "$%*[/@":
        return False
    if _DOTTED.fullmatch(value) or (value.isdigit() and "token" in name.lower()):
        return False
    return _bare(value, spaced=sign != sign.strip(), colon=":" in sign)


def _quoted(name: str, value: str) -> bool:
    if value.lower() in _NOT_A_VALUE or value[0] in "${%*<[" or " " in value.strip():
        return "pass" in name.lower() and " " in value.strip() and any(c.isdigit() for c in value)
    # Short words after "token" are a lexer's, not a service's.
    return len(value) >= (3 if "pass" in name.lower() or "pwd" in name.lower() else 8)


def _bare(value: str, *, spaced: bool, colon: bool) -> bool:
    if not _IDENTIFIER.fullmatch(value):
        return len(value) >= 4
    if any(c.isdigit() for c in value):
        return len(value) >= 6
    # A lone word may be a variable (`token = fresh_token`, `password: Text`) or a weak password.
    if spaced or colon:
        return colon and len(value) >= 8 and value.islower() and "_" not in value
    return len(value) >= 6 and "_" not in value and value.islower()
