"""Datadog on loopback: two keys, searches that are POST, 100 issues and no next page, spans in a wrapping.

Only the kinds of the search's language that the adapter sends are understood; what is not fails the test.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from tests.support.service import Said, Service, body_of, one

API_KEY = "apikey0123456789abcdef"
APP_KEY = "appkey0123456789abcdef"
ADA = "87cb11a0-278c-440a-99fe-701223c80296"
STACK = (
    'Traceback (most recent call last):\n  File "/srv/app/pricing.py", line 3, in price\n'
    "    return PRICES[sku]\nKeyError: 7"
)


def at_ms(minutes_ago: float) -> int:
    return int((time.time() - minutes_ago * 60) * 1000)


def iso(minutes_ago: float) -> str:
    return datetime.fromtimestamp(at_ms(minutes_ago) / 1000, UTC).isoformat()


def issue_id(number: int) -> str:
    return f"c1726a66-1f64-11ee-b338-{number:012}"


class Datadog(Service):
    """events: (issue id, minute, user); issues count what falls into the searched time."""

    def __init__(self) -> None:
        self.issues: dict[str, dict[str, Any]] = {}
        self.events: list[tuple[str, float, str]] = []
        self.assignees: dict[str, str] = {}
        self.kept: dict[str, dict[str, list[dict[str, Any]]]] = {"logs": {}, "spans": {}, "rum": {}}
        self.monitors: dict[str, dict[str, Any]] = {}
        self.incidents: dict[str, dict[str, Any]] = {}
        self.deployments: list[dict[str, Any]] = []
        self.definitions: list[dict[str, Any]] = []
        self.forbidden: set[str] = set()
        self.limited: set[str] = set()
        self.old_errors = False

    # -- what there is

    def issue(self, number: int, *minutes_ago: float, **more: Any) -> str:
        key = issue_id(number)
        known = list(minutes_ago) or [10.0]
        self.issues[key] = {
            "error_type": "KeyError",
            "error_message": f"no price for {number}\nmore",
            "file_path": "/srv/app/pricing.py",
            "function_name": "price",
            "service": "checkout",
            "state": "OPEN",
            "first_seen": at_ms(max(known)),
            "last_seen": at_ms(min(known)),
            "first_seen_version": "1.0",
            "last_seen_version": "2.0",
            "languages": ["PYTHON"],
            "platform": "BACKEND",
            "is_crash": False,
            **more,
        }
        self.events += [(key, at, f"user-{index}") for index, at in enumerate(known)]
        return key

    def again(self, number: int, minutes_ago: float) -> None:
        self.events.append((issue_id(number), minutes_ago, "user-x"))
        self.issues[issue_id(number)]["last_seen"] = at_ms(minutes_ago)

    def log_of(self, number: int, stack: str = STACK, **error: Any) -> None:
        inner = {
            "service": "checkout",
            "error": {"kind": "KeyError", "message": f"no price for {number}", "stack": stack, **error},
            "dd": {"trace_id": "66c887f1", "env": "prod", "version": "2.0"},
            "logger": {"name": "shop"},
            "usr": {"id": "u1"},
            "http": {"method": "GET", "url": "https://shop.test/price"},
            "issue": {"id": issue_id(number)},
        }
        row = {
            "id": f"log-{number}",
            "type": "log",
            "attributes": {
                "timestamp": iso(5),
                "status": "error",
                "service": "checkout",
                "host": "i-0123",
                "message": "boom",
                "tags": ["env:prod", "version:2.0"],
                "attributes": inner,
            },
        }
        self.kept["logs"].setdefault(issue_id(number), []).append(row)

    def span_of(self, number: int) -> None:
        row = {
            "id": f"span-{number}",
            "type": "spans",
            "attributes": {
                "start_timestamp": iso(5),
                "service": "checkout",
                "host": "i-1",
                "env": "prod",
                "resource_name": "GET /price",
                "trace_id": "abc",
                "tags": ["version:2.0"],
                "custom": {"error": {"type": "KeyError", "message": "7", "stack": STACK}},
            },
        }
        self.kept["spans"].setdefault(issue_id(number), []).append(row)

    def rum_of(self, number: int) -> None:
        row = {
            "id": f"rum-{number}",
            "type": "rum",
            "attributes": {
                "timestamp": iso(5),
                "service": "web",
                "tags": ["env:prod"],
                "attributes": {
                    "error.stack": STACK,
                    "error.type": "TypeError",
                    "view": {"name": "/cart", "url": "https://shop.test/cart"},
                },
            },
        }
        self.kept["rum"].setdefault(issue_id(number), []).append(row)

    def monitor(self, number: int, status: str = "Alert", **more: Any) -> None:
        self.monitors[str(number)] = {
            "id": number,
            "name": f"High latency {number}",
            "type": "query alert",
            "query": "avg(last_5m):p95:trace > 2",
            "status": status,
            "tags": ["service:checkout", "env:prod", "team:payments"],
            "last_triggered_ts": at_ms(5) // 1000,
            "message": "Run book: https://wiki.acme.test/latency @pagerduty",
            "scopes": ["*"],
            **more,
        }

    def incident(self, number: int, state: str = "active", **more: Any) -> str:
        key = f"00000000-0000-0000-1234-{number:012}"
        fields = {
            "severity": {"type": "dropdown", "value": "SEV-1"},
            "state": {"type": "dropdown", "value": state},
            "services": {"type": "autocomplete", "value": ["checkout"]},
            "root_cause": {"type": "textbox", "value": "bad price table"},
        }
        self.incidents[key] = {
            "public_id": number,
            "title": f"Checkout down {number}",
            "created": iso(30),
            "modified": iso(20),
            "state": state,
            "severity": "SEV-1",
            "customer_impacted": True,
            "customer_impact_scope": "all carts",
            "fields": fields,
            **more,
        }
        return key

    # -- what it answers

    def answer(self, asked: Any) -> Said:
        path = unquote(asked.path)
        rate = {
            "x-ratelimit-limit": "300",
            "x-ratelimit-period": "3600",
            "x-ratelimit-remaining": "299",
            "x-ratelimit-reset": "7",
        }
        if asked.headers.get("dd-api-key") != API_KEY or asked.headers.get("dd-application-key") != APP_KEY:
            return 403, self._error("Forbidden"), rate
        if any(part in path for part in self.forbidden):
            return 403, self._error("Forbidden"), rate
        if any(part in path for part in self.limited):
            return (
                429,
                self._error("Too many requests"),
                {**rate, "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700"},
            )
        status, body = self._route_of(asked, path.strip("/").split("/")[1:])
        return status, body, rate

    def _route_of(self, asked: Any, path: list[str]) -> tuple[int, Any]:
        body = body_of(asked)
        match (asked.method, *path):
            case ("GET", "v2", "validate_keys"):
                return 200, {"status": "ok"}
            case ("GET", "v2", "current_user"):
                return 200, {
                    "data": {
                        "id": ADA,
                        "type": "users",
                        "attributes": {"email": "ada@acme.test", "name": "Ada"},
                    }
                }
            case ("POST", "v2", "error-tracking", "issues", "search"):
                return self._searched(asked, body)
            case ("GET", "v2", "error-tracking", "issues", key):
                return self._one(key)
            case ("PUT" | "DELETE", "v2", "error-tracking", "issues", key, what):
                return self._changed(asked, key, what, body)
            case ("POST", "v2", ("logs" | "rum") as place, "events", "search"):
                return self._events(place, body)
            case ("POST", "v2", "logs", "analytics", "aggregate"):
                return self._aggregated(body)
            case ("POST", "v2", "spans", "events", "search"):
                if "data" not in body:
                    return 400, self._error("body must be wrapped in data.attributes")
                return self._events("spans", body["data"]["attributes"])
            case ("GET", "v1", "monitor", "search"):
                assert one(asked, "query") in ("", 'status:(alert OR warn OR "no data")')
                rows = [m for m in self.monitors.values() if m["status"] != "OK"]
                short = [{k: v for k, v in m.items() if k != "message"} for m in rows]
                return 200, {
                    "monitors": short,
                    "metadata": {"page": 0, "page_count": 1, "per_page": 100, "total_count": len(rows)},
                }
            case ("GET", "v1", "monitor", key):
                if key not in self.monitors:
                    return 404, self._error("Monitor not found")
                whole = {**self.monitors[key], "overall_state": self.monitors[key]["status"]}
                whole["state"] = {
                    "groups": {"host:web-1": {"status": "Alert", "last_triggered_ts": at_ms(5) // 1000}}
                }
                return 200, {k: v for k, v in whole.items() if k != "status"}
            case ("GET", "v2", "incidents"):
                return 200, {"data": [self._incident(key) for key in self.incidents]}
            case ("GET", "v2", "incidents", "search"):
                return self._incidents(asked)
            case (("GET" | "PATCH"), "v2", "incidents", key):
                if key not in self.incidents:
                    return 404, self._error("Incident not found")
                if asked.method == "PATCH":
                    self.incidents[key]["state"] = body["data"]["attributes"]["fields"]["state"]["value"]
                return 200, {"data": self._incident(key), "included": []}
            case ("POST", "v2", "dora", "deployments"):
                assert body["data"]["type"] == "dora_deployments_list_request"
                return 200, {"data": self.deployments[: body["data"]["attributes"].get("limit", 10)]}
            case ("GET", "v2", "services", "definitions"):
                return 200, {"data": self.definitions}
        return 404, self._error("Not found")

    def _searched(self, asked: Any, body: Any) -> tuple[int, Any]:
        wanted = body["data"]["attributes"]
        if ("track" in wanted) == ("persona" in wanted):
            return 400, self._error("exactly one of track and persona")
        ids = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", wanted["query"])
        services = re.findall(r"service:\(([^)]*)\)", wanted["query"])
        rows = []
        for key, facts in self.issues.items():
            inside = [
                (at, user)
                for each, at, user in self.events
                if each == key and wanted["from"] <= at_ms(at) < wanted["to"]
            ]
            states = wanted.get("states")
            if not inside or (states and facts["state"] not in states) or (ids and key not in ids):
                continue
            if services and f'"{facts["service"]}"' not in services[0]:
                continue
            rows.append((key, len(inside), len({user for _, user in inside})))
        rows.sort(key=lambda row: -row[1])
        data = [
            {
                "id": key,
                "type": "error_tracking_search_result",
                "attributes": {"total_count": total, "impacted_users": users, "impacted_sessions": users},
                "relationships": {"issue": {"data": {"id": key, "type": "issue"}}},
            }
            for key, total, users in rows[:100]
        ]
        included = (
            [self._shown(key) for key, _, _ in rows[:100]] + self._people() if asked.all("include") else []
        )
        return 200, {"data": data, "included": included}

    def _one(self, key: str) -> tuple[int, Any]:
        if key not in self.issues:
            return 404, self._error("Issue not found")
        return 200, {"data": self._shown(key), "included": self._people()}

    def _changed(self, asked: Any, key: str, what: str, body: Any) -> tuple[int, Any]:
        if asked.method == "DELETE":
            assert asked.body == b""
            self.assignees.pop(key, None)
            return 204, None
        data = body["data"]
        if what == "state":
            if data.get("type") != "error_tracking_issue" or data.get("id") != key:
                return 400, self._error("invalid data")
            self.issues[key]["state"] = data["attributes"]["state"]
        else:
            if data.get("type") != "assignee":
                return 400, self._error("invalid type")
            self.assignees[key] = data["id"]
        return self._one(key)

    def _shown(self, key: str) -> dict[str, Any]:
        who = self.assignees.get(key)
        relations = {"assignee": {"data": {"id": who, "type": "user"}}} if who else {}
        return {"id": key, "type": "issue", "attributes": self.issues[key], "relationships": relations}

    def _people(self) -> list[dict[str, Any]]:
        return [
            {
                "id": ADA,
                "type": "user",
                "attributes": {"name": "Ada", "email": "ada@acme.test", "handle": "ada"},
            }
        ]

    def _events(self, place: str, wanted: Any) -> tuple[int, Any]:
        if wanted["filter"].get("from", "now-15m") == "now-15m":
            return 200, {"data": []}
        key = wanted["filter"]["query"].removeprefix("@issue.id:")
        return 200, {
            "data": self.kept[place].get(key, [])[: wanted["page"]["limit"]],
            "meta": {"status": "done"},
        }

    def _aggregated(self, wanted: Any) -> tuple[int, Any]:
        """Counts of the kept logs by one tag or by the path of the request."""
        assert wanted["filter"]["from"] != "now-15m" and [c["aggregation"] for c in wanted["compute"]] == [
            "count",
            "cardinality",
        ]
        field = wanted["group_by"][0]["facet"]
        found: dict[str, list[str]] = {}
        for row in self.kept["logs"].get(wanted["filter"]["query"].removeprefix("@issue.id:"), []):
            facts = row["attributes"]
            tags = dict(tag.split(":", 1) for tag in facts["tags"])
            path = facts["attributes"]["http"].get("url_details", {}).get("path")
            value = path if field == "@http.url_details.path" else tags.get(field)
            if value:
                found.setdefault(value, []).append(facts["attributes"]["usr"]["id"])
        buckets = [
            {"by": {field: value}, "computes": {"c0": len(u), "c1": len(set(u))}}
            for value, u in found.items()
        ]
        return 200, {"data": {"buckets": buckets}, "meta": {"status": "done"}}

    def _incidents(self, asked: Any) -> tuple[int, Any]:
        query = one(asked, "query")
        if query.startswith("public_id:"):
            keys = [
                k
                for k, v in self.incidents.items()
                if str(v["public_id"]) == query.removeprefix("public_id:")
            ]
        else:
            assert query == "state:(active OR stable)"
            keys = [k for k, v in self.incidents.items() if v["state"] in ("active", "stable")]
        rows = [{"data": self._incident(key)} for key in keys]
        return 200, {
            "data": {
                "type": "incidents_search_results",
                "attributes": {"total": len(rows), "facets": {}, "incidents": rows},
            }
        }

    def _incident(self, key: str) -> dict[str, Any]:
        return {"id": key, "type": "incidents", "attributes": self.incidents[key], "relationships": {}}

    def _error(self, text: str) -> dict[str, Any]:
        """Older endpoints answer with texts, newer ones with JSON:API errors."""
        return {"errors": [text]} if self.old_errors else {"errors": [{"title": text, "status": "4xx"}]}
