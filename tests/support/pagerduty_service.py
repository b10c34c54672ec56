"""PagerDuty on loopback, with the rules that its clients trip over.

A person in `From` for every write; bodies wrapped in their type; a month when no time is asked for; at most 100 a
page and 10,000 in all; bracketed names; nothing can be done to a resolved incident; a reset counted from now.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from tests.support.service import Said, Service, body_of, one

KEY = "u+pdtestkey0123456789"
NOW = datetime.now(UTC).replace(microsecond=0)
SERVICE = {"id": "PIJ90N7", "type": "service_reference", "summary": "checkout-api"}
ADA = {"id": "PXPGF42", "type": "user_reference", "summary": "Ada Byron"}
BOT = {"id": "PBOT001", "type": "service_reference", "summary": "checkout-api"}


def at(minutes_ago: float) -> str:
    return (NOW - timedelta(minutes=minutes_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


class PagerDuty(Service):
    def __init__(self) -> None:
        self.incidents: dict[str, dict[str, Any]] = {}
        self.alerts: dict[str, list[dict[str, Any]]] = {}
        self.notes: dict[str, list[dict[str, Any]]] = {}
        self.log: list[dict[str, Any]] = []
        self.changes: list[dict[str, Any]] = []
        self.read_only = False
        self.account_key = False
        self.refuse: int = 0

    def open(self, number: int, minutes_ago: float, **more: Any) -> dict[str, Any]:
        incident_id = f"PT{number:05}"
        details = more.pop("details", {"customKey": "Server is on fire!"})
        incident = {
            "id": incident_id,
            "type": "incident",
            "incident_number": number,
            "title": f"Checkout fails {number}",
            "summary": f"[#{number}] Checkout fails {number}",
            "html_url": f"https://acme.pagerduty.com/incidents/{incident_id}",
            "created_at": at(minutes_ago),
            "updated_at": at(minutes_ago),
            "last_status_change_at": at(minutes_ago),
            "last_status_change_by": BOT,
            "status": "triggered",
            "incident_key": f"key-{number}",
            "service": SERVICE,
            "assignments": [{"at": at(minutes_ago), "assignee": ADA}],
            "assigned_via": "escalation_policy",
            "acknowledgements": [],
            "alert_counts": {"all": 1, "triggered": 1, "resolved": 0},
            "urgency": "high",
            "priority": {"id": "P1", "type": "priority_reference", "summary": "P1"},
            "teams": [{"summary": "Payments"}],
            "escalation_policy": {"summary": "Default"},
            "resolve_reason": None,
            "resolved_at": None,
            **more,
        }
        self.incidents[incident_id] = incident
        self.alerts[incident_id] = [
            {
                "id": f"PA{number:05}",
                "type": "alert",
                "summary": incident["title"],
                "status": "triggered",
                "created_at": at(minutes_ago),
                "alert_key": f"alert-{number}",
                "severity": "critical",
                "service": SERVICE,
                "body": {
                    "type": "alert_body",
                    "contexts": [],
                    "details": details,
                    "cef_details": {"source_origin": "web-1"},
                },
            }
        ]
        self._logged(
            incident_id, "trigger_log_entry", minutes_ago, {"channel": {"type": "api", "details": details}}
        )
        return incident

    def resolve(self, incident_id: str, minutes_ago: float, **more: Any) -> None:
        self.incidents[incident_id] |= {"status": "resolved", "updated_at": at(minutes_ago), **more}
        self._logged(incident_id, "resolve_log_entry", minutes_ago)

    def _logged(
        self, incident_id: str, kind: str, minutes_ago: float, more: dict[str, Any] | None = None
    ) -> None:
        entry = {
            "id": f"Q{len(self.log):06}",
            "type": kind,
            "created_at": at(minutes_ago),
            "incident": {"id": incident_id, "type": "incident_reference"},
            **(more or {}),
        }
        self.log.append(entry)

    def answer(self, asked: Any) -> Said:
        rate = {"ratelimit-limit": "960", "ratelimit-remaining": "959", "ratelimit-reset": "12"}
        if self.refuse:
            return (
                429,
                _error(2020, "Rate limit exceeded"),
                {**rate, "ratelimit-remaining": "0", "ratelimit-reset": "1"},
            )
        if asked.headers.get("authorization") != f"Token token={KEY}":
            return 401, _error(2006, "Invalid token"), rate
        if "application/vnd.pagerduty+json;version=2" not in asked.headers.get("accept", ""):
            return 406, _error(2010, "Unknown version"), rate
        if asked.method != "GET":
            if self.read_only:
                return 403, _error(2010, "Access Denied"), rate
            if "@" not in asked.headers.get("from", ""):
                return 400, _error(2100, "The From header is required"), rate
        status, body = self._route_of(asked, unquote(asked.path).strip("/").split("/"))
        return status, body, rate

    def _route_of(self, asked: Any, path: list[str]) -> tuple[int, Any]:
        match (asked.method, *path):
            case ("GET", "users", "me"):
                if self.account_key:
                    return 400, _error(2100, "Cannot be used with an account key")
                return 200, {
                    "user": {
                        "id": "PXPGF42",
                        "type": "user",
                        "name": "Ada Byron",
                        "email": "ada@acme.test",
                        "role": "user",
                    }
                }
            case ("GET", "incidents"):
                return self._listed(asked)
            case ("GET", "log_entries"):
                since = _moment(one(asked, "since", at(30 * 24 * 60)))
                found = [each for each in reversed(self.log) if _moment(each["created_at"]) >= since]
                return self._page(asked, "log_entries", found)
            case ("GET", "change_events"):
                return self._page(asked, "change_events", self.changes)
            case ("GET", "services"):
                rows = [{"id": "PIJ90N7", "type": "service", "name": "checkout-api"}]
                return self._page(asked, "services", [r for r in rows if one(asked, "query") in r["name"]])
        if path[0] != "incidents" or len(path) < 2:
            return 404, _error(2100, "Not Found")
        by_number = {str(each["incident_number"]): key for key, each in self.incidents.items()}
        incident_id = by_number.get(path[1], path[1])
        if incident_id not in self.incidents:
            return 404, _error(2100, "Not Found")
        return self._one(asked, incident_id, path[2] if len(path) > 2 else "")

    def _one(self, asked: Any, incident_id: str, what: str) -> tuple[int, Any]:
        incident = self.incidents[incident_id]
        body = body_of(asked)
        match (asked.method, what):
            case ("GET", ""):
                return 200, {"incident": self._shown(asked, incident)}
            case ("GET", "alerts"):
                return self._page(asked, "alerts", self.alerts[incident_id])
            case ("GET", "log_entries"):
                return self._page(
                    asked, "log_entries", [e for e in self.log if e["incident"]["id"] == incident_id]
                )
            case ("GET", "notes"):
                return 200, {"notes": self.notes.get(incident_id, [])}
            case ("POST", "notes"):
                if "note" not in body:
                    return 400, _error(2001, "Invalid Input Provided", ["note is missing"])
                note = {"id": f"PN{len(self.notes.get(incident_id, []))}", "content": body["note"]["content"]}
                self.notes.setdefault(incident_id, []).append(note)
                return 201, {"note": note}
            case ("POST", "snooze"):
                if incident["status"] == "resolved" or not 1 <= body.get("duration", 0) <= 604_800:
                    return 400, _error(2001, "Invalid Input Provided", ["duration"])
                incident["status"] = "acknowledged"
                return 201, {"incident": incident}
            case ("PUT", ""):
                if "incident" not in body or not body["incident"].get("type"):
                    return 400, _error(2001, "Invalid Input Provided", ["incident is missing"])
                if incident["status"] == "resolved":
                    return 400, _error(2001, "Invalid Input Provided", ["Incident Already Resolved"])
                incident |= {k: v for k, v in body["incident"].items() if k != "type"}
                if incident["status"] == "acknowledged":
                    incident["acknowledgements"] = [{"at": at(0), "acknowledger": ADA}]
                self._logged(incident_id, f"{incident['status']}_log_entry", 0)
                return 200, {"incident": incident}
        return 404, _error(2100, "Not Found")

    def _listed(self, asked: Any) -> tuple[int, Any]:
        wanted = asked.all("statuses[]") or ["triggered", "acknowledged", "resolved"]
        since = _moment(one(asked, "since", at(30 * 24 * 60)))
        until = _moment(one(asked, "until", at(-60)))
        found = [each for each in self.incidents.values() if since <= _moment(each["created_at"]) <= until]
        services = asked.all("service_ids[]")
        found = [each for each in found if each["status"] in wanted]
        found = [each for each in found if not services or each["service"]["id"] in services]
        found.sort(key=lambda each: each["created_at"], reverse=one(asked, "sort_by") == "created_at:desc")
        status, body = self._page(asked, "incidents", found)
        if status == 200:
            body["incidents"] = [self._shown(asked, each) for each in body["incidents"]]
        return status, body

    def _shown(self, asked: Any, incident: dict[str, Any]) -> dict[str, Any]:
        first = next((e for e in self.log if e["incident"]["id"] == incident["id"]), {"id": "Q0"})
        whole = "first_trigger_log_entries" in asked.all("include[]")
        short = {
            "id": first["id"],
            "type": "trigger_log_entry_reference",
            "summary": "Triggered through the API",
        }
        return {**incident, "first_trigger_log_entry": first if whole else short}

    def _page(self, asked: Any, name: str, rows: list[Any]) -> tuple[int, Any]:
        limit, offset = int(one(asked, "limit", "25")), int(one(asked, "offset", "0"))
        if limit > 100 or offset + limit > 10_000:
            return 400, _error(2001, "Invalid Input Provided", ["Offset must be less than 10000"])
        return 200, {
            name: rows[offset : offset + limit],
            "limit": limit,
            "offset": offset,
            "more": offset + limit < len(rows),
            "total": None,
        }


def _error(code: int, message: str, errors: list[str] | None = None) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "errors": errors or []}}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
