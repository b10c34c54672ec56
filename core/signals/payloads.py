"""What `--rca` was given: plain words, a file, or the payload that a paging service posts to a webhook.

Shapes from the services' own pages: PagerDuty "V3 webhooks" (`event.data`), Opsgenie "Webhook integration"
(`action`, `alert`), Dynatrace "Webhook integration" (`ProblemID`, `ProblemDetailsText`, `ProblemURL`) and
Datadog "Webhooks" (the default payload's `id`, `title`, `body`, `link`, `aggregate`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rootcase.core.model.errors import UsageError
from rootcase.core.model.events import Pairs
from rootcase.core.safety.text import clean, clean_line
from rootcase.core.signals.loose import decode, first_text, items, moment, table

MOST_BYTES = 5_000_000
TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Payload:
    """origin: who says it. text: what. ids: names of the incident, the most telling first. links: addresses in it."""

    origin: str
    text: str
    title: str = ""
    url: str = ""
    service: str = ""
    dedup: str = ""
    at_us: int = 0
    ids: tuple[str, ...] = ()
    links: Pairs = ()


def given(argument: str) -> str:
    """The text that an argument stands for: itself, `@FILE`, or the content of a file of that name.

    UsageError where the named file cannot be read or is larger than 5 MB.
    """
    named = argument.removeprefix("@") if argument.startswith("@") else ""
    path = Path(named or argument)
    if not named and (len(argument) > 1000 or "\n" in argument or not path.is_file()):
        return argument
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(
                f"{path} is larger than 5 MB", "A diagnosis is a text.", "Give the part that tells."
            )
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(
            f"Cannot read {path}", str(error.strerror), "Name a file, or give the text."
        ) from None


def payload_of(text: str) -> Payload:
    """What a diagnosis says, whatever shape it has; words that are no JSON are the diagnosis themselves."""
    try:
        value = decode(text.encode(errors="replace")) if text.lstrip()[:1] in ("{", "[") else None
    except ValueError:
        value = None
    raw = table(items(value)[0] if isinstance(value, list) and items(value) else value)
    for read in (_pagerduty, _opsgenie, _dynatrace, _datadog):
        found = read(raw) if raw else None
        if found is not None:
            return found
    plain = first_text(raw, "rca", "root_cause", "rootCause", "diagnosis", "summary", "text", limit=TEXT)
    return Payload(
        first_text(raw, "origin", "source") or "--rca", plain or clean(text, limit=TEXT).strip(),
        first_text(raw, "title"), first_text(raw, "url", "link"), first_text(raw, "service"),
        ids=_ids(raw, "id", "incident", "incident_id"),
    )  # fmt: skip


def _pagerduty(raw: Mapping[str, object]) -> Payload | None:
    event = table(raw.get("event"))
    data = table(event.get("data")) if event else {}
    if not data or not first_text(event, "event_type"):
        return None
    details = table(table(data.get("body")).get("details"))
    text = _joined(first_text(data, "title"), first_text(data, "description", "content", limit=TEXT), details)
    incident = table(data.get("incident")) or data
    return Payload(
        "PagerDuty", text, first_text(data, "title", "summary"), first_text(incident, "html_url"),
        first_text(table(data.get("service")), "summary", "name"), first_text(data, "incident_key"),
        moment(event.get("occurred_at")), _ids(incident, "id", "number", "incident_key"), _links(details),
    )  # fmt: skip


def _opsgenie(raw: Mapping[str, object]) -> Payload | None:
    alert = table(raw.get("alert"))
    if not alert or not first_text(alert, "alertId", "id"):
        return None
    details = table(alert.get("details"))
    text = _joined(
        first_text(alert, "message"), first_text(alert, "description", "note", limit=TEXT), details
    )
    service = first_text(details, "service", "service.name") or first_text(alert, "entity")
    return Payload(
        "Opsgenie", text, first_text(alert, "message"), first_text(details, "url", "link"), service,
        first_text(alert, "alias"), moment(alert.get("createdAt")), _ids(alert, "alertId", "id", "tinyId", "alias"),
        _links(details),
    )  # fmt: skip


def _dynatrace(raw: Mapping[str, object]) -> Payload | None:
    if not first_text(raw, "ProblemID", "PID", "problemId", "displayId"):
        return None
    root = first_text(table(raw.get("rootCauseEntity")), "name") or first_text(raw, "RootCauseEntity")
    told = first_text(raw, "ProblemDetailsText", "ProblemDetails", "ProblemDetailsMarkdown", limit=TEXT)
    title = first_text(raw, "ProblemTitle", "title")
    text = "\n".join(part for part in (title, f"Root cause: {root}" if root else "", told) if part)
    return Payload(
        "Dynatrace", text, title, first_text(raw, "ProblemURL"), first_text(raw, "ImpactedEntity"),
        ids=_ids(raw, "ProblemID", "displayId", "PID", "problemId"),
    )  # fmt: skip


def _datadog(raw: Mapping[str, object]) -> Payload | None:
    told = first_text(raw, "body", "text_only_msg", "event_msg", limit=TEXT)
    if not told or not first_text(raw, "id", "alert_id", "aggregate", "aggreg_key"):
        return None
    title = first_text(raw, "title", "event_title", "alert_title")
    tags = dict(part.split(":", 1) for part in first_text(raw, "tags").split(",") if ":" in part)
    return Payload(
        "Datadog", "\n".join(part for part in (title, told) if part), title, first_text(raw, "link"),
        tags.get("service", ""), first_text(raw, "aggregate", "aggreg_key"),
        ids=_ids(raw, "alert_id", "id", "aggregate", "aggreg_key"),
    )  # fmt: skip


def _joined(title: str, told: str, details: Mapping[str, object]) -> str:
    lines = [title, told if told != title else ""]
    lines += [
        f"{clean_line(name, limit=80)}: {first_text(details, name, limit=2000)}"
        for name in list(details)[:40]
    ]
    return clean("\n".join(line for line in lines if line.strip(": ")), limit=TEXT)


def _links(details: Mapping[str, object]) -> Pairs:
    """Addresses among the details of a page: the issue that it is about."""
    found = (
        (clean_line(name, limit=80), first_text(details, name, limit=2000)) for name in list(details)[:40]
    )
    return tuple((name, value) for name, value in found if value.startswith(("https://", "http://")))


def _ids(raw: Mapping[str, object], *names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for name in names if (text := first_text(raw, name))))
