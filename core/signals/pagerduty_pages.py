"""The pages of PagerDuty that the source reads: incidents in windows of time, the account's log, alerts, services."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from rootcase.core.model.errors import ConfigError
from rootcase.core.signals.answers import rows_of
from rootcase.core.signals.client import Client, Query
from rootcase.core.signals.faults import Forbidden, NotFound
from rootcase.core.signals.lookback import SECOND_US, iso
from rootcase.core.signals.loose import first_text, items, moment, table
from rootcase.core.signals.origin import path_of

PAGE = 100
# PagerDuty answers no page beyond offset + limit = 10,000 (developer.pagerduty.com, pagination).
MOST_OFFSET = 10_000
MOST_PAGES = 200
TRIGGER: Query = (("include[]", "first_trigger_log_entries"),)


async def windows(
    client: Client, since: str, until: str, chosen: Query
) -> AsyncIterator[tuple[Sequence[object], str, str]]:
    """Pages of incidents by creation, newest first, as (rows, next `until` or "", what was cut).

    Each page ends where the one before began, instead of counting from the top: an incident that is opened
    or resolved meanwhile shifts nothing, and the limit of 10,000 is met only within a single second.
    """
    fixed = [("sort_by", "created_at:desc"), ("limit", str(PAGE)), ("since", since), *TRIGGER, *chosen]
    seen: set[str] = set()
    offset = 0
    for number in range(MOST_PAGES):
        query = [*fixed, ("offset", str(offset)), *([("until", until)] if until else [])]
        answer = table((await client.get("incidents", object, query)).value)
        rows = rows_of(client.service, answer, "incidents")
        new = [each for each in rows if first_text(table(each), "id") not in seen]
        if answer.get("more") is not True or not rows:
            yield new, "", ""
            return
        # A second later than the oldest one: its neighbours of the same second come again, and are dropped.
        oldest = iso(moment(table(rows[-1]).get("created_at")) + SECOND_US)
        seen = {first_text(table(each), "id") for each in rows}
        offset, until = (offset + PAGE if oldest == until else 0), oldest
        if offset + PAGE > MOST_OFFSET:
            yield new, "", f"PagerDuty shows only {MOST_OFFSET:,} incidents at once; older ones are missing"
            return
        if number + 1 == MOST_PAGES:
            yield new, "", f"stopped after {MOST_PAGES} pages; older incidents are missing"
            return
        yield new, until, ""


async def log_since(client: Client, since_us: int, chosen: Query) -> tuple[Sequence[object], str]:
    """The account's log since a moment, at most 10,000 entries of it, and what was cut."""
    found: list[object] = []
    for offset in range(0, MOST_OFFSET, PAGE):
        query = [("since", iso(since_us)), ("limit", str(PAGE)), ("offset", str(offset)), *chosen]
        answer = table((await client.get("log_entries", object, query)).value)
        found += rows_of(client.service, answer, "log_entries")
        if answer.get("more") is not True:
            return found, ""
    return found, f"PagerDuty shows only {MOST_OFFSET:,} log entries; older changes are missing"


async def incident(client: Client, incident_id: str) -> object:
    """One incident with its trigger and custom fields, None where it is gone."""
    query = [*TRIGGER, ("include[]", "custom_fields")]
    try:
        answer = await client.get(path(incident_id), object, query)
    except NotFound:
        return None
    return table(answer.value).get("incident")


async def alerts(client: Client, incident_id: str, limit: int) -> Sequence[object]:
    """Alerts of an incident, newest first."""
    query = [("limit", str(limit)), ("sort_by", "created_at:desc")]
    try:
        answer = await client.get(path(incident_id, "alerts"), object, query)
    except (NotFound, Forbidden):
        return ()  # accounts without alerts have no such page; the incident itself was readable
    return items(table(answer.value).get("alerts"))


async def trigger(client: Client, incident_id: str) -> object:
    """The log entry that opened an incident, with what was sent; None where the log does not hold it."""
    query = [("limit", str(PAGE)), ("include[]", "channels")]
    answer = await client.get(path(incident_id, "log_entries"), object, query)
    entries = items(table(answer.value).get("log_entries"))
    found = [each for each in entries if first_text(table(each), "type") == "trigger_log_entry"]
    return found[-1] if found else None


async def services_named(client: Client, names: Sequence[str], source: str) -> tuple[str, ...]:
    """Ids of services by name. ConfigError where PagerDuty has none of that name."""
    found: list[str] = []
    for name in names:
        answer = await client.get("services", object, [("query", name), ("limit", str(PAGE))])
        rows = [table(each) for each in items(table(answer.value).get("services"))]
        same = [each for each in rows if first_text(each, "name").casefold() == name.casefold()]
        if not same:
            raise ConfigError(
                f"Source {source}: PagerDuty has no service {name!r}",
                "`projects` takes the names or ids of PagerDuty services.",
                "Correct it, or leave `projects` out to read all services.",
            )
        found += [first_text(each, "id") for each in same]
    return tuple(found)


def path(*parts: str) -> str:
    return "incidents/" + path_of(*parts)
