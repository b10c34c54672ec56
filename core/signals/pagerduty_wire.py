"""PagerDuty's incidents, alerts, log entries and change events, and what they mean in our words.

Source: the published REST description (incidents, incidents/{id}/alerts, log_entries, change_events).
Everything is read loosely: custom details are whatever a monitoring tool put there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rootcase.core.model.events import Event, Pairs
from rootcase.core.model.signals import Actor, Deploy, Signal
from rootcase.core.safety.text import clean_line
from rootcase.core.signals.links import addresses_in, joined, web_address
from rootcase.core.signals.loose import first_text, items, moment, number, table, text
from rootcase.core.signals.standing import mark
from rootcase.core.signals.told import facts_of, first_fact, stack_of, told

_LEVELS = {"critical": "fatal", "error": "error", "warning": "warning", "info": "info"}
# Words by which build tools name what they put out (PagerDuty's own integrations, GitHub, GitLab, Jenkins).
_DEPLOY_WORDS = ("deploy", "release", "rollout", "rolled out", "rollback", "shipped")
_RELEASE_NAMES = (
    "release",
    "version",
    "image_tag",
    "tag",
    "revision",
    "commit",
    "sha",
    "commit_sha",
    "git_sha",
)
_ENVIRONMENT_NAMES = ("environment", "env", "stage")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the account's log: which incident something happened to, and when."""

    incident: str
    at_us: int
    mark: str

    @classmethod
    def of(cls, raw: object) -> Entry:
        entry = table(raw)
        incident = first_text(table(entry.get("incident")), "id")
        return cls(incident, moment(entry.get("created_at")), mark(first_text(entry, "id")))

    def unseen(self, marks: frozenset[str]) -> bool:
        """Whether the log showed it late: it is older than the last look, which did not have it."""
        return bool(marks) and self.mark not in marks


def signal_of(raw: object, *, source: str, service: str = "", me: Sequence[str] = ()) -> Signal:
    """An incident as a signal. me: names and ids by which PagerDuty knows this engineer."""
    incident = table(raw)
    status = first_text(incident, "status")
    payload = payload_of(incident.get("first_trigger_log_entry"))
    named = _summary(incident.get("service"))
    facts = facts_of(payload)
    fields = _custom_fields(incident)
    created_us = moment(incident.get("created_at"))
    counts = table(incident.get("alert_counts"))
    reason = table(incident.get("resolve_reason"))
    incident_number = first_text(incident, "incident_number")
    return Signal(
        source=source,
        id=first_text(incident, "id"),
        # The bare number would be the same word as another service's.
        short_id=f"PD#{incident_number}" if incident_number else "",
        title=title_of(incident),
        url=web_address(incident.get("html_url")),
        project=named,
        service=service or named,
        level=level_of(incident),
        status="resolved" if status == "resolved" else "unresolved",
        status_by=_actor(incident.get("last_status_change_by"), me),
        events=number(counts.get("all")) or 1,
        first_seen_us=created_us,
        last_seen_us=max(created_us, moment(incident.get("last_status_change_at"))),
        last_release=first_fact(facts, "release", "version"),
        environment=first_fact((*fields, *facts), *_ENVIRONMENT_NAMES),
        assignee=_assignee(incident, me),
        tags=_tags(incident, fields),
        kind="incident",
        substatus=status if status != "resolved" else "",
        dedup=first_text(incident, "incident_key") or first_fact(facts, "dedup_key", "incident_key"),
        merged_into=first_text(table(reason.get("incident")), "id"),
        links=_links(incident, payload),
        owners=_summaries(incident.get("teams")),
    )


def title_of(incident: Mapping[str, object]) -> str:
    found = first_text(incident, "title", "description", "summary")
    return clean_line(found, limit=300) or "(incident without a title)"


def level_of(incident: Mapping[str, object]) -> str:
    """Priority P1 is fatal, a low urgency a warning, all else an error."""
    priority = _summary(incident.get("priority")).upper()
    if priority in ("P1", "SEV1", "SEV-1"):
        return "fatal"
    return "warning" if first_text(incident, "urgency") == "low" else "error"


def payload_of(entry: object) -> Mapping[str, object]:
    """What the monitoring tool sent, from a trigger log entry: its channel, its contexts and its details."""
    raw = table(entry)
    channel = {k: v for k, v in table(raw.get("channel")).items() if k not in ("type", "summary", "html_url")}
    parts = {"": channel, "contexts": raw.get("contexts"), "event_details": raw.get("event_details")}
    return {**channel, **{name: part for name, part in parts.items() if name and part}}


def alert_event(raw: object, signal: Signal) -> Event:
    """An alert of an incident as an event whose message is the payload. signal: the incident it belongs to."""
    alert = table(raw)
    body = table(alert.get("body"))
    details = body.get("details") if body.get("details") else body.get("cef_details")
    facts = (
        ("service", _summary(alert.get("service")) or signal.service),
        ("alert_key", first_text(alert, "alert_key")),
        ("severity", first_text(alert, "severity")),
        ("integration", _summary(alert.get("integration"))),
        *facts_of(details if isinstance(details, dict) else {}),
        *_cef_facts(body),
    )
    return told(
        first_text(alert, "id"),
        clean_line(first_text(alert, "summary"), limit=300) or signal.title,
        _once(facts),
        at_us=moment(alert.get("created_at")),
        level=_LEVELS.get(first_text(alert, "severity"), signal.level),
        logger=signal.service,
        environment=first_fact(facts, *_ENVIRONMENT_NAMES) or signal.environment,
        server=first_fact(facts, "source_origin", "source", "host", "hostname", "source_component"),
        release=first_fact(facts, "release", "version"),
        body=details if isinstance(details, str) else "",
        stack_text=stack_of(body),
    )


def entry_event(raw: object, signal: Signal) -> Event:
    """A trigger log entry as an event, for incidents that have no alerts."""
    entry = table(raw)
    payload = payload_of(entry)
    facts = (("service", signal.service), ("incident_key", signal.dedup), *facts_of(payload))
    return told(
        first_text(entry, "id") or signal.id,
        signal.title,
        _once(facts),
        at_us=moment(entry.get("created_at")) or signal.first_seen_us,
        level=signal.level,
        logger=signal.service,
        environment=signal.environment,
        server=first_fact(facts, "source_origin", "source", "host", "hostname"),
        release=signal.last_release,
        body=first_text(table(entry.get("event_details")), "description", limit=4000),
        stack_text=stack_of(dict(payload)),
    )


def alert_links(alerts: Sequence[object]) -> Pairs:
    """Addresses in alerts' payloads, without PagerDuty's own pages of them."""
    return addresses_in(*[table(each).get("body") for each in alerts])


def alert_keys(alerts: Sequence[object]) -> tuple[str, ...]:
    found = [first_text(table(each), "alert_key") for each in alerts]
    return tuple(dict.fromkeys(key for key in found if key))


def deploy_of(raw: object) -> Deploy | None:
    """A change event as a deploy, None where its words do not say that something was put out."""
    change = table(raw)
    facts = facts_of(change.get("custom_details"))
    words = " ".join((first_text(change, "summary"), *(value for _, value in facts))).lower()
    if not any(word in words for word in _DEPLOY_WORDS):
        return None
    links = [web_address(table(each).get("href")) for each in items(change.get("links"))]
    return Deploy(
        release=first_fact(facts, *_RELEASE_NAMES) or clean_line(first_text(change, "summary"), limit=120),
        environment=first_fact(facts, *_ENVIRONMENT_NAMES),
        at_us=moment(change.get("timestamp")),
        url=next((link for link in links if link), ""),
    )


def service_ids_of(raw: object) -> tuple[str, ...]:
    """The services a change event is about."""
    return tuple(first_text(table(each), "id") for each in items(table(raw).get("services")))


def _assignee(incident: Mapping[str, object], me: Sequence[str]) -> Actor | None:
    """Who has it: whoever acknowledged it, else the one it was assigned to, by a rule where nobody chose."""
    for each in reversed(items(incident.get("acknowledgements"))):
        actor = _actor(table(each).get("acknowledger"), me)
        if actor is not None and not actor.bot:
            return actor
    by_rule = first_text(incident, "assigned_via") == "escalation_policy"
    for each in items(incident.get("assignments")):
        actor = _actor(table(each).get("assignee"), me)
        if actor is not None:
            return replace(actor, by_rule=by_rule)
    return None


def _actor(raw: object, me: Sequence[str]) -> Actor | None:
    who = table(raw)
    names = [
        name
        for name in (first_text(who, "summary", "name"), first_text(who, "email"), first_text(who, "id"))
        if name
    ]
    if not names:
        return None
    mine = {each.casefold() for each in me}
    person = first_text(who, "type") in ("user_reference", "user", "")
    return Actor(names[0], bot=not person, me=person and any(each.casefold() in mine for each in names))


def _tags(incident: Mapping[str, object], fields: Pairs) -> Pairs:
    found = [
        ("urgency", first_text(incident, "urgency")),
        ("priority", _summary(incident.get("priority"))),
        ("service_id", first_text(table(incident.get("service")), "id")),
        ("escalation_policy", _summary(incident.get("escalation_policy"))),
        ("incident_type", first_text(table(incident.get("incident_type")), "name")),
        *(("team", name) for name in _summaries(incident.get("teams"))),
        *(("responder", name) for name in _responders(incident)),
        *fields,
    ]  # fmt: skip
    return tuple(pair for pair in found if pair[1])


def _responders(incident: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(_summary(table(each).get("user")) for each in items(incident.get("incidents_responders")))


def _links(incident: Mapping[str, object], payload: Mapping[str, object]) -> Pairs:
    bridge = web_address(table(incident.get("conference_bridge")).get("conference_url"))
    call = (("conference bridge", bridge),) if bridge else ()
    return joined(addresses_in(dict(payload), incident.get("title")), call)


def _custom_fields(incident: Mapping[str, object]) -> Pairs:
    fields = [table(each) for each in items(incident.get("custom_fields"))]
    given = [each for each in fields if each.get("value") is not None]
    return tuple((first_text(each, "name", "display_name"), text(each.get("value"))) for each in given)


def _cef_facts(body: Mapping[str, object]) -> Pairs:
    """The common event format's own fields (source, component, class), not the details repeated in it."""
    cef = {k: v for k, v in table(body.get("cef_details")).items() if k not in ("details", "contexts")}
    return facts_of(cef, "cef.")


def _once(facts: Sequence[tuple[str, str]]) -> Pairs:
    return tuple(pair for pair in dict.fromkeys(facts) if pair[1])


def _summary(raw: object) -> str:
    return first_text(table(raw), "summary", "name")


def _summaries(raw: object) -> tuple[str, ...]:
    return tuple(name for each in items(raw) if (name := _summary(each)))
