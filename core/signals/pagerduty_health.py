"""Who a PagerDuty key belongs to and what it may do."""

from __future__ import annotations

from dataclasses import replace

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import AccessDenied, SourceError
from rootcase.core.signals.client import Client
from rootcase.core.signals.faults import Unavailable
from rootcase.core.signals.loose import first_text, table
from rootcase.core.signals.probing import Probe, probed
from rootcase.core.signals.protocol import Health

# Roles that may look and not touch (contract, User.role).
_LOOKERS = ("observer", "read_only_user", "read_only_limited_user")
_WRITE = "incidents.write"
_WITHOUT_WRITE = "notes, acknowledging, snoozing and resolving"


async def look(client: Client, settings: SourceSettings) -> Health:
    """Account, scopes by one small read each, and what a write would lack."""
    small = [("limit", "1")]
    user, notes = await _user(client)
    probes = (
        Probe("incidents.read", "incidents and their alerts", lambda: client.get("incidents", object, small)),
        Probe("incidents.read", "quick syncs by the account's log", lambda: client.get("log_entries", object, small)),
        Probe("services.read", "services by name in `projects`", lambda: client.get("services", object, small)),
        Probe("change_events.read", "deploys", lambda: client.get("change_events", object, small)),
    )  # fmt: skip
    health = await probed(client, probes, account=user.get("email", ""), notes=notes)
    if user.get("role", "") in _LOOKERS:
        return _lacks(health, _WRITE, f"{_WITHOUT_WRITE}: the user's role is {user['role']}")
    if not settings.email:
        return _lacks(health, "email (From header)", f"{_WITHOUT_WRITE}: set `email` of this source")
    return health


async def _user(client: Client) -> tuple[dict[str, str], list[str]]:
    """The key's user; an account's key belongs to nobody, and PagerDuty refuses the question with a 400."""
    try:
        raw = table(table((await client.get("users/me", object)).value).get("user"))
    except (AccessDenied, Unavailable):
        raise
    except SourceError:
        return {}, ["an account key: it belongs to nobody; whether it may write shows only when it writes"]
    return {name: first_text(raw, name) for name in ("email", "role", "name")}, []


def _lacks(health: Health, scope: str, without: str) -> Health:
    return replace(health, missing=(*health.missing, scope), without=(*health.without, without))
