"""Dynatrace on loopback: two hours when no time is asked for, a next key that goes alone, quoted selectors."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import unquote

from tests.support.service import Said, Service, body_of, one

TOKEN = "dt0c01.ABCDEFGH.0123456789abcdef"
BASE = "/e/abc12345"
ALLOWED_WITH_KEY = {"nextPageKey", "fields"}
_CRITERION = re.compile(r'(\w+)\(((?:"(?:[^"~]|~.)*",?)+)\)')


def at_ms(minutes_ago: float) -> int:
    return int((time.time() - minutes_ago * 60) * 1000)


def problem_id(number: int) -> str:
    return f"-{number:019}_1772359200000V2"


class Dynatrace(Service):
    def __init__(self) -> None:
        self.problems: dict[str, dict[str, Any]] = {}
        self.comments: dict[str, list[dict[str, Any]]] = {}
        self.deployments: list[dict[str, Any]] = []
        self.keys: dict[str, tuple[list[dict[str, Any]], int]] = {}
        self.scopes = {"problems.read", "problems.write", "events.read", "releases.read", "entities.read"}
        self.entities: dict[str, list[dict[str, Any]]] = {}

    def open(self, number: int, minutes_ago: float, **more: Any) -> dict[str, Any]:
        service = {"entityId": {"id": "SERVICE-12AB", "type": "SERVICE"}, "name": "checkout"}
        problem = {
            "problemId": problem_id(number),
            "displayId": f"P-{number:05}",
            "title": "Failure rate increase",
            "impactLevel": "SERVICES",
            "severityLevel": "ERROR",
            "status": "OPEN",
            "startTime": at_ms(minutes_ago),
            "endTime": -1,
            "affectedEntities": [service],
            "impactedEntities": [service],
            "rootCauseEntity": service,
            "managementZones": [{"id": "1", "name": "Shop"}],
            "entityTags": [
                {
                    "context": "CONTEXTLESS",
                    "key": "env",
                    "value": "production",
                    "stringRepresentation": "env:production",
                }
            ],
            "problemFilters": [{"id": "f", "name": "Default"}],
            "evidenceDetails": {
                "totalCount": 2,
                "details": [
                    {
                        "evidenceType": "EVENT",
                        "displayName": "Failure rate increase",
                        "entity": service,
                        "rootCauseRelevant": True,
                        "startTime": at_ms(minutes_ago),
                    },
                    {
                        "evidenceType": "METRIC",
                        "displayName": "CPU",
                        "entity": {"entityId": {"id": "HOST-1", "type": "HOST"}, "name": "web-1"},
                        "rootCauseRelevant": False,
                        "startTime": 1,
                    },
                ],
            },
            "impactAnalysis": {
                "impacts": [
                    {"impactType": "SERVICE", "impactedEntity": service, "estimatedAffectedUsers": 120}
                ]
            },
            "recentComments": {"totalCount": 0, "comments": []},
            **more,
        }
        self.problems[problem["problemId"]] = problem
        return problem

    def close(self, number: int, minutes_ago: float) -> None:
        self.problems[problem_id(number)] |= {"status": "CLOSED", "endTime": at_ms(minutes_ago)}

    def answer(self, asked: Any) -> Said:
        if asked.headers.get("authorization") != f"Api-Token {TOKEN}":
            return 401, _error(401, "Token Authentication failed"), {}
        path = unquote(asked.path)
        if not path.startswith(f"{BASE}/api/v2/"):
            return 404, _error(404, "Not found"), {}
        steps = path.removeprefix(f"{BASE}/api/v2/").split("/")
        need = f"{steps[0]}.{'read' if asked.method == 'GET' else 'write'}"
        if need not in self.scopes:
            return 403, _error(403, f"Token is missing required scope. Use one of: {need}"), {}
        status, body = self._route_of(asked, steps)
        return status, body, {"content-type": "application/json; charset=utf-8"}

    def _route_of(self, asked: Any, path: list[str]) -> tuple[int, Any]:
        match (asked.method, *path):
            case ("GET", "problems"):
                return self._listed(asked)
            case ("GET", "releases"):
                row = {"name": "checkout", "version": "2.14.0", "running": True}
                return 200, {"totalCount": 2, "releases": [row, {**row, "version": "2.13.0"}]}
            case ("GET", "events"):
                wanted = self._criteria(one(asked, "eventSelector")).get("eventType", [])
                rows = [each for each in self.deployments if not wanted or each["eventType"] in wanted]
                return 200, {"totalCount": len(rows), "events": rows}
            case ("GET", "entities", key) if key in self.entities:
                tags = self.entities[key] if "tags" in one(asked, "fields") else []
                return 200, {"entityId": key, "displayName": "checkout", "tags": tags}
        if len(path) < 2 or path[1] not in self.problems:
            return 404, _error(404, "Problem does not exist")
        problem = self.problems[path[1]]
        match (asked.method, *path[2:]):
            case ("GET",):
                return 200, self._shown(asked, problem)
            case ("GET", "comments"):
                rows = self.comments.get(path[1], [])
                return 200, {"comments": rows[: int(one(asked, "pageSize", "10"))], "totalCount": len(rows)}
            case ("POST", "comments"):
                if not body_of(asked).get("message"):
                    return 400, _error(400, "Constraints violated.", "message may not be empty")
                comment = {
                    "id": f"c{len(self.comments)}",
                    "content": body_of(asked)["message"],
                    "createdAtTimestamp": 1,
                }
                self.comments.setdefault(path[1], []).append(comment)
                return 201, b""
            case ("POST", "close"):
                if problem["status"] == "CLOSED":
                    return 204, b""
                problem |= {"status": "CLOSED", "endTime": at_ms(0)}
                return 200, {"problemId": path[1], "closing": True, "closeTimestamp": at_ms(0)}
        return 404, _error(404, "Not found")

    def _listed(self, asked: Any) -> tuple[int, Any]:
        names = {name for name, _ in asked.query}
        if "nextPageKey" in names:
            key = one(asked, "nextPageKey")
            if names - ALLOWED_WITH_KEY:
                return 400, _error(400, "Constraints violated.", "nextPageKey cannot be combined")
            if key not in self.keys:
                return 400, _error(400, "Constraints violated.", "nextPageKey is not valid")
            rows, size = self.keys[key]
        else:
            since = _moment_ms(one(asked, "from", "now-2h"))
            criteria = self._criteria(one(asked, "problemSelector"))
            rows = [p for p in self.problems.values() if p["endTime"] == -1 or p["endTime"] >= since]
            rows = [p for p in rows if self._fits(p, criteria)]
            rows.sort(key=lambda p: p["startTime"], reverse=one(asked, "sort") == "-startTime")
            size = int(one(asked, "pageSize", "50"))
        answer = {
            "totalCount": len(rows),
            "pageSize": size,
            "problems": [self._shown(asked, p) for p in rows[:size]],
        }
        if len(rows) > size:
            answer["nextPageKey"] = f"KEY{len(self.keys)}="
            self.keys[answer["nextPageKey"]] = (rows[size:], size)
        return 200, answer

    def _fits(self, problem: dict[str, Any], criteria: dict[str, list[str]]) -> bool:
        status = criteria.get("status")
        zones = criteria.get("managementZones")
        display = criteria.get("displayId")
        return (
            (not status or problem["status"].lower() in status)
            and (not zones or any(zone["name"] in zones for zone in problem["managementZones"]))
            and (not display or problem["displayId"] in display)
        )

    def _criteria(self, selector: str) -> dict[str, list[str]]:
        """What a selector asks for; a test fails where it is not one criterion after the other, all quoted."""
        left = _CRITERION.sub("", selector).strip(",")
        assert not left, f"not understood in the selector: {left!r}"
        found = {}
        for name, values in _CRITERION.findall(selector):
            found[name] = [
                re.sub(r"~(.)", r"\1", value) for value in re.findall(r'"((?:[^"~]|~.)*)"', values)
            ]
        return found

    def _shown(self, asked: Any, problem: dict[str, Any]) -> dict[str, Any]:
        """Three parts come only when `fields` names them."""
        named = one(asked, "fields").split(",")
        optional = ("evidenceDetails", "impactAnalysis", "recentComments")
        return {name: value for name, value in problem.items() if name not in optional or name in named}


def _moment_ms(text: str) -> int:
    """Milliseconds since 1970, from those or from `now-2h`."""
    if text.startswith("now-"):
        return at_ms(int(text[4:-1]) * {"m": 1, "h": 60, "d": 1440}[text[-1]])
    return int(text)


def _error(code: int, message: str, violation: str = "") -> dict[str, Any]:
    violations = [{"path": "q", "message": violation, "parameterLocation": "QUERY"}] if violation else []
    return {"error": {"code": code, "message": message, "constraintViolations": violations}}
