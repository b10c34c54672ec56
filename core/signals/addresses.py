"""Whose page an address is, by its shape alone: to say what would have to be configured. Nothing is fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from rootcase.core.config.settings import SourceKind


@dataclass(frozen=True, slots=True)
class Recognised:
    """kind: of the service; lines: what the source needs in config.yaml, as YAML."""

    kind: SourceKind
    host: str
    lines: str


# Addresses as the services' own pages have them; self-hosted ones are told by their path.
_HOSTS: tuple[tuple[SourceKind, str, str], ...] = (
    ("sentry", r"(?P<org>[a-z0-9-]{1,60})\.sentry\.io|sentry\.io", "organization: {org}"),
    ("glitchtip", r"app\.glitchtip\.com", "organization: ORGANIZATION"),
    ("bugsink", r"[a-z0-9-]{1,60}\.bugsink\.com", ""),
    ("datadog",
     r"(?:[a-z0-9-]{1,60}\.)??(?P<site>(?:(?:us3|us5|ap1|ap2)\.)?datadoghq\.com|datadoghq\.eu|ddog-gov\.com)",
     "site: {site}"),
    ("pagerduty", r"[a-z0-9-]{1,60}\.(?:eu\.)?pagerduty\.com", "email: YOU@EXAMPLE.COM"),
    ("opsgenie", r"[a-z0-9-]{1,60}\.app\.(?:eu\.)?opsgenie\.com|app\.opsgenie\.com", ""),
    ("jsm", r"[a-z0-9-]{1,60}\.atlassian\.net", "account: CLOUD-ID"),
    ("dynatrace", r"[a-z0-9-]{1,60}\.(?:live|apps)\.dynatrace\.com", ""),
)  # fmt: skip
_PATHS: tuple[tuple[SourceKind, str], ...] = (
    ("sentry", r"^/organizations/(?P<org>[a-z0-9_-]{1,60})/issues/\d+"),
    ("bugsink", r"^/issues/issue/[0-9a-f-]{36}"),
    ("glitchtip", r"^/(?P<org>[a-z0-9_-]{1,60})/issues/\d+"),
    ("dynatrace", r"^/e/[0-9a-f-]{8,40}/|#problems/problemdetails"),
)


def is_address(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def recognised(address: str) -> Recognised | None:
    """The service whose page this is, None where it has no shape that we know."""
    if not is_address(address):
        return None
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    for kind, pattern, lines in _HOSTS:
        match = re.fullmatch(pattern, host)
        if match:
            told = {name: value or name.upper() for name, value in match.groupdict().items()}
            return Recognised(kind, host, lines.format(**{"org": "ORGANIZATION", **told}))
    for kind, pattern in _PATHS:
        match = re.search(pattern, parts.path + ("#" + parts.fragment if parts.fragment else ""))
        if match:
            org = match.groupdict().get("org", "")
            lines = f"url: {parts.scheme}://{parts.netloc}" + (f", organization: {org}" if org else "")
            return Recognised(kind, host, lines)
    return None
