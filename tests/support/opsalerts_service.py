"""Opsgenie and JSM operations on loopback: alerts with queued writes.

A write answers 202 with a request id and is carried out later: its status is a 404 until then. Lists give short
rows at Opsgenie and whole ones at JSM; offset and size together stay below 20,000.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from tests.support.service import Said, Service, body_of, one

KEY = "0123abcd-genie-key-0123"
EMAIL = "ada@acme.test"
CLOUD = "11111111-2222-3333-4444-555555555555"
JSM_BASE = "/jsm/ops/api"
NOW = datetime.now(UTC).replace(microsecond=0)
_DETAILED = ("description", "details", "entity", "actions")


def at(minutes_ago: float) -> str:
    return (NOW - timedelta(minutes=minutes_ago)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def alert_id(number: int) -> str:
    return f"70413a06-38d6-4c85-92b8-{number:012}-1772359200000"


class OpsAlerts(Service):
    """jsm: speak JSM's dialect instead of Opsgenie's. waits: how often a request id is not known yet."""

    def __init__(self, *, jsm: bool = False) -> None:
        self.jsm = jsm
        self.waits = 1
        self.alerts: dict[str, dict[str, Any]] = {}
        self.notes: dict[str, list[dict[str, Any]]] = {}
        self.requests: dict[str, dict[str, Any]] = {}
        self.fails = ""
        self.stuck = False

    def open(self, number: int, minutes_ago: float, **more: Any) -> dict[str, Any]:
        details = more.pop("details", {"service": "checkout-api", "env": "production"})
        alert = {
            "id": alert_id(number),
            "tinyId": str(number),
            "alias": f"alias-{number}",
            "message": f"Checkout slow {number}",
            "status": "open",
            "acknowledged": False,
            "isSeen": False,
            "tags": ["region:eu-1", "urgent"],
            "snoozed": False,
            "count": 3,
            "createdAt": at(minutes_ago),
            "updatedAt": at(minutes_ago),
            "lastOccurredAt": at(minutes_ago),
            "source": "Datadog",
            "owner": "",
            "priority": "P2",
            "responders": [{"type": "team", "id": "team-1"}],
            "integration": {"id": "i", "name": "API", "type": "API"},
            "description": "p95 above 2 s",
            "entity": "web-1",
            ("extraProperties" if self.jsm else "details"): details,
            **more,
        }
        self.alerts[alert["id"]] = alert
        return alert

    def close(self, number: int, minutes_ago: float) -> None:
        report = {"closedBy": "ada@acme.test"}
        self.alerts[alert_id(number)] |= {"status": "closed", "updatedAt": at(minutes_ago), "report": report}

    def answer(self, asked: Any) -> Said:
        path = unquote(asked.path)
        packed = base64.b64encode(f"{EMAIL}:{KEY}".encode()).decode()
        if asked.headers.get("authorization") not in (f"GenieKey {KEY}", f"Basic {packed}"):
            return 401, {"message": "Could not authenticate", "took": 0.0, "requestId": "r"}, {}
        root = f"{JSM_BASE}/{CLOUD}/v1/alerts" if self.jsm else "/v2/alerts"
        if not path.startswith(root):
            return 404, {"message": "No such path"}, {}
        status, body = self._route_of(asked, [step for step in path.removeprefix(root).split("/") if step])
        return status, body, {"x-ratelimit-state": "OK"}

    def _route_of(self, asked: Any, path: list[str]) -> tuple[int, Any]:
        match (asked.method, *path):
            case ("GET",):
                return self._listed(asked)
            case ("GET", "count"):
                return 200, {"data": {"count": len(self.alerts)}, "took": 0.1, "requestId": "r"}
            case ("GET", "requests", request):
                return self._status(request)
            case ("GET", named, *what):
                alert = self._found(asked, named)
                if alert is None:
                    return 404, {"message": "Alert does not exist"}
                if what == ["notes"]:
                    return 200, self._wrapped(self.notes.get(alert["id"], []))
                return 200, alert if self.jsm else self._wrapped(alert)
            case ("POST", named, what):
                return self._queue(asked, named, what)
        return 404, {"message": "No such path"}

    def _found(self, asked: Any, named: str) -> dict[str, Any] | None:
        if one(asked, "identifierType", "id") == "tiny":
            return next((each for each in self.alerts.values() if each["tinyId"] == named), None)
        return self.alerts.get(named)

    def _queue(self, asked: Any, named: str, what: str) -> tuple[int, Any]:
        if self._found(asked, named) is None:
            return 404, {"message": "Alert does not exist"}
        body = body_of(asked) or {}
        if what == "notes" and not body.get("note"):
            return 422, {"message": "Request body is not processable", "errors": {"note": "may not be empty"}}
        if what == "snooze" and not body.get("endTime"):
            return 422, {
                "message": "Request body is not processable",
                "errors": {"endTime": "may not be empty"},
            }
        request = f"request-{len(self.requests)}"
        self.requests[request] = {"alert": named, "what": what, "body": body, "left": self.waits}
        return 202, {"result": "Request will be processed", "took": 0.1, "requestId": request}

    def _status(self, request: str) -> tuple[int, Any]:
        queued = self.requests[request]
        if self.stuck or queued["left"]:
            queued["left"] -= 1
            return 404, {"message": "Request not found. It might not be processed, yet."}
        if not self.fails:
            self._carry_out(queued)
        told = {
            "action": queued["what"],
            "processedAt": at(0),
            "isSuccess": not self.fails,
            "status": self.fails or "done",
            "alertId": queued["alert"],
            "alias": "a",
        }
        return 200, told if self.jsm else self._wrapped(told)

    def _carry_out(self, queued: dict[str, Any]) -> None:
        alert = self.alerts[queued["alert"]]
        what = queued["what"]
        if what == "notes":
            self.notes.setdefault(alert["id"], []).append({"note": queued["body"]["note"], "owner": EMAIL})
        changes = {
            "acknowledge": {"acknowledged": True, "report": {"acknowledgedBy": EMAIL}},
            "unacknowledge": {"acknowledged": False},
            "close": {"status": "closed", "report": {"closedBy": EMAIL}},
            "snooze": {"snoozed": True},
        }
        alert |= {**changes.get(what, {}), "updatedAt": at(-0.01)}

    def _listed(self, asked: Any) -> tuple[int, Any]:
        size, offset = int(one(asked, "size" if self.jsm else "limit", "20")), int(one(asked, "offset", "0"))
        if size > 100 or offset + size >= 20_000:
            return 422, {"message": "Sum of offset and size should be lower than 20000"}
        rows = list(self.alerts.values())
        if "status:open" in one(asked, "query"):
            rows = [each for each in rows if each["status"] == "open"]
        rows.sort(
            key=lambda each: each[one(asked, "sort", "createdAt")],
            reverse=one(asked, "order", "desc") == "desc",
        )
        page = rows[offset : offset + size]
        following = f"?offset={offset + size}" if offset + size < len(rows) else ""
        if self.jsm:
            return 200, {
                "values": page,
                "count": len(page),
                "links": {"next": following} if following else {},
            }
        short = [{k: v for k, v in each.items() if k not in _DETAILED} for each in page]
        return 200, {**self._wrapped(short), "paging": {"next": following} if following else {}}

    def _wrapped(self, content: Any) -> dict[str, Any]:
        return {"values" if self.jsm else "data": content, "took": 0.1, "requestId": "r"}
