"""One organization at one Sentry: its addresses, how it may move to a region, and what names an issue there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError
from rootcase.core.signals.client import Query
from rootcase.core.signals.origin import path_of

PAGE = 100
_SAAS_REGION = re.compile(r"https://[a-z0-9-]{1,30}\.sentry\.io")
_REGIONS = frozenset(("us", "de"))
_NO_ORGANIZATIONS = _REGIONS | {"www", "docs", "develop", "status"}
_PORTS = {"https": 443, "http": 80}
_NUMBER = re.compile(r"[0-9]{1,20}")
_EVENT = re.compile(r"[0-9a-f]{32}")
# Project slug in capitals, a dash, a number in base 32 (getsentry/sentry, utils/strings.py).
_SHORT_ID = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,60}-[0-9A-HJKMNP-TV-Z]{1,12}")


@dataclass(frozen=True, slots=True)
class Site:
    """base: where the API is, without `/api/0`; organization: the slug. settings: what of it is read."""

    base: str
    organization: str
    settings: SourceSettings

    def path(self, *parts: str) -> str:
        """An address below the organization; without its trailing slash Sentry redirects, and a write is lost."""
        return f"api/0/organizations/{path_of(self.organization, *parts)}/"

    def project_path(self, project: str, *parts: str) -> str:
        return f"api/0/projects/{path_of(self.organization, project, *parts)}/"

    @property
    def filters(self) -> Query:
        """The configured projects and environments, as every listing takes them."""
        projects = [("project", each) for each in self.settings.projects]
        return projects + [("environment", each) for each in self.settings.environments]

    @property
    def has_regions(self) -> bool:
        """Whether the organization may live at another address than the configured one (sentry.io alone)."""
        return _at_home(self.base) and (urlsplit(self.base).hostname or "").partition(".")[0] not in _REGIONS


def site_of(settings: SourceSettings) -> Site:
    """The site that the settings name; ConfigError where they name no organization."""
    base = re.sub(r"/api(/0)?/?$", "", (settings.url or "https://sentry.io").rstrip("/"))
    organization = settings.organization or _organization_in(base)
    if not organization:
        raise ConfigError(
            f"Source {settings.label}: no organization",
            f"{base} does not name one.",
            "Set `organization` to the slug in your Sentry address (https://SLUG.sentry.io).",
        )
    return Site(base, organization, settings)


def may_have_token(base: str, region: str) -> bool:
    """Whether the region's address may get the token that was configured for `base`.

    At sentry.io every sub-domain is Sentry's own and takes the same tokens, so a region there may. A
    self-hosted server that names any other origin may not: then the configured address stays in use.
    """
    if urlsplit(region)[:2] == urlsplit(base)[:2]:
        return True
    return _at_home(base) and _SAAS_REGION.fullmatch(region) is not None


def named(site: Site, address: str) -> str:
    """The issue id, short id or event id that a web address or an id names, "" where it is not this site's.

    Addresses: https://ORG.sentry.io/issues/1/, …/organizations/ORG/issues/1/events/HEX/, the older
    …/ORG/PROJECT/issues/1/, and the API's own; at a self-hosted server below its path prefix.
    """
    address = address.strip()
    if "://" not in address:
        return address if is_id(address) or _SHORT_ID.fullmatch(address) else ""
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme)
        path = _path_here(site, parts.hostname or "", port, unquote(parts.path))
    except ValueError:
        return ""
    return "" if path is None or parts.scheme not in ("http", "https") else _id_in(path, site.organization)


def is_id(text: str) -> bool:
    """Whether it is a number of an issue or the 32 hexadecimal digits of an event."""
    return _NUMBER.fullmatch(text) is not None or _EVENT.fullmatch(text) is not None


def is_event(text: str) -> bool:
    return _EVENT.fullmatch(text) is not None and _NUMBER.fullmatch(text) is None


def _path_here(site: Site, host: str, port: int | None, path: str) -> str | None:
    """The path below the site's own prefix, with the organization in front; None for another site."""
    home = urlsplit(site.base)
    if _at_home(site.base):
        name, _, rest = host.lower().partition(".")
        if host.lower() == "sentry.io" or (rest == "sentry.io" and name in _NO_ORGANIZATIONS):
            return path
        if rest == "sentry.io" and port == _PORTS["https"]:
            own = name == site.organization
            return (
                (path if path.startswith("/organizations/") else f"/organizations/{name}{path}")
                if own
                else None
            )
        return None
    prefix = home.path.rstrip("/")
    home_port = home.port or _PORTS.get(home.scheme)
    same = host.lower() == (home.hostname or "").lower() and port == home_port
    return path[len(prefix) :] if same and path.startswith(prefix + "/") else None


def _id_in(path: str, organization: str) -> str:
    parts = [each for each in path.split("/") if each]
    if parts[:2] == ["api", "0"]:
        parts = parts[2:]
    if parts[:1] == ["organizations"]:
        parts = parts[1:]
    if parts[:1] != [organization]:
        return ""
    for place, word in enumerate(parts[:-1]):
        found = parts[place + 1]
        if word in ("issues", "groups") and (_NUMBER.fullmatch(found) or _SHORT_ID.fullmatch(found)):
            return found
        if word in ("events", "eventids") and _EVENT.fullmatch(found):
            return found
    return ""


def _organization_in(base: str) -> str:
    """`acme` of https://acme.sentry.io."""
    name, _, rest = (urlsplit(base).hostname or "").partition(".")
    return name if rest == "sentry.io" and name not in _NO_ORGANIZATIONS else ""


def _at_home(base: str) -> bool:
    home = urlsplit(base)
    host = home.hostname or ""
    return home.scheme == "https" and not home.port and (host == "sentry.io" or host.endswith(".sentry.io"))
