"""Tries a token against what the adapter will ask for: one small read per scope, none of which changes anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from rootcase.core.model.errors import AccessDenied, SourceError
from rootcase.core.signals.client import Client
from rootcase.core.signals.faults import Forbidden, NotFound, Unavailable
from rootcase.core.signals.protocol import Health


@dataclass(frozen=True, slots=True)
class Probe:
    """One read. scope: as the service names it; without: what will not work when it is missing."""

    scope: str
    without: str
    read: Callable[[], Awaitable[object]]


async def probed(
    client: Client, probes: Sequence[Probe], *, account: str = "", notes: Sequence[str] = ()
) -> Health:
    """What the token may do. An unknown token, or a service that cannot be reached, is raised."""
    scopes: list[str] = []
    missing: list[str] = []
    without: list[str] = []
    said = list(notes)
    for probe in probes:
        try:
            await probe.read()
        except (Forbidden, NotFound) as fault:
            missing.append(probe.scope)
            without.append(probe.without)
            if isinstance(fault, NotFound):
                said.append(f"{probe.scope}: {fault.detail}")
        except (AccessDenied, Unavailable):
            raise
        except SourceError as fault:
            said.append(f"{probe.scope} could not be checked: {fault.title}. {fault.detail}")
        else:
            scopes.append(probe.scope)
    return Health(
        account=account,
        scopes=tuple(dict.fromkeys(scopes)),
        missing=tuple(dict.fromkeys(missing)),
        without=tuple(dict.fromkeys(without)),
        skew_s=client.pulse.skew_s,
        rate_left=client.pulse.rate_left,
        notes=tuple(said),
    )
