"""Alerts as Opsgenie and JSM operations tell them, and what they mean in our words.

Sources: Opsgenie's alert API (docs.opsgenie.com/docs/alert-api) and JSM operations' REST description. JSM took
over Opsgenie's alerts: the fields are the same but for `extraProperties`, which is `details` there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rootcase.core.model.events import Event, Pairs
from rootcase.core.model.signals import Actor, Signal
from rootcase.core.safety.text import clean_line
from rootcase.core.signals.links import addresses_in
from rootcase.core.signals.loose import LONG, first_text, items, moment, number, table, text
from rootcase.core.signals.told import facts_of, first_fact, stack_of, tag_pairs, told

_LEVELS = {"P1": "fatal", "P2": "error", "P3": "error", "P4": "warning", "P5": "info"}
_SERVICE_NAMES = ("service", "service_name", "application", "app")
_DETAILS = ("details", "extraProperties")
_ENVIRONMENT_NAMES = ("environment", "env", "stage")


def is_whole(alert: Mapping[str, object]) -> bool:
    """Whether a row of a listing has what only the single view must have: the longer text or the details."""
    return any(name in alert for name in ("description", "details", "extraProperties"))


def signal_of(
    raw: object, *, source: str, url: str = "", service: str = "", me: Sequence[str] = (), short: str = ""
) -> Signal:
    """An alert as a signal. url: its page. me: names by which the service knows this engineer. short: see Dialect."""
    alert = table(raw)
    closed = first_text(alert, "status") == "closed"
    facts = facts_about(alert)
    report = table(alert.get("report"))
    return Signal(
        source=source,
        id=first_text(alert, "id"),
        short_id=f"{short}#{tiny}" if (tiny := first_text(alert, "tinyId")) else "",
        title=clean_line(first_text(alert, "message"), limit=300) or "(alert without a message)",
        url=url,
        project=first_text(table(alert.get("integration")), "name"),
        service=service or first_fact(facts, *_SERVICE_NAMES) or first_text(alert, "entity"),
        level=_LEVELS.get(first_text(alert, "priority"), "error"),
        status="resolved" if closed else "unresolved",
        status_by=_person(first_text(report, "closedBy" if closed else "acknowledgedBy"), me),
        events=number(alert.get("count")) or 1,
        first_seen_us=moment(alert.get("createdAt")),
        last_seen_us=moment(alert.get("lastOccurredAt")) or moment(alert.get("createdAt")),
        last_release=first_fact(facts, "release", "version"),
        environment=first_fact(facts, *_ENVIRONMENT_NAMES),
        assignee=_owner(alert, me),
        tags=tuple(pair for pair in facts if pair[1]),
        kind="alert",
        substatus=_substatus(alert, closed),
        dedup=first_text(alert, "alias"),
        links=addresses_in(*(alert.get(name) for name in ("message", "description", *_DETAILS, "tags"))),
        owners=_teams(alert),
    )  # fmt: skip


def event_of(raw: object, signal: Signal) -> Event:
    """The alert as an event whose message says what is known."""
    alert = table(raw)
    facts = (("service", signal.service), ("alias", signal.dedup), *facts_about(alert))
    description = first_text(alert, "description", limit=LONG)
    return told(
        signal.id,
        signal.title,
        tuple(pair for pair in dict.fromkeys(facts) if pair[1]),
        at_us=signal.last_seen_us,
        level=signal.level,
        logger=signal.service,
        environment=signal.environment,
        server=first_fact(facts, "host", "hostname", "server", "entity"),
        release=signal.last_release,
        body=description,
        stack_text=stack_of(*(alert.get(name) for name in _DETAILS), {"stack": alert.get("description")}),
    )  # fmt: skip


def facts_about(alert: Mapping[str, object]) -> Pairs:
    """Details, tags and the alert's own fields as names and values."""
    details = table(alert.get("details")) or table(alert.get("extraProperties"))
    own = (
        ("entity", first_text(alert, "entity")),
        ("source", first_text(alert, "source")),
        ("priority", first_text(alert, "priority")),
        ("integration", first_text(table(alert.get("integration")), "name")),
        ("snoozed_until", first_text(alert, "snoozedUntil")),
    )
    found = (*facts_of(dict(details)), *tag_pairs(items(alert.get("tags"))), *own)
    return tuple(pair for pair in dict.fromkeys(found) if pair[1])


def _substatus(alert: Mapping[str, object], closed: bool) -> str:
    if closed:
        return ""
    if alert.get("snoozed") is True:
        return "snoozed"
    return "acknowledged" if alert.get("acknowledged") is True else ""


def _owner(alert: Mapping[str, object], me: Sequence[str]) -> Actor | None:
    """Whoever took the alert; without an owner, whoever acknowledged it."""
    report = table(alert.get("report"))
    acknowledged = alert.get("acknowledged") is True
    return _person(
        first_text(alert, "owner") or (first_text(report, "acknowledgedBy") if acknowledged else ""), me
    )


def _person(name: str, me: Sequence[str]) -> Actor | None:
    """Opsgenie names people by their e-mail address, and its own rules and integrations by plain words."""
    if not name:
        return None
    mine = {each.casefold() for each in me}
    return Actor(name, bot="@" not in name and name.casefold() not in mine, me=name.casefold() in mine)


def _teams(alert: Mapping[str, object]) -> tuple[str, ...]:
    found = [table(each) for each in items(alert.get("responders"))]
    return tuple(
        f"{first_text(each, 'type') or 'responder'} {text(each.get('name') or each.get('id'))}".strip()
        for each in found
        if each
    )
