"""GlitchTip and Bugsink that answer with anything at all: it is read, or it is a fault with a name."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import RootcaseError
from rootcase.core.model.signals import Signal, Work
from rootcase.core.signals.protocol import Deed, make_source

UUID = "00000000-0000-0000-0000-000000000007"
_WORDS = """
results next id project data slug name version status count lastSeen firstSeen last_seen first_seen user auth scopes
topValues key value uniqueValues entries type values exception stacktrace frames stacktrace_md is_resolved is_muted
digested_event_count calculated_type calculated_value transaction friendly_id stats 24h tags event_id
"""
NAMES = tuple(_WORDS.split())
LEAVES: tuple[object, ...] = (
    None, True, False, 0, -1, 7, 2**63, 2**70, 1.5, 1e308, "", "7", "x" * 3000, "\x1b[31m", "\ud800", UUID,
    "2026-03-01T10:00:00Z", "9999-99-99", "https://elsewhere.example/?cursor=1", "NaN",
)  # fmt: skip


def anything(chance: random.Random, depth: int = 0) -> object:
    """JSON with the names that the services use, and whatever values."""
    kind = chance.random()
    if depth > 5 or kind < 0.3:
        return chance.choice(LEAVES)
    if kind < 0.55:
        return [anything(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {chance.choice(NAMES): anything(chance, depth + 1) for _ in range(chance.randrange(7))}


def bent(chance: random.Random, value: object) -> object:
    """A sound answer in which single parts are something else."""
    if chance.random() < 0.12:
        return anything(chance, 3)
    if isinstance(value, dict):
        return {name: bent(chance, each) for name, each in value.items()}
    if isinstance(value, list):
        return [bent(chance, each) for each in value]
    return value


FRAME = {"function": "price", "filename": "shop.py", "lineno": 7, "in_app": True}
CRASH = {"values": [{"type": "KeyError", "value": "'DE'", "stacktrace": {"frames": [FRAME]}}]}
BUG = {
    "id": UUID, "friendly_id": "SHOP-7", "project": 1, "first_seen": "2026-03-01T10:00:00Z",
    "last_seen": "2026-03-01T10:00:00Z", "digested_event_count": 5, "calculated_type": "KeyError",
    "calculated_value": "'DE'", "transaction": "", "is_resolved": False, "is_muted": False,
}  # fmt: skip
SOUND: dict[str, object] = {
    "projects": {"next": None, "results": [{"id": 1, "slug": "shop", "name": "Shop"}]},
    "issues": {"next": None, "results": [BUG]},
    "issue": BUG,
    "events": {"next": None, "results": [{"id": UUID}]},
    "event": {
        "id": UUID,
        "data": {"exception": CRASH, "tags": {"a": "b"}, "release": "1"},
        "stacktrace_md": "# x",
    },
    "releases": {"next": None, "results": [{"version": "1", "date_released": "2026-03-01T10:00:00Z"}]},
    "g-issues": [
        {"id": "7", "count": "9", "lastSeen": "2026-03-01T10:00:00Z", "title": "x", "project": {"slug": "a"}}
    ],
    "g-events": [
        {
            "event_id": "e",
            "entries": [{"type": "exception", "data": CRASH}],
            "tags": [{"key": "a", "value": "b"}],
        }
    ],
    "g-tags": [{"key": "release", "uniqueValues": 1, "topValues": [{"value": "1", "count": 9}]}],
    "g-stats": [{"id": "7", "isUnhandled": True, "stats": {"24h": [[1772355600, 4]]}}],
    "g-root": {"version": "5", "user": {"email": "a"}, "auth": {"scopes": ["event:read"]}},
    "g-comments": [{"id": 1, "data": {"text": "x"}}],
}


async def everything(source, issue: str) -> list[RootcaseError]:
    """Ask a source for all there is; what is no RootcaseError fails the test."""
    faults: list[RootcaseError] = []

    async def listing() -> None:
        [batch async for batch in source.list("")]

    async def reconciling() -> None:
        [batch async for batch in source.reconcile([issue])]

    async def looking() -> None:
        found = await source.signal(issue)
        await source.events(found or Signal(source.name, issue))

    deeds = [lambda act=act: source.act(issue, Deed(act)) for act in sorted(source.acts)]
    calls: list[Callable] = [
        listing, looking, reconciling, source.releases, source.deploys, source.health,
        lambda: source.comment(issue, "x"), lambda: source.link(issue, Work("ticket", "1")), *deeds,
    ]  # fmt: skip
    for call in calls:
        try:
            await call()
        except RootcaseError as fault:
            assert fault.title and "Traceback" not in str(fault)
            faults.append(fault)
    return faults


def serve(web, chance: random.Random, make: Callable[[random.Random, object], object]) -> None:
    def on(path: str, name: str, method: str = "GET") -> None:
        web.on(path, lambda asked: json.dumps(make(chance, SOUND[name])).encode(), method=method)

    api, org, one = "/api/canonical/0/", "/api/0/organizations/acme/", "/api/0/issues/7/"
    for path in ("projects/", "issues/", "events/", "releases/"):
        on(api + path, path.rstrip("/"))
    on(f"{api}projects/1/", "projects")
    on(f"{api}issues/{UUID}/", "issue")
    on(f"{api}events/{UUID}/", "event")
    for path in ("resolve/", "reopen/", "mute/", "unmute/"):
        on(f"{api}issues/{UUID}/{path}", "issue", "POST")
    on(f"{api}issue-comments/", "issue", "POST")
    on(f"{org}issues/", "g-issues")
    on(f"{org}issues-stats/", "g-stats")
    on(f"{org}releases/", "releases")
    on("/api/0/", "g-root")
    on(org, "projects")
    on(one, "issue")
    on(one, "issue", "PUT")
    on(f"{one}events/", "g-events")
    on(f"{one}tags/", "g-tags")
    on(f"{one}comments/", "g-comments")
    on(f"{one}comments/", "issue", "POST")


@pytest.mark.parametrize("how", ["anything", "bent"])
@pytest.mark.parametrize("kind", ["glitchtip", "bugsink"])
async def test_whatever_a_service_answers_is_read_or_named(web, kind, how):
    chance = random.Random(f"{kind} {how}")
    make = bent if how == "bent" else lambda chance, sound: anything(chance)
    faults = 0
    for _ in range(15):
        serve(web, chance, make)
        settings = SourceSettings(kind=kind, url=web.url, organization="acme", period="999w")
        source = make_source(settings, {"BUGSINK_TOKEN": "t" * 40, "GLITCHTIP_AUTH_TOKEN": "t" * 40})
        faults += len(await everything(source, UUID if kind == "bugsink" else "7"))
        await source.close()
    assert faults > 10, "odd answers are noticed"
