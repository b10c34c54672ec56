"""Web addresses that an alert's text or payload names: the error behind a page, its run book, its dashboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from rootcase.core.model.events import Pairs
from rootcase.core.safety.text import clean, clean_line

MOST = 20
_DEEPEST = 6
_VALUES = 400
_LONGEST_TEXT = 20_000
# What RFC 3986 and 3987 let stand in an address; quotes, brackets and blanks end it, as in prose and Markdown.
_ADDRESS = re.compile(r"https?://[\w!#$%&()*+,\-./:;=?@~]{3,1000}")
_SERVICES = (
    ("sentry.io", "Sentry"),
    ("datadoghq.com", "Datadog"),
    ("datadoghq.eu", "Datadog"),
    ("ddog-gov.com", "Datadog"),
    ("dynatrace.com", "Dynatrace"),
    ("pagerduty.com", "PagerDuty"),
    ("opsgenie.com", "Opsgenie"),
    ("atlassian.net", "Jira"),
    ("github.com", "GitHub"),
    ("gitlab.com", "GitLab"),
    ("linear.app", "Linear"),
    ("newrelic.com", "New Relic"),
    ("grafana.net", "Grafana"),
)
_WORDS = (("sentry", "Sentry"), ("glitchtip", "GlitchTip"), ("bugsink", "Bugsink"), ("grafana", "Grafana"))


def web_address(value: object) -> str:
    """The text if it is an http(s) address that can be opened as it stands, else ""."""
    if not isinstance(value, str):
        return ""
    match = _ADDRESS.fullmatch(clean(value[:1100].strip()))
    return match.group() if match and _host(match.group()) else ""


def taken_apart(address: str) -> tuple[str, SplitResult] | None:
    """Host in lower case and parts of a web address, None for what is none."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    return (host, parts) if parts.scheme in ("http", "https") and host else None


def addresses_in(*values: object, most: int = MOST) -> Pairs:
    """(what, address) of every address in texts and nested payloads, each once, in their order."""
    found: dict[str, str] = {}
    for text in _texts(list(values)):
        for match in _ADDRESS.finditer(clean(text[:_LONGEST_TEXT])):
            address = _trimmed(match.group())
            if len(found) >= most:
                break
            if _host(address):
                found.setdefault(address, what_is(address))
    return tuple((what, address) for address, what in found.items())


def what_is(address: str) -> str:
    """The service an address belongs to, by its host, or the host itself."""
    host = _host(address)
    for ending, name in _SERVICES:
        if host == ending or host.endswith("." + ending):
            return name
    words = host.split(".")[0].split("-")
    return next((name for word, name in _WORDS if word in words), clean_line(host, limit=80))


def joined(*groups: Pairs, most: int = MOST) -> Pairs:
    """Links of several places as one list, each address once; the first name given wins."""
    found: dict[str, str] = {}
    for what, address in (pair for group in groups for pair in group):
        if address and len(found) < most:
            found.setdefault(address, what)
    return tuple((what, address) for address, what in found.items())


def _texts(values: list[object]) -> Iterator[str]:
    """Every text in nested JSON, breadth first, within bounds."""
    left = [(value, 0) for value in values]
    for number, (value, depth) in enumerate(left):
        if number >= _VALUES:
            return
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict) and depth < _DEEPEST:
            left += [(each, depth + 1) for each in value.values()]
        elif isinstance(value, list) and depth < _DEEPEST:
            left += [(each, depth + 1) for each in value[:_VALUES]]


def _trimmed(address: str) -> str:
    """Without the punctuation that ends the sentence, and a bracket that was opened before it."""
    unopened = address.count(")") - address.count("(")
    while address:
        short = address.rstrip(".,;:!?*_~&")
        if short.endswith(")") and unopened > 0:
            short, unopened = short[:-1], unopened - 1
        if short == address:
            return address
        address = short
    return ""


def _host(address: str) -> str:
    apart = taken_apart(address)
    return apart[0] if apart else ""
