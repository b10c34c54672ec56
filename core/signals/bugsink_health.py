"""What a look at Bugsink with the real token tells, for `doctor`."""

from __future__ import annotations

import contextlib

from rootcase.core.model.errors import SourceError
from rootcase.core.signals.bugsink_wire import API, Listed
from rootcase.core.signals.client import Client
from rootcase.core.signals.faults import Forbidden, NotFound
from rootcase.core.signals.protocol import Health
from rootcase.core.signals.terms import Terms

# No issue has this id, so asking for it changes nothing; a token without the right is refused before it is looked for.
NOBODY = "00000000-0000-0000-0000-000000000000"
WITHOUT = {
    "issues:read": "issues cannot be read",
    "events:read": "stack traces, releases and environments cannot be read",
    "releases:read": "releases cannot be read",
    "issues:triage": "resolve, reopen and mute are refused",
    "issues:comment": "comments are refused",
}


async def health_of(client: Client, project: str, terms: Terms) -> Health:
    """Bugsink does not tell what a token may do, so each right is tried on an issue that does not exist."""
    have: list[str] = []
    for right in WITHOUT:
        try:
            await _try(client, right, project)
        except Forbidden:
            continue
        have.append(right)
    missing = tuple(right for right in WITHOUT if right not in have)
    said = terms.said("Bugsink")
    return Health(
        scopes=tuple(have),
        missing=missing,
        without=tuple(WITHOUT[right] for right in missing),
        skew_s=client.pulse.skew_s,
        rate_left=client.pulse.rate_left,
        notes=(said,) if said else (),
    )


async def _try(client: Client, right: str, project: str) -> None:
    """Forbidden where the token lacks the right; that there is no such issue is the expected answer."""
    if right == "issues:read":
        await client.get(f"{API}/issues/", Listed, [("project", project), ("order", "desc")])
    elif right == "releases:read":
        await client.get(f"{API}/releases/", Listed, [("project", project)])
    elif right == "events:read":
        with contextlib.suppress(NotFound):
            await client.get(f"{API}/events/", object, [("issue", NOBODY)])
    elif right == "issues:triage":
        with contextlib.suppress(NotFound):
            await client.send("POST", f"{API}/issues/{NOBODY}/reopen/", {}, object)
    else:
        try:
            await client.send("POST", f"{API}/issue-comments/", {"issue": NOBODY, "comment": "?"}, object)
        except Forbidden:
            raise
        except SourceError:
            pass
