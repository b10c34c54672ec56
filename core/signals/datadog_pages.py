"""What the Datadog source asks for: issues, monitors, incidents, deployments, and who owns a service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import AccessDenied, SourceError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Signal
from rootcase.core.signals.answers import rows_of
from rootcase.core.signals.client import Client
from rootcase.core.signals.datadog_alerts import (
    INCIDENT,
    MONITOR,
    incident_event,
    incident_signal,
    incidents_in,
    monitor_event,
    monitor_signal,
)
from rootcase.core.signals.datadog_health import DEPLOYMENTS
from rootcase.core.signals.datadog_windows import MOST, Found, included_in, merged, search, windows
from rootcase.core.signals.datadog_wire import (
    Definition,
    Place,
    definition_of,
    issue_signal,
    service_named,
    with_definition,
)
from rootcase.core.signals.faults import Forbidden, NotFound, Unavailable
from rootcase.core.signals.lookback import iso
from rootcase.core.signals.loose import first_text, items, moment, number, table
from rootcase.core.signals.origin import path_of
from rootcase.core.signals.reconciling import Page

ISSUES = "api/v2/error-tracking/issues"
MONITORS = "api/v1/monitor"
INCIDENTS = "api/v2/incidents"
DEFINITIONS = "api/v2/services/definitions"
PAGE = 100
MOST_PAGES = 20
MOST_DEPLOYMENTS = 1000
# The search of the monitors page: what is not well. Muted monitors are among them and say so.
NOT_WELL = 'status:(alert OR warn OR "no data")'
RUNNING = "state:(active OR stable)"


class Pages:
    """One connected account. What a token may not read, and what is cut, comes back in words beside the rest."""

    def __init__(self, client: Client, settings: SourceSettings, place: Place) -> None:
        self.client = client
        self.settings = settings
        self.place = place
        self._definitions: dict[str, Definition] | None = None
        self._undefined = ""

    @property
    def query(self) -> str:
        """The event search of `query`, with the configured services and environments."""
        own = " ".join(term for term in self.settings.query.split() if term != "is:unresolved")
        services = " OR ".join(map(_quoted, self.settings.projects))
        environments = " OR ".join(map(_quoted, self.settings.environments))
        parts = [
            f"({own})" if own else "",
            f"service:({services})" if services else "",
            f"env:({environments})" if environments else "",
        ]
        return " AND ".join(part for part in parts if part) or "*"

    # -- error issues

    async def gather(
        self, found: dict[str, Found], states: Sequence[str], from_us: int, to_us: int, *, most: int = 0
    ) -> AsyncIterator[str]:
        """Put the issues with events in that time into `found`, newest stretch first; tells after each what was cut.

        most: stop once there are more than these, so that whoever wants no more sees that there are.
        """
        async with aclosing(windows(self.client, self.query, states, from_us, to_us)) as stretches:
            async for window in stretches:
                for each in window.found:
                    found[each.id] = merged(found.get(each.id), each)
                yield window.cut
                if most and len(found) > most:
                    return

    async def counted(self, signals: Sequence[Signal], from_us: int, to_us: int) -> tuple[Signal, ...]:
        """The same issues with their counts of a longer time, where the search gives them."""
        whole: dict[str, Found] = {}
        for start in range(0, len(signals), MOST):
            ids = " OR ".join(each.id for each in signals[start : start + MOST])
            rows = await search(self.client, f"@issue.id:({ids})", (), from_us, to_us)
            whole |= {each.id: each for each in rows}
        out = []
        for signal in signals:
            found = whole.get(signal.id)
            if found is None:
                told = "events are counted since the last look only"
                out.append(replace(signal, partial=told))
                continue
            events, users = max(found.total, signal.events), max(found.users, signal.users)
            out.append(replace(signal, events=events, users=users))
        return tuple(out)

    async def issue(self, issue_id: str, from_us: int) -> Signal | None:
        """One issue; its counts come from a search for it, since the single view has none."""
        try:
            answer = await self.client.get(
                f"{ISSUES}/{path_of(issue_id)}", object, [("include", "assignee,case,team_owners")]
            )
        except NotFound:
            return None
        raw = table(answer.value)
        issue = table(raw.get("data"))
        facts = table(issue.get("attributes"))
        ends = moment(facts.get("last_seen")) + 1000
        begins = min(from_us, moment(facts.get("first_seen")) or from_us)
        rows = await search(self.client, f"@issue.id:{issue_id}", (), begins, max(ends, from_us + 1000))
        counts = next((each for each in rows if each.id == issue_id), Found(issue_id, 0, 0, 0, {}, {}))
        signal = self.as_signal(replace(counts, issue=issue, included=included_in(raw)))
        return signal if rows else replace(signal, events=1, partial="Datadog gave no counts for this issue")

    # -- monitors and incidents

    async def monitors(self) -> Page:
        """Monitors that are not well, of the configured services."""
        found: list[Signal] = []
        for page in range(MOST_PAGES):
            query = [
                ("query", NOT_WELL),
                ("page", str(page)),
                ("per_page", str(PAGE)),
                ("sort", "status,asc"),
            ]
            try:
                answer = table((await self.client.get(f"{MONITORS}/search", object, query)).value)
            except (Forbidden, NotFound) as fault:
                return tuple(found), f"monitors could not be read: {fault.title}"
            rows = rows_of(self.client.service, answer, "monitors")
            found += [monitor_signal(each, self.place) for each in rows]
            if not rows or page + 1 >= number(table(answer.get("metadata")).get("page_count")):
                return tuple(filter(self._ours, found)), ""
        return tuple(
            filter(self._ours, found)
        ), f"stopped after {MOST_PAGES * PAGE} monitors; others are missing"

    async def monitor(self, signal_id: str) -> Signal | None:
        raw = await self._one_monitor(signal_id)
        return None if raw is None else monitor_signal(raw, self.place)

    async def incidents(self) -> Page:
        """Running incidents. The endpoint is a public beta, so its absence is said and hides nothing else."""
        found: list[Signal] = []
        for page in range(MOST_PAGES):
            query = [("query", RUNNING), ("sort", "-created"), ("include", "users")]
            query += [("page[size]", str(PAGE)), ("page[offset]", str(page * PAGE))]
            try:
                answer = (await self.client.get(f"{INCIDENTS}/search", object, query)).value
            except (AccessDenied, NotFound) as fault:
                return tuple(found), f"incidents could not be read: {fault.title}"
            rows, included = incidents_in(answer)
            found += [incident_signal(each, included, self.place) for each in rows]
            if len(rows) < PAGE:
                return tuple(filter(self._ours, found)), ""
        return tuple(
            filter(self._ours, found)
        ), f"stopped after {MOST_PAGES * PAGE} incidents; others are missing"

    async def incident(self, signal_id: str) -> Signal | None:
        answer = await self._one_incident(signal_id)
        if answer is None:
            return None
        raw = table(answer)
        return incident_signal(raw.get("data"), included_in(raw), self.place)

    async def alert_event(self, signal: Signal) -> Event:
        """What a monitor or an incident says right now. NotFound where it is gone."""
        if signal.id.startswith(MONITOR):
            raw = await self._one_monitor(signal.id)
            if raw is not None:
                return monitor_event(raw, signal)
        else:
            answer = await self._one_incident(signal.id)
            if answer is not None:
                return incident_event(table(answer).get("data"), signal)
        raise NotFound(f"{self.client.service}: {signal.id} is gone", "", "It may have been deleted.")

    # -- deployments and owners

    async def deployments(self, from_us: int, to_us: int) -> Sequence[object]:
        """Deployments of that time. It is a list that is spelled POST."""
        attributes = {
            "from": iso(from_us),
            "to": iso(to_us),
            "limit": MOST_DEPLOYMENTS,
            "sort": "-started_at",
        }
        body = {"data": {"type": "dora_deployments_list_request", "attributes": attributes}}
        answer = await self.client.search(DEPLOYMENTS, body, object)
        return items(table(answer.value).get("data"))

    async def owned(self, signals: tuple[Signal, ...]) -> Page:
        """The signals with owners and run books of their services, from the service catalog, read once."""
        if not any(each.service for each in signals):
            return signals, ""
        if self._definitions is None:
            self._definitions = await self._read_definitions()
        told = tuple(with_definition(each, self._definitions.get(each.service)) for each in signals)
        return told, self._undefined

    async def _read_definitions(self) -> dict[str, Definition]:
        found: dict[str, Definition] = {}
        for page in range(MOST_PAGES):
            query = [("page[size]", str(PAGE)), ("page[number]", str(page)), ("schema_version", "v2.2")]
            try:
                rows = items(table((await self.client.get(DEFINITIONS, object, query)).value).get("data"))
            except Unavailable:
                raise
            except SourceError as fault:
                self._undefined = f"owners of services could not be read: {fault.title}"
                return found
            found |= {name: definition_of(each) for each in rows if (name := service_named(each))}
            if len(rows) < PAGE:
                return found
        self._undefined = f"stopped after {MOST_PAGES * PAGE} service definitions; others are missing"
        return found

    # -- inside

    def as_signal(self, found: Found) -> Signal:
        signal = issue_signal(found, self.place)
        only = self.settings.environments[0] if len(self.settings.environments) == 1 else ""
        return replace(signal, environment=only)

    def _ours(self, signal: Signal) -> bool:
        """Of the configured services and environments, as far as the signal names any."""
        services = (
            signal.project.split(", ")
            if signal.kind == "incident"
            else [dict(signal.tags).get("service", "")]
        )
        named = {each for each in services if each}
        wanted = not self.settings.projects or not named or bool(named & set(self.settings.projects))
        environments = self.settings.environments
        here = not environments or not signal.environment or signal.environment in environments
        return wanted and here

    async def _one_monitor(self, signal_id: str) -> object:
        path = f"{MONITORS}/{path_of(signal_id.removeprefix(MONITOR))}"
        try:
            return (
                await self.client.get(path, object, [("group_states", "all"), ("with_assets", "true")])
            ).value
        except NotFound:
            return None

    async def _one_incident(self, signal_id: str) -> object:
        """An incident by its UUID, or by the number that people say, which is searched for."""
        incident = signal_id.removeprefix(INCIDENT)
        if incident.isdigit():
            query = [("query", f"public_id:{incident}"), ("page[size]", "1")]
            rows, _ = incidents_in((await self.client.get(f"{INCIDENTS}/search", object, query)).value)
            same = [
                each
                for each in map(table, rows)
                if first_text(table(each.get("attributes")), "public_id") == incident
            ]
            if not same:
                return None
            incident = first_text(same[0], "id")
        try:
            path = f"{INCIDENTS}/{path_of(incident)}"
            return (await self.client.get(path, object, [("include", "users,attachments")])).value
        except NotFound:
            return None


def _number(incident: Mapping[str, object]) -> str:
    return first_text(table(incident.get("attributes")), "public_id")


def _quoted(value: str) -> str:
    """A value of Datadog's search syntax: quoted, with what would end the quotes escaped."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
