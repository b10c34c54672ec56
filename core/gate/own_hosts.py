"""Whether a host is ours: an internal address, a service of ours, or of our own domain."""


# Patterns are tables; breaking their lines hides them.

from __future__ import annotations

import fnmatch
import re
from urllib.parse import urlsplit

from rootcase.core.gate.facts import Facts
from rootcase.core.gate.words import words

_INTERNAL = re.compile(
    r"^(?:localhost|127\.|0\.0\.0\.0|::1|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.)"
    r"|\.(?:local|internal|intranet|lan|svc|cluster\.local|corp|home\.arpa|consul)(?::\d+)?$"
)
# Databases and caches that a cloud runs for us are ours to look after, whoever owns the domain.
_RUN_FOR_US = re.compile(
    r"\.(?:rds|cache|elasticache|docdb|es|redshift)\.(?:[\w-]+\.)?amazonaws\.com$|\.(?:[\w-]+\.){0,3}cache\.amazonaws\.com$"
    r"|\.[\w-]+\.rds\.amazonaws\.com$|\.(?:database|redis\.cache|servicebus)\.(?:windows|azure)\.net$|\.cloudsql\b"
)
_ROLE = re.compile(r"[-_](?:service|svc|api|server|app|backend|prod|production|staging)$")
_SECOND_LEVEL = frozenset(["co", "com", "org", "net", "ac", "gov", "edu"])
_SHARED = words(
    "amazonaws.com cloudfront.net herokuapp.com azurewebsites.net appspot.com github.io vercel.app "
    "netlify.app googleapis.com windows.net run.app"
)


def whose(host: str, facts: Facts) -> str:
    """Why a host is ours, or ""."""
    bare = (host.rsplit(":", 1)[0] if host.count(":") == 1 else host).lower().rstrip(".")
    if _INTERNAL.search(bare):
        return "an internal address"
    for pattern in facts.settings.gate.internal_hosts:
        if fnmatch.fnmatchcase(bare, pattern.lower()) or bare.endswith("." + pattern.lower().lstrip("*.")):
            return f"configured {pattern}"
    for label in bare.split("."):
        if _role_less(label) in _services(facts):
            return f"our service {label}"
    if _RUN_FOR_US.search(bare):
        return "our own database or cache"
    if domain := _domain(bare):
        if domain in _own_domains(facts):
            return f"our own domain {domain}"
        return ""
    return "a name without a domain" if "." not in bare and "'s service" not in bare else ""


def _role_less(label: str) -> str:
    return _ROLE.sub("", label)


def _services(facts: Facts) -> set[str]:
    named = {facts.case.service, *facts.settings.gate.services}
    named |= {service for repository in facts.settings.repositories for service in repository.services}
    return {_role_less(name.lower()) for name in named if name} - {"api", "app", "web", "www"}


def _own_domains(facts: Facts) -> set[str]:
    """The domain that our own requests come in at."""
    urls = [event.request.url for event in facts.events if event.request and event.request.url]
    hosts = [_host_of(url) for url in urls[:20]]
    return {domain for host in hosts if host and (domain := _domain(host))}


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _domain(host: str) -> str:
    """`acme.example` of `shop.acme.example`; "" for addresses, plain names and domains that many share."""
    labels = host.split(".")
    if len(labels) < 2 or host.replace(".", "").isdigit():
        return ""
    size = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 2
    domain = ".".join(labels[-size:])
    return "" if domain in _SHARED else domain
