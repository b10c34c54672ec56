"""What can be changed at Datadog: an issue's state and assignee, an incident's state."""

from __future__ import annotations

from rootcase.core.model.errors import SourceError
from rootcase.core.model.signals import Signal
from rootcase.core.signals.client import Client
from rootcase.core.signals.datadog_alerts import INCIDENT, state_change
from rootcase.core.signals.datadog_named import UUID
from rootcase.core.signals.loose import first_text, table
from rootcase.core.signals.origin import path_of
from rootcase.core.signals.protocol import Act, Deed, Written
from rootcase.core.signals.writing import NO_BODY

_STATES: dict[Act, str] = {
    "acknowledge": "ACKNOWLEDGED",
    "unacknowledge": "OPEN",
    "resolve": "RESOLVED",
    "reopen": "OPEN",
    "snooze": "IGNORED",
    "unsnooze": "OPEN",
}


async def change_issue(client: Client, now: Signal, deed: Deed) -> Written:
    """Put the issue into the deed's state, or into somebody's hands."""
    path = f"api/v2/error-tracking/issues/{path_of(now.id)}"
    if deed.act in ("assign", "unassign"):
        return await _assign(client, now, deed, path)
    state = _STATES[deed.act]
    if _is_so(deed.act, _state_of(now)):
        return Written(id=now.id, url=now.url, already=True)
    data = {"id": now.id, "type": "error_tracking_issue", "attributes": {"state": state}}
    await client.send("PUT", f"{path}/state", {"data": data}, object)
    forever = deed.act == "snooze" and deed.until_us
    note = "Datadog ignores it until somebody opens it again; it has no end for that" if forever else ""
    return Written(id=now.id, url=now.url, note=note)


async def change_incident(client: Client, now: Signal, deed: Deed) -> Written:
    """Resolve or reopen an incident; its other states and its commander are people's own decision."""
    wanted = {"resolve": "resolved", "reopen": "active"}.get(deed.act)
    if wanted is None:
        raise SourceError(
            f"Datadog cannot {deed.act} an incident",
            "Its API changes the state of an incident only.",
            "Do it on the page of the incident (o opens it).",
        )
    if (wanted == "resolved") == (now.status == "resolved"):
        return Written(id=now.id, url=now.url, already=True)
    incident = now.id.removeprefix(INCIDENT)
    # Setting a state twice leaves the same state, so it may be repeated although it is a PATCH.
    await client.send(
        "PATCH", f"api/v2/incidents/{path_of(incident)}", state_change(incident, wanted), object, repeat=True
    )
    return Written(id=now.id, url=now.url)


async def _assign(client: Client, now: Signal, deed: Deed, path: str) -> Written:
    if deed.act == "unassign":
        if now.assignee is None:
            return Written(id=now.id, url=now.url, already=True)
        await client.send("DELETE", f"{path}/assignee", NO_BODY, object)
        return Written(id=now.id, url=now.url)
    if not deed.assignee and now.assignee is not None and now.assignee.me:
        return Written(id=now.id, url=now.url, already=True)
    person = deed.assignee or await _my_id(client)
    if not UUID.fullmatch(person):
        raise SourceError(
            f"Datadog knows people by their id, not as {person[:60]!r}",
            "Its API for issues cannot look a name up.",
            "Assign it to yourself, or give the id (a UUID) of the Datadog user.",
        )
    await client.send("PUT", f"{path}/assignee", {"data": {"id": person, "type": "assignee"}}, object)
    return Written(id=now.id, url=now.url)


async def _my_id(client: Client) -> str:
    """The id of whoever the application key belongs to."""
    answer = table((await client.get("api/v2/current_user", object)).value)
    return first_text(table(answer.get("data")), "id")


def _is_so(act: Act, state: str) -> bool:
    """Whether nothing is to be done. What takes something back touches only what it would take back."""
    undone = {
        "unacknowledge": ("ACKNOWLEDGED",),
        "unsnooze": ("IGNORED",),
        "reopen": ("RESOLVED", "IGNORED", "EXCLUDED"),
    }
    return state not in undone[act] if act in undone else state == _STATES[act]


def _state_of(signal: Signal) -> str:
    """The Datadog state that a signal was made from."""
    if signal.status == "resolved":
        return "RESOLVED"
    if signal.status == "ignored":
        return "EXCLUDED" if signal.substatus == "excluded" else "IGNORED"
    return "ACKNOWLEDGED" if signal.substatus == "acknowledged" else "OPEN"
