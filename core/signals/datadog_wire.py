"""Datadog's error issues, deployments and service definitions, and what they mean in our words.

Sources: the API descriptions v1 and v2. An issue holds no stack trace; see datadog_events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rootcase.core.model.events import Pairs
from rootcase.core.model.signals import Actor, Deploy, Release, Signal, Work
from rootcase.core.safety.text import clean_line
from rootcase.core.signals.datadog_windows import Found
from rootcase.core.signals.links import web_address
from rootcase.core.signals.loose import first_text, items, moment, table, text

OPEN_STATES = ("OPEN", "ACKNOWLEDGED")
_STATUS = {"RESOLVED": "resolved", "IGNORED": "ignored", "EXCLUDED": "ignored"}
_PLATFORMS = {
    "C_SHARP": "csharp", "DOT_NET": "csharp", "C_PLUS_PLUS": "native", "C": "native", "JVM": "java",
    "KOTLIN": "java", "SCALA": "java", "TYPESCRIPT": "javascript", "OBJECTIVE_C": "cocoa", "SWIFT": "cocoa",
}  # fmt: skip
_SUBSTATUS = {"ACKNOWLEDGED": "acknowledged", "EXCLUDED": "excluded"}


@dataclass(frozen=True, slots=True)
class Place:
    """What a signal takes from its source: its name, its pages, its one service, and who we are there."""

    source: str
    web: str
    service: str = ""
    me: tuple[str, ...] = ()


def issue_signal(found: Found, place: Place) -> Signal:
    """An Error Tracking issue as a signal, with the counts of the search it was found by."""
    facts = table(found.issue.get("attributes"))
    state = first_text(facts, "state").upper()
    regression = table(facts.get("regression"))
    service = first_text(facts, "service")
    several = found.windows > 1
    return Signal(
        source=place.source,
        id=found.id,
        title=issue_title(facts),
        url=issue_page(place.web, found.id),
        project=service,
        service=place.service or service,
        level="fatal" if facts.get("is_crash") is True else "error",
        status=_STATUS.get(state, "unresolved"),
        handled=False if facts.get("is_crash") is True else None,
        events=found.total,
        users=found.users,
        first_seen_us=moment(facts.get("first_seen")),
        last_seen_us=moment(facts.get("last_seen")),
        first_release=first_text(facts, "first_seen_version"),
        last_release=first_text(facts, "last_seen_version"),
        assignee=_user(_related(found.issue, "assignee"), found.included, place.me),
        work=_work(found, place),
        tags=_issue_tags(facts, regression, found.sessions),
        partial="users and sessions are at least this many: they were counted in parts" if several else "",
        substatus=_SUBSTATUS.get(state, "regressed" if regression and state == "OPEN" else ""),
        owners=_teams(found),
    )


def issue_title(facts: Mapping[str, object]) -> str:
    kind = first_text(facts, "error_type")
    message = first_text(facts, "error_message").strip().split("\n")[0]
    return clean_line(": ".join(part for part in (kind, message) if part), limit=300) or "(no message)"


def issue_page(web: str, issue_id: str) -> str:
    return f"{web}/error-tracking?issueId={issue_id}"


def language_of(signal: Signal) -> str:
    """The platform word for an issue's language, which Datadog writes in capitals (`C_SHARP`)."""
    first = dict(signal.tags).get("language", "").split(",")[0]
    return _PLATFORMS.get(first, first.lower())


def deploy_of(raw: object) -> Deploy:
    facts = table(table(raw).get("attributes"))
    return Deploy(
        release=first_text(facts, "version") or _commit(facts),
        environment=first_text(facts, "env"),
        at_us=moment(facts.get("finished_at")) or moment(facts.get("started_at")),
    )


def releases_of(rows: Sequence[object]) -> tuple[Release, ...]:
    """Deployments as the releases they put out, newest first; `previous` is the one before of the same service."""
    latest: dict[str, str] = {}
    found: dict[str, Release] = {}
    for row in sorted(rows, key=_started_us):
        facts = table(table(row).get("attributes"))
        version, service = first_text(facts, "version") or _commit(facts), deployed_service(row)
        if version and version not in found:
            found[version] = Release(version, _commit(facts), _started_us(row), latest.get(service, ""))
        latest[service] = version or latest.get(service, "")
    return tuple(sorted(found.values(), key=lambda release: -release.created_us))


def deployed_service(raw: object) -> str:
    return first_text(table(table(raw).get("attributes")), "service")


@dataclass(frozen=True, slots=True)
class Definition:
    """What the service catalog says of one service. owners: teams and contacts. links: run books, repositories."""

    owners: tuple[str, ...] = ()
    links: Pairs = ()


def definition_of(raw: object) -> Definition:
    """A service definition of schema v1 (`org`, `contact`) or v2 and later (`team`, `contacts`)."""
    schema = table(table(table(raw).get("attributes")).get("schema"))
    organisation, contact = table(schema.get("org")), table(schema.get("contact"))
    contacts = [first_text(table(each), "contact") for each in items(schema.get("contacts"))]
    owners = (
        first_text(schema, "team", "dd-team"),
        first_text(organisation, "team", "dd-team"),
        *contacts,
        first_text(contact, "email"),
        first_text(contact, "slack"),
    )
    rows = [
        *items(schema.get("links")),
        *items(schema.get("repos")),
        *items(schema.get("external-resources")),
    ]
    links = [(first_text(each, "name", "type"), web_address(each.get("url"))) for each in map(table, rows)]
    return Definition(tuple(dict.fromkeys(o for o in owners if o)), tuple(pair for pair in links if pair[1]))


def service_named(raw: object) -> str:
    """The service that a definition is for."""
    schema = table(table(table(raw).get("attributes")).get("schema"))
    return first_text(schema, "dd-service") or first_text(table(schema.get("info")), "dd-service")


def with_definition(signal: Signal, definition: Definition | None) -> Signal:
    if definition is None:
        return signal
    owners = tuple(dict.fromkeys((*signal.owners, *definition.owners)))
    return replace(signal, owners=owners, links=tuple(dict.fromkeys((*signal.links, *definition.links))))


def _started_us(raw: object) -> int:
    facts = table(table(raw).get("attributes"))
    return moment(facts.get("started_at")) or moment(facts.get("finished_at"))


def _commit(facts: Mapping[str, object]) -> str:
    commit = first_text(table(facts.get("git")), "commit_sha").lower()
    whole = len(commit) >= 40 and all(letter in "0123456789abcdef" for letter in commit)
    return commit if whole else ""


def _related(raw: Mapping[str, object], name: str) -> Sequence[Mapping[str, object]]:
    return [table(each) for each in items(table(table(raw.get("relationships")).get(name)).get("data"))]


def _user(
    named: Sequence[Mapping[str, object]], included: Mapping[str, Mapping[str, object]], me: Sequence[str]
) -> Actor | None:
    for each in named:
        user_id = first_text(each, "id")
        facts = table(included.get(f"{first_text(each, 'type')}/{user_id}", {}).get("attributes"))
        names = [name for field in ("name", "handle", "email") if (name := first_text(facts, field))]
        mine = {one.casefold() for one in me}
        known = (*names, user_id)
        if user_id.strip("0-"):
            return Actor((names or [user_id])[0], me=any(one.casefold() in mine for one in known))
    return None


def _teams(found: Found) -> tuple[str, ...]:
    named = [
        found.included.get(f"team/{first_text(each, 'id')}", {})
        for each in _related(found.issue, "team_owners")
    ]
    return tuple(
        name for each in named if (name := first_text(table(each.get("attributes")), "name", "handle"))
    )


def _work(found: Found, place: Place) -> tuple[Work, ...]:
    """The case that Datadog keeps for an issue, and the Jira or Linear ticket behind it."""
    out: list[Work] = []
    for each in _related(found.issue, "case"):
        case = found.included.get(f"case/{first_text(each, 'id')}", {})
        facts = table(case.get("attributes"))
        closed = "done" if first_text(facts, "status") == "CLOSED" else "open"
        by = _user(_related(case, "assignee"), found.included, place.me)
        title = clean_line(first_text(facts, "title"), limit=200)
        for name, where in (("jira_issue", "Jira"), ("linear_issue", "Linear")):
            ticket = table(table(facts.get(name)).get("result"))
            key = first_text(ticket, "issue_key", "issue_id")
            if key:
                url = web_address(ticket.get("issue_url"))
                out.append(Work("ticket", key, title, url, closed, by, where=where))
        key = first_text(facts, "key")
        if key and key not in {work.id for work in out}:
            out.append(Work("ticket", key, title, f"{place.web}/cases/{key}", closed, by, where="Datadog"))
    return tuple(out)


def _issue_tags(facts: Mapping[str, object], regression: Mapping[str, object], sessions: int) -> Pairs:
    found = (
        ("language", ",".join(text(each) for each in items(facts.get("languages")))),
        ("platform", first_text(facts, "platform")),
        ("file", first_text(facts, "file_path")),
        ("function", first_text(facts, "function_name")),
        ("error_type", first_text(facts, "error_type")),
        ("regressed_at", first_text(regression, "regressed_at")),
        ("regressed_at_version", first_text(regression, "regressed_at_version")),
        ("resolved_at", first_text(regression, "resolved_at")),
        ("sessions", str(sessions) if sessions else ""),
    )
    return tuple(pair for pair in found if pair[1])
