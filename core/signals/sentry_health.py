"""Looks with the real token at what each part of the Sentry source needs, by reads that change nothing."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from rootcase.core.signals.client import Client, Query
from rootcase.core.signals.faults import Forbidden, NotFound
from rootcase.core.signals.loose import first_text, items, table
from rootcase.core.signals.protocol import Health
from rootcase.core.signals.sentry_releases import code_mappings
from rootcase.core.signals.sentry_site import Site

# scope → (where a read shows that it is there, what will not work without it)
_READS: tuple[tuple[str, str, Query, str], ...] = (
    ("org:read", "", (), "the region is not known, and teams cannot be assigned"),
    ("project:read", "releases", (("per_page", "1"),), "releases, commits and deploys are unknown"),
    ("event:read", "issues", (("limit", "1"),), "nothing can be read: no issues, no events"),
)
_WRITE = "event:write"
_WITHOUT_WRITE = "resolving, assigning, snoozing, comments and linked tickets stay undone"
_LOCAL = frozenset(("localhost", "127.0.0.1", "::1"))


async def health(client: Client, site: Site) -> Health:
    """What the token may do. Raises what every call would: unreachable, unknown token, too many calls."""
    answers: dict[str, object] = {}
    for scope, part, query, _ in _READS:
        path = site.path(part) if part else site.path()
        try:
            answers[scope] = (await client.get(path, object, query)).value
        except (Forbidden, NotFound):
            continue
    left = client.pulse.rate_left  # each endpoint has a limit of its own; that of the issues counts
    organization = table(answers.get("org:read"))
    # The organization lists what the token may do there; older versions do not, and then reads are all we know.
    told = [each for each in items(organization.get("access")) if isinstance(each, str)][:60]
    missing = [scope for scope, *_ in _READS if scope not in answers]
    without = [cost for scope, *_, cost in _READS if scope not in answers]
    notes = [*await _unseen(client, site), *_address(site), *await _mappings(client, site)]
    if told and not {_WRITE, "event:admin"} & set(told):
        missing.append(_WRITE)
        without.append(_WITHOUT_WRITE)
    elif not told:
        notes.append(f"Whether it may write ({_WRITE}) shows only when something is written.")
    return Health(
        account=_account(organization, site),
        scopes=tuple(dict.fromkeys([*answers, *told])),
        missing=tuple(missing),
        without=tuple(without),
        skew_s=client.pulse.skew_s,
        rate_left=left,
        notes=tuple(notes),
    )


def _account(organization: Mapping[str, object], site: Site) -> str:
    name = first_text(organization, "name")
    return f"organization {site.organization}" + (f" ({name})" if name and name != site.organization else "")


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


async def _mappings(client: Client, site: Site) -> list[str]:
    """Code mappings of the configured projects: what `stack_root` and `source_root` of a repository may be."""
    chosen = site.settings.projects
    return [
        f"Sentry maps {each.stack_root or '(the root)'} to {each.source_root or '(the root)'} in {each.repository}"
        f" for {each.project}: see stack_root and source_root."
        for each in await code_mappings(client, site)
        if not chosen or each.project in chosen
    ][:10]


def _address(site: Site) -> list[str]:
    home = urlsplit(site.base)
    if home.scheme == "http" and home.hostname not in _LOCAL:
        return ["`url` is http: the token and all that is read travel unencrypted."]
    return []
