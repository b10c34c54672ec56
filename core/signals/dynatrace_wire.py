"""Dynatrace's problems, comments, releases and deployment events, and what they mean in our words.

Source: the Environment API v2 description. New enum values may come without a new version (stated there), so
every kind of severity, impact and evidence is taken as it comes. A problem carries no stack trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from rootcase.core.model.events import Event, Pairs
from rootcase.core.model.signals import Deploy, Diagnosis, Release, Signal, SignalKind
from rootcase.core.safety.text import clean_line
from rootcase.core.signals.links import addresses_in
from rootcase.core.signals.loose import first_text, items, moment, number, pairs, table
from rootcase.core.signals.standing import mark
from rootcase.core.signals.told import first_fact, told

ORIGIN = "Dynatrace"
MOST_EVIDENCE = 20
_LEVELS = {
    "AVAILABILITY": "fatal", "ERROR": "error", "PERFORMANCE": "error", "RESOURCE_CONTENTION": "error",
    "CUSTOM_ALERT": "error", "MONITORING_UNAVAILABLE": "warning", "INFO": "info",
}  # fmt: skip
_KINDS: dict[str, SignalKind] = {"PERFORMANCE": "trace", "CUSTOM_ALERT": "alert"}
_ENVIRONMENT_NAMES = ("environment", "env", "stage")
_VERSION_NAMES = (
    "dt.event.deployment.version",
    "deploymentversion",
    "version",
    "dt.event.deployment.release_version",
)


def signal_of(raw: object, *, source: str, web: str, service: str = "") -> Signal:
    """A problem as a signal. web: the environment's address in a browser."""
    problem = table(raw)
    problem_id = first_text(problem, "problemId")
    severity = first_text(problem, "severityLevel")
    tags = entity_tags(problem)
    url = page_of(web, problem_id)
    linked = table(problem.get("linkedProblemInfo"))
    linked_id = first_text(linked, "problemId")
    return Signal(
        source=source,
        id=problem_id,
        short_id=first_text(problem, "displayId"),
        title=title_of(problem),
        url=url,
        project=", ".join(zones(problem))[:200],
        service=service or service_of(problem),
        level=_LEVELS.get(severity, "error"),
        status="resolved" if first_text(problem, "status") == "CLOSED" else "unresolved",
        events=max(1, number(table(problem.get("evidenceDetails")).get("totalCount"))),
        users=max([0, *(users for _, users in impacts(problem))]),
        first_seen_us=moment(problem.get("startTime")),
        last_seen_us=ended_us(problem) or moment(problem.get("startTime")),
        environment=first_fact(tags, *_ENVIRONMENT_NAMES),
        tags=(*_own_tags(problem), *tags),
        kind=kind_of(problem),
        links=(
            *addresses_in(problem.get("title"), *[c for _, c, _ in comments_in(problem)]),
            *((("linked problem", page_of(web, linked_id)),) if linked_id else ()),
        ),
        diagnoses=tuple(found for found in (diagnosis_of(problem, url),) if found is not None),
    )


def title_of(problem: Mapping[str, object]) -> str:
    """The problem's title and where it is: Dynatrace names many problems alike (`Failure rate increase`)."""
    title = clean_line(first_text(problem, "title"), limit=200) or "(problem without a title)"
    where = service_of(problem)
    return title if not where or where.casefold() in title.casefold() else f"{title}: {where}"


def kind_of(problem: Mapping[str, object]) -> SignalKind:
    """A deployment among the relevant evidence makes it an unhealthy deploy; slowness is a failing trace."""
    for each in evidence(problem):
        if each.get("rootCauseRelevant") is True and "DEPLOY" in first_text(each, "eventType").upper():
            return "deploy"
    found = _KINDS.get(first_text(problem, "severityLevel"), "incident")
    assert found in get_args(SignalKind)
    return found


def service_of(problem: Mapping[str, object]) -> str:
    """The service that is the cause, else one that is hit, else whatever entity is named first."""
    root = table(problem.get("rootCauseEntity"))
    named = [
        root,
        *map(table, items(problem.get("impactedEntities"))),
        *map(table, items(problem.get("affectedEntities"))),
    ]
    services = [each for each in named if _entity_type(each) == "SERVICE"]
    found = next((name for each in (*services, *named) if (name := first_text(each, "name"))), "")
    return clean_line(found, limit=120)


def diagnosis_of(problem: Mapping[str, object], url: str) -> Diagnosis | None:
    """Root cause and evidence in words, None where Dynatrace names neither."""
    lines = []
    root = table(problem.get("rootCauseEntity"))
    if first_text(root, "name") or _entity_id(root):
        lines.append(f"Root cause: {_entity(root)}")
    relevant = [each for each in evidence(problem) if each.get("rootCauseRelevant") is True]
    rest = [each for each in evidence(problem) if each.get("rootCauseRelevant") is not True]
    lines += [f"Evidence, relevant: {_evidence(each)}" for each in relevant[:MOST_EVIDENCE]]
    lines += [f"Evidence: {_evidence(each)}" for each in rest[: MOST_EVIDENCE - len(relevant)]]
    if not lines:
        return None
    hidden = len(relevant) + len(rest) - MOST_EVIDENCE
    lines += [f"{hidden} more pieces of evidence there"] if hidden > 0 else []
    return Diagnosis(ORIGIN, "\n".join(lines), url, moment(problem.get("startTime")))


def event_of(raw: object, signal: Signal) -> Event:
    """A problem as an event whose message says what is known."""
    problem = table(raw)
    facts: list[tuple[str, str]] = [("service", signal.service), *_own_tags(problem)]
    facts += [("root cause", _entity(root))] if (root := table(problem.get("rootCauseEntity"))) else []
    facts += [("impacted", _entity(table(each))) for each in items(problem.get("impactedEntities"))[:10]]
    facts += [(f"users hit at {what}", str(users)) for what, users in impacts(problem)[:10] if users]
    facts += [("evidence", _evidence(each)) for each in evidence(problem)[:MOST_EVIDENCE]]
    comments = [f"{who or 'a comment'}: {what}" for who, what, _ in comments_in(problem)]
    return told(
        signal.id,
        signal.title,
        tuple(dict.fromkeys((*facts, *entity_tags(problem)))),
        at_us=signal.last_seen_us,
        level=signal.level,
        logger=signal.service,
        environment=signal.environment,
        body="\n".join(comments),
    )


def evidence(problem: Mapping[str, object]) -> list[Mapping[str, object]]:
    return [table(each) for each in items(table(problem.get("evidenceDetails")).get("details"))]


def impacts(problem: Mapping[str, object]) -> list[tuple[str, int]]:
    """(entity, estimated users) of what is hit."""
    found = [table(each) for each in items(table(problem.get("impactAnalysis")).get("impacts"))]
    return [
        (_entity(table(each.get("impactedEntity"))), number(each.get("estimatedAffectedUsers")))
        for each in found
    ]


def comments_in(source: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """(author, text, id) of comments, from a problem's recent ones or from a list of them."""
    holder = table(source.get("recentComments")) or source
    rows = [table(each) for each in items(holder.get("comments"))]
    return [
        (first_text(each, "authorName"), first_text(each, "content", limit=4000), first_text(each, "id"))
        for each in rows
    ]


def entity_tags(holder: Mapping[str, object], field: str = "entityTags") -> Pairs:
    rows = [table(each) for each in items(holder.get(field))]
    found = [
        (first_text(each, "key"), first_text(each, "value") or first_text(each, "context")) for each in rows
    ]
    return tuple(dict.fromkeys((key, value or "yes") for key, value in found if key))


def zones(problem: Mapping[str, object]) -> list[str]:
    return [
        name for each in items(problem.get("managementZones")) if (name := first_text(table(each), "name"))
    ]


def ended_us(problem: Mapping[str, object]) -> int:
    """When it ended; 0 while it is open, for which Dynatrace writes -1."""
    return moment(problem.get("endTime"))


def changed_us(problem: Mapping[str, object]) -> int:
    return max(moment(problem.get("startTime")), ended_us(problem))


def state_mark(problem: Mapping[str, object]) -> str:
    """Changes with whatever a person should hear of: state, evidence, impact and comments."""
    counts = [
        number(table(problem.get(name)).get("totalCount")) for name in ("evidenceDetails", "recentComments")
    ]
    facts = [
        first_text(problem, name) for name in ("problemId", "status", "endTime", "title", "severityLevel")
    ]
    return mark(*facts, *counts, impacts(problem), _entity_id(table(problem.get("rootCauseEntity"))))


def page_of(web: str, problem_id: str) -> str:
    return f"{web}/#problems/problemdetails;pid={problem_id}" if problem_id else ""


def release_of(raw: object) -> Release:
    row = table(raw)
    return Release(version=first_text(row, "version") or first_text(row, "name"))


def deploy_of(raw: object) -> Deploy:
    """A deployment event; its version stands among the properties under one of several names."""
    event = table(raw)
    facts = pairs(event.get("properties"))
    plain = {name.lower(): value for name, value in facts}
    version = next((plain[name] for name in _VERSION_NAMES if plain.get(name)), "")
    links = addresses_in([value for _, value in facts])
    return Deploy(
        release=version or clean_line(first_text(event, "title"), limit=120),
        environment=first_fact(facts, *_ENVIRONMENT_NAMES),
        at_us=moment(event.get("startTime")),
        url=links[0][1] if links else "",
    )


def _own_tags(problem: Mapping[str, object]) -> Pairs:
    found = [
        ("severity", first_text(problem, "severityLevel")),
        ("impact", first_text(problem, "impactLevel")),
        *(("management_zone", name) for name in zones(problem)),
        *(
            ("alerting_profile", first_text(table(each), "name"))
            for each in items(problem.get("problemFilters"))
        ),
        ("root_cause_entity", _entity_id(table(problem.get("rootCauseEntity")))),
    ]
    return tuple(dict.fromkeys(pair for pair in found if pair[1]))


def _entity(entity: Mapping[str, object]) -> str:
    """`SERVICE checkout (SERVICE-12AB)`, as far as it is told."""
    name, kind, full = (
        clean_line(first_text(entity, "name"), limit=120),
        _entity_type(entity),
        _entity_id(entity),
    )
    return " ".join(part for part in (kind, name, f"({full})" if full and name else full) if part)


def _entity_type(entity: Mapping[str, object]) -> str:
    return first_text(table(entity.get("entityId")), "type")


def _entity_id(entity: Mapping[str, object]) -> str:
    return first_text(table(entity.get("entityId")), "id")


def _evidence(each: Mapping[str, object]) -> str:
    kind = first_text(each, "evidenceType").replace("_EVIDENCE", "").lower()
    where = _entity(table(each.get("entity")))
    name = clean_line(first_text(each, "displayName"), limit=200) or kind or "unnamed"
    parts = (name, f"({kind})" if kind and name != kind else "", f"at {where}" if where else "")
    return " ".join(part for part in parts if part)


def texts(rows: Sequence[object]) -> tuple[str, ...]:
    """Dynatrace's own warnings about an answer."""
    return tuple(clean_line(each, limit=200) for each in rows if isinstance(each, str) and each.strip())
