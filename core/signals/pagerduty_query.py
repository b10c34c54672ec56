"""Which incidents of a PagerDuty account a source is about, from its `query` and `projects`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rootcase.core.config.settings import SourceSettings
from rootcase.core.signals.client import Query

_SERVICE_ID = re.compile(r"P(?=[A-Z0-9]*\d)[A-Z0-9]{6,13}")
_OPEN = ("triggered", "acknowledged")


@dataclass(frozen=True, slots=True)
class Scope:
    """statuses, urgencies, teams: as repeated query parameters, whose names keep their brackets.

    service_ids, service_names: of `projects`; names are resolved with one request. resolved: whether
    resolved incidents are wanted too. unknown: terms of `query` that PagerDuty has nothing for, in words.
    """

    statuses: Query
    urgencies: Query = ()
    teams: Query = ()
    service_ids: tuple[str, ...] = ()
    service_names: tuple[str, ...] = ()
    resolved: bool = False
    unknown: str = ""


def scope_of(settings: SourceSettings) -> Scope:
    """Terms: `is:unresolved`, `is:all`, `status:…`, `urgency:high|low`, `team:ID`."""
    statuses: list[str] = []
    urgencies: list[tuple[str, str]] = []
    teams: list[tuple[str, str]] = []
    unknown: list[str] = []
    for term in settings.query.split():
        name, _, value = term.partition(":")
        if term == "is:unresolved":
            statuses += _OPEN
        elif term in ("is:all", "is:resolved"):
            statuses += ["resolved"] if term == "is:resolved" else [*_OPEN, "resolved"]
        elif name == "status" and value in (*_OPEN, "resolved"):
            statuses.append(value)
        elif name == "urgency" and value in ("high", "low"):
            urgencies.append(("urgencies[]", value))
        elif name == "team" and value:
            teams.append(("team_ids[]", value))
        else:
            unknown.append(term)
    wanted = dict.fromkeys(statuses or _OPEN)
    return Scope(
        statuses=tuple(("statuses[]", each) for each in wanted),
        urgencies=tuple(urgencies),
        teams=tuple(teams),
        service_ids=tuple(each for each in settings.projects if _SERVICE_ID.fullmatch(each)),
        service_names=tuple(each for each in settings.projects if not _SERVICE_ID.fullmatch(each)),
        resolved="resolved" in wanted,
        unknown=f"PagerDuty has no search for {', '.join(unknown)}; left out" if unknown else "",
    )
