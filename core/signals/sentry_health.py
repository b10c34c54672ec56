"""Looks with the real token at what each part of the Sentry source needs, by reads that change nothing."""

from __future__ import annotations

from urllib.parse import urlsplit

from rootcase.core.signals.client import Client, Query
from rootcase.core.signals.faults import Forbidden, NotFound, NotJson
from rootcase.core.signals.loose import first_text, items, table
from rootcase.core.signals.protocol import Health
from rootcase.core.signals.sentry_site import Site

# scope → (where a read shows that it is there, what will not work without it)
_READS: tuple[tuple[str, str, Query, str], ...] = (
    ("org:read", "", (), "the region is not known, and teams cannot be assigned"),
    ("project:read", "releases", (("per_page", "1"),), "releases, commits and deploys are unknown"),
    ("event:read", "issues", (("limit", "1"), ("query", "")), "nothing can be read: no issues, no events"),
)
_WRITE = "event:write"
_WITHOUT_WRITE = "resolving, assigning, snoozing, comments and linked tickets stay undone"
_LOCAL = frozenset(("localhost", "127.0.0.1", "::1"))


async def health(client: Client, site: Site) -> Health:
    """What the token may do. Raises what every call would: unreachable, unknown token, too many calls."""
    account, scopes = await _self(client)
    missing: list[str] = []
    without: list[str] = []
    for scope, part, query, cost in _READS:
        path = site.path(part) if part else site.path()
        try:
            await client.get(path, object, query)
        except (Forbidden, NotFound):
            missing.append(scope)
            without.append(cost)
    notes = [*await _unseen(client, site), *_address(site)]
    if scopes and not {_WRITE, "event:admin"} & set(scopes):
        missing.append(_WRITE)
        without.append(_WITHOUT_WRITE)
    elif not scopes:
        notes.append(f"Whether it may write ({_WRITE}) shows only when something is written.")
    if scopes and not account:
        notes.append("The token has no user behind it: Sentry takes no comments from it.")
    shown = scopes or tuple(scope for scope, *_ in _READS if scope not in missing)
    return Health(
        account=account,
        scopes=shown,
        missing=tuple(missing),
        without=tuple(without),
        skew_s=client.pulse.skew_s,
        rate_left=client.pulse.rate_left,
        notes=tuple(notes),
    )


async def _self(client: Client) -> tuple[str, tuple[str, ...]]:
    """Whose token it is and its scopes, from the API's root; nothing where a version does not tell."""
    try:
        root = table((await client.get("api/0/", object)).value)
    except (Forbidden, NotFound, NotJson):
        return "", ()
    scopes = [each for each in items(table(root.get("auth")).get("scopes")) if isinstance(each, str)]
    return first_text(table(root.get("user")), "email", "username", "name"), tuple(scopes[:60])


async def _unseen(client: Client, site: Site) -> list[str]:
    """Configured projects that the token does not see; their issues would be missing without a word."""
    notes: list[str] = []
    for project in site.settings.projects[:20]:
        if project.lstrip("-").isdigit():
            continue
        try:
            await client.get(site.project_path(project), object)
        except (Forbidden, NotFound):
            notes.append(f"Project {project} does not exist, or the token does not see it.")
    return notes


def _address(site: Site) -> list[str]:
    home = urlsplit(site.base)
    if home.scheme == "http" and home.hostname not in _LOCAL:
        return ["`url` is http: the token and all that is read travel unencrypted."]
    return []
