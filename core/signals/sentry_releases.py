"""Releases at Sentry with their commits and deploys, and the code mappings that the plan may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rootcase.core.model.signals import Deploy, Release
from rootcase.core.signals.client import Client
from rootcase.core.signals.faults import Forbidden, NotFound
from rootcase.core.signals.loose import first_text, items, moment, table
from rootcase.core.signals.sentry_site import PAGE, Site
from rootcase.core.signals.sentry_wire import SHA, WireDeploy, WireRelease, deploy_of, release_of

# Each costs a request; the newest ones are what an incident is about.
LOOKED_AT = 5


@dataclass(frozen=True, slots=True)
class CodeMapping:
    """How Sentry turns a path of a stack trace into one of a repository (`stack_root` is `source_root` there)."""

    project: str
    repository: str
    stack_root: str
    source_root: str
    branch: str


async def releases(client: Client, site: Site) -> tuple[Release, ...]:
    """The newest releases. previous: the next older one of the list. The newest few know their commit."""
    wires = await _wires(client, site)
    older = [wire.version for wire in wires[1:]] + [""]
    found = [release_of(wire, previous) for wire, previous in zip(wires, older, strict=False)]
    for place, wire in enumerate(wires[:LOOKED_AT]):
        if not found[place].commit and wire.commit_count:
            found[place] = replace(found[place], commit=await _commit(client, site, wire.version))
    return tuple(found)


async def deploys(client: Client, site: Site, of: Sequence[Release]) -> tuple[Deploy, ...]:
    """Deploys of the named releases, of the newest few for none; newest first."""
    named = [release.version for release in of]
    if not named:
        named = [wire.version for wire in await _wires(client, site) if wire.deploy_count != 0]
    found: list[Deploy] = []
    for version in dict.fromkeys(named[:LOOKED_AT]):
        try:
            answer = await client.get(site.path("releases", version, "deploys"), list[WireDeploy])
        except NotFound:
            continue  # an event may name a release that was never made, or was deleted
        found += [deploy_of(wire, version) for wire in answer.value]
    return tuple(sorted(found, key=lambda deploy: -deploy.at_us))


async def code_mappings(client: Client, site: Site) -> tuple[CodeMapping, ...]:
    """All that the organization has, none where the plan or the token does not cover them."""
    try:
        answer = await client.get(site.path("code-mappings"), object, [("per_page", str(PAGE))])
    except (NotFound, Forbidden):
        return ()
    return tuple(
        CodeMapping(
            first_text(raw, "projectSlug"), first_text(raw, "repoName"), first_text(raw, "stackRoot"),
            first_text(raw, "sourceRoot"), first_text(raw, "defaultBranch"),
        )
        for raw in map(table, items(answer.value))
        if first_text(raw, "repoName")
    )  # fmt: skip


async def _commit(client: Client, site: Site, version: str) -> str:
    """The newest commit of a release, "" where Sentry does not tell its full sha."""
    try:
        answer = await client.get(site.path("releases", version, "commits"), object)
    except (NotFound, Forbidden):
        return ""
    names = [first_text(table(each), "id") for each in items(answer.value)]
    return names[0] if names and SHA.fullmatch(names[0]) else ""


async def _wires(client: Client, site: Site) -> Sequence[WireRelease]:
    query = [("per_page", str(PAGE)), *(("project", each) for each in site.settings.projects)]
    wires = (await client.get(site.path("releases"), list[WireRelease], query)).value
    return sorted(wires, key=lambda wire: -(moment(wire.date_released) or moment(wire.date_created)))
