"""What can be done to an issue at Bugsink: resolve, reopen, mute for a while, unmute."""

from __future__ import annotations

import time
from collections.abc import Mapping

from rootcase.core.model.errors import SourceError
from rootcase.core.safety.text import clean
from rootcase.core.signals.bugsink_wire import API, Listed, WireIssue
from rootcase.core.signals.client import Client
from rootcase.core.signals.loose import decode, first_text, table
from rootcase.core.signals.origin import path_of
from rootcase.core.signals.protocol import Act, Deed, Written

ISSUES = f"{API}/issues"
HOUR_US = 3600 * 1_000_000
# Longest mute in hours that is asked for in hours; Bugsink counts whole periods.
MOST_HOURS = 24 * 365
OPPOSITES: Mapping[Act, Act] = {
    "resolve": "reopen", "reopen": "resolve", "snooze": "unsnooze", "unsnooze": "snooze",
}  # fmt: skip


async def act(client: Client, name: str, issue: WireIssue, deed: Deed) -> Written:
    """Do it where it is not so already. Bugsink refuses to resolve twice, so the state is looked at first."""
    if deed.act not in OPPOSITES:
        raise SourceError(f"Bugsink ({name}) cannot {deed.act}", "It has no such thing.", "Do it there.")
    if _is_so(issue, deed):
        return Written(id=issue.id, already=True)
    if issue.is_resolved and deed.act in ("snooze", "unsnooze"):
        raise SourceError(
            f"Bugsink ({name}): this issue is resolved",
            "A resolved issue cannot be muted.",
            "Reopen it first.",
        )
    path, body, note = await _call(client, issue, deed)
    try:
        answer = await client.send("POST", f"{ISSUES}/{path_of(issue.id)}/{path}/", body, WireIssue)
    except SourceError:
        # Between look and write somebody else may have done it.
        now = (await client.get(f"{ISSUES}/{path_of(issue.id)}/", WireIssue)).value
        if _is_so(now, deed):
            return Written(id=issue.id, already=True)
        raise
    if not _is_so(answer, deed):
        raise SourceError(
            f"Bugsink ({name}) did not take the change",
            "It answers with the old state.",
            "Look at the issue there.",
        )
    return Written(id=issue.id, note=note)


def _is_so(issue: WireIssue, deed: Deed) -> bool:
    if deed.act == "resolve":
        return bool(issue.is_resolved) and not (deed.release == "" and issue.is_resolved_by_next_release)
    if deed.act == "reopen":
        return not issue.is_resolved
    return bool(issue.is_muted) == (deed.act == "snooze")


async def _call(client: Client, issue: WireIssue, deed: Deed) -> tuple[str, dict[str, object], str]:
    """The operation, its body, and what of the deed it cannot say."""
    if deed.act == "resolve":
        path, note = await _resolving(client, issue, deed.release)
        return path, {}, note
    if deed.act == "snooze" and deed.until_us:
        hours = max(1, -(-(deed.until_us - time.time_ns() // 1000) // HOUR_US))
        if hours <= MOST_HOURS:
            return "mute-for", {"period_name": "hour", "nr_of_periods": hours}, ""
    return {"reopen": "reopen", "snooze": "mute", "unsnooze": "unmute"}[deed.act], {}, ""


async def _resolving(client: Client, issue: WireIssue, release: str) -> tuple[str, str]:
    """Bugsink resolves for good, by the latest release, or by the next one; not by one that is named."""
    if not release:
        return "resolve", ""
    if release == "next":
        return "resolve-next", ""
    query = [("project", str(issue.project))]
    listed = (await client.get(f"{API}/releases/", Listed, query)).value.results
    known = [first_text(table(decode(bytes(raw))), "version") for raw in listed]
    if known and known[0] == release:
        return "resolve-latest", ""
    named = clean(release, limit=80)
    if release in known:
        return "resolve", f"Bugsink cannot resolve by the earlier release {named}; the issue is just resolved"
    return "resolve-next", f"Bugsink does not know {named} yet; the issue is resolved by the next release"
