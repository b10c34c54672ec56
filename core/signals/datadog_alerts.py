"""Datadog's monitors and incidents as signals without an exception. Ids: `monitor:123`, `incident:UUID`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rootcase.core.model.events import Event, Pairs
from rootcase.core.model.signals import Actor, Signal
from rootcase.core.safety.text import clean_line
from rootcase.core.signals.datadog_windows import included_in
from rootcase.core.signals.datadog_wire import Place
from rootcase.core.signals.links import addresses_in, joined, web_address
from rootcase.core.signals.loose import LONG, first_text, items, moment, table, text
from rootcase.core.signals.told import first_fact, tag_pairs, told

MONITOR = "monitor:"
INCIDENT = "incident:"
MOST_GROUPS = 20
_CALM = ("OK", "Skipped", "Unknown")
_SLOW = ("trace-analytics alert", "synthetics alert")
_SEVERE = {
    "SEV-0": "fatal",
    "SEV-1": "fatal",
    "SEV-2": "error",
    "SEV-3": "error",
    "SEV-4": "warning",
    "SEV-5": "info",
}
_ENDED = ("resolved", "completed")


def monitor_signal(raw: object, place: Place) -> Signal:
    """A monitor, from a row of the search or from its single view (which alone has message and groups)."""
    monitor = table(raw)
    tags = tag_pairs(items(monitor.get("tags")))
    monitor_id = first_text(monitor, "id")
    state = first_text(monitor, "status", "overall_state")
    fired = [
        moment(monitor.get("last_triggered_ts")),
        *(moment(g.get("last_triggered_ts")) for _, g in groups(monitor)),
    ]
    kind = first_text(monitor, "type")
    message = monitor.get("message")
    runbooks = tuple(
        (f"run book {first_text(each, 'name')}".strip(), web_address(each.get("url")))
        for each in map(table, items(monitor.get("assets")))
    )
    return Signal(
        source=place.source,
        id=f"{MONITOR}{monitor_id}",
        short_id=f"{MONITOR}{monitor_id}",
        title=clean_line(first_text(monitor, "name"), limit=300) or f"monitor {monitor_id}",
        url=f"{place.web}/monitors/{monitor_id}",
        project=kind,
        service=place.service or dict(tags).get("service", ""),
        level="error" if state == "Alert" else "warning",
        status="resolved" if state in _CALM else "ignored" if state == "Ignored" else "unresolved",
        events=1,
        first_seen_us=max(fired),
        last_seen_us=max(fired),
        environment=first_fact(tags, "env", "environment"),
        tags=(*_named(monitor_type=kind, state=state, priority=first_text(monitor, "priority")), *tags),
        kind="trace" if kind in _SLOW else "alert",
        substatus="snoozed" if table(table(monitor.get("options")).get("silenced")) else "",
        dedup=f"{MONITOR}{monitor_id}",
        links=joined(tuple(pair for pair in runbooks if pair[1]), addresses_in(message)),
        owners=tuple(value for name, value in tags if name == "team"),
    )  # fmt: skip


def monitor_event(raw: object, signal: Signal) -> Event:
    """What a monitor says: query, groups that fired, and the text that people are paged with."""
    monitor = table(raw)
    firing = [
        (name, table(each))
        for name, each in groups(monitor)
        if first_text(table(each), "status") not in _CALM
    ]
    facts = (
        ("service", signal.service),
        ("state", first_text(monitor, "overall_state", "status")),
        ("query", first_text(monitor, "query")),
        *((f"group {name}", first_text(each, "status")) for name, each in firing[:MOST_GROUPS]),
        *signal.tags,
    )
    return told(
        signal.id,
        signal.title,
        tuple(pair for pair in dict.fromkeys(facts) if pair[1]),
        at_us=signal.last_seen_us,
        level=signal.level,
        logger=signal.service,
        environment=signal.environment,
        server=first_fact(signal.tags, "host"),
        release=first_fact(signal.tags, "version"),
        body=first_text(monitor, "message", limit=LONG),
    )


def groups(monitor: Mapping[str, object]) -> Sequence[tuple[str, Mapping[str, object]]]:
    """State by group (`host:web-1,env:prod`)."""
    found = table(table(monitor.get("state")).get("groups"))
    return [(clean_line(name, limit=200), table(each)) for name, each in found.items()]


def incident_signal(raw: object, included: Mapping[str, Mapping[str, object]], place: Place) -> Signal:
    incident = table(raw)
    facts = table(incident.get("attributes"))
    number = first_text(facts, "public_id")
    severity = first_text(facts, "severity")
    state = first_text(facts, "state").lower() or _field(facts, "state").lower()
    services = _field_values(facts, "services")
    created = first_text(facts, "detected") or first_text(facts, "declared") or first_text(facts, "created")
    title = clean_line(first_text(facts, "title"), limit=300)
    return Signal(
        source=place.source,
        id=f"{INCIDENT}{first_text(incident, 'id')}",
        short_id=f"IR-{number}" if number else "",
        title=title or "(incident without a title)",
        url=f"{place.web}/incidents/{number}" if number else "",
        project=", ".join(services[:5]),
        service=place.service or (services[0] if services else ""),
        level=_SEVERE.get(severity, "error"),
        status="resolved" if state in _ENDED or moment(facts.get("resolved")) else "unresolved",
        events=1,
        first_seen_us=moment(created) or moment(facts.get("created")),
        last_seen_us=moment(facts.get("modified")) or moment(facts.get("created")),
        environment=(_field_values(facts, "env") or _field_values(facts, "environment") or ("",))[0],
        assignee=_commander(incident, included, place.me),
        tags=_incident_tags(facts, severity, state),
        kind="incident",
        substatus=state if state not in _ENDED and state != "active" else "",
        dedup=f"{INCIDENT}{number}" if number else "",
        links=joined(_attachments(included), addresses_in(facts.get("fields"), facts.get("customer_impact_scope"))),
        owners=_field_values(facts, "teams"),
    )  # fmt: skip


def incident_event(raw: object, signal: Signal) -> Event:
    """What an incident says: impact, root cause and summary as people wrote them into its fields."""
    facts = table(table(raw).get("attributes"))
    fields = [
        (name.replace("_", " "), ", ".join(_field_values(facts, name))) for name in table(facts.get("fields"))
    ]
    said = (
        ("service", signal.service),
        ("customer impact", first_text(facts, "customer_impact_scope")),
        *fields,
        *signal.tags,
    )
    return told(
        signal.id,
        signal.title,
        tuple(pair for pair in dict.fromkeys(said) if pair[1]),
        at_us=signal.first_seen_us,
        level=signal.level,
        logger=signal.service,
        environment=signal.environment,
    )


def incidents_in(answer: object) -> tuple[Sequence[object], Mapping[str, Mapping[str, object]]]:
    """Incidents of a search's answer and what is included about them."""
    raw = table(answer)
    rows = items(table(table(raw.get("data")).get("attributes")).get("incidents"))
    return [table(each).get("data") for each in rows], included_in(raw)


def state_change(incident_id: str, state: str) -> dict[str, object]:
    """The body that moves an incident to `active` or `resolved`; its state is a field of the incident."""
    fields = {"state": {"type": "dropdown", "value": state}}
    return {"data": {"id": incident_id, "type": "incidents", "attributes": {"fields": fields}}}


def _field_values(facts: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Values of a field, of which there may be one, several or none."""
    value = table(table(facts.get("fields")).get(name)).get("value")
    rows = value if isinstance(value, list) else [value]
    return tuple(found for each in rows if (found := clean_line(text(each), limit=300)))


def _field(facts: Mapping[str, object], name: str) -> str:
    return next(iter(_field_values(facts, name)), "")


def _incident_tags(facts: Mapping[str, object], severity: str, state: str) -> Pairs:
    hit = facts.get("customer_impacted")
    given = {
        "severity": severity if severity != "UNKNOWN" else "",
        "state": state,
        "customers_impacted": "yes" if hit is True else "no" if hit is False else "",
        "impact_started": first_text(facts, "customer_impact_start"),
        "impact_ended": first_text(facts, "customer_impact_end"),
        "resolved": first_text(facts, "resolved"),
        "test": "yes" if facts.get("is_test") is True else "",
    }
    return _named(**given)


def _named(**given: str) -> Pairs:
    return tuple((name, value) for name, value in given.items() if value)


def _commander(
    incident: Mapping[str, object], included: Mapping[str, Mapping[str, object]], me: Sequence[str]
) -> Actor | None:
    named = table(table(table(incident.get("relationships")).get("commander_user")).get("data"))
    user_id = first_text(named, "id")
    facts = table(included.get(f"users/{user_id}", {}).get("attributes"))
    names = [name for field in ("name", "email", "handle") if (name := first_text(facts, field))]
    mine = {each.casefold() for each in me}
    return Actor(names[0], me=any(each.casefold() in mine for each in names)) if names else None


def _attachments(included: Mapping[str, Mapping[str, object]]) -> Pairs:
    found = []
    for each in included.values():
        if first_text(each, "type") == "incident_attachments":
            facts = table(table(each.get("attributes")).get("attachment"))
            found.append((first_text(facts, "title") or "attachment", web_address(facts.get("documentUrl"))))
    return tuple(pair for pair in found if pair[1])
