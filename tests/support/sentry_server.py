"""Enough of Sentry's API on loopback for a sync: an organization with issues, their events, paging by cursor.

Run as a process of its own, so that what is killed beside it does not take it along:
python -m tests.support.sentry_server ISSUES CLASSES
It prints its port, then answers until its stdin is closed. `/_counts` tells what was asked so far.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ORG = "/api/0/organizations/acme/"
NEWEST_S = 1_772_362_800  # 1 March 2026, 11:00 UTC
PAGE = 100


class Organization:
    """issues: how many; classes: how many error classes they fall into. Issue 1 was seen last.

    asked: requests by kind. touched: issues that happened again, as (last seen, events).
    """

    def __init__(self, issues: int, classes: int) -> None:
        self.issues = issues
        self.classes = classes
        self.asked: Counter[str] = Counter()
        self.touched: dict[int, int] = {}

    def issue(self, number: int) -> dict[str, Any]:
        again = self.touched.get(number, 0)
        return {
            "id": str(number), "shortId": f"SHOP-{number}", "title": f"KeyError: 'k{self.of(number)}'",
            "culprit": f"shop.part{self.of(number)} in price", "permalink": f"https://acme.example/issues/{number}/",
            "level": "error", "status": "unresolved", "statusDetails": {}, "assignedTo": None, "annotations": [],
            "project": {"id": "2", "slug": "shop", "name": "Shop"}, "count": str(10 + again), "userCount": 3,
            "firstSeen": "2026-02-01T00:00:00Z", "lastSeen": _time(NEWEST_S - number * 60 + again * 100_000_000),
            "isUnhandled": True, "stats": {"24h": [[NEWEST_S - 3600, 4], [NEWEST_S, 6]]},
        }  # fmt: skip

    def of(self, number: int) -> int:
        """The error class of an issue."""
        return number % self.classes

    def event(self, number: int) -> dict[str, Any]:
        kind = self.of(number)
        frames = [
            {"function": "serve", "filename": "shop/serve.py", "lineNo": 12, "inApp": True, "module": "shop.serve",
             "context": [[12, "    return price(cart)"]]},
            {"function": "price", "filename": f"shop/part{kind}.py", "lineNo": 40, "inApp": True,
             "module": f"shop.part{kind}", "context": [[40, f"    return row['k{kind}']"]]},
        ]  # fmt: skip
        values = [{"type": "KeyError", "value": f"'k{kind}'", "stacktrace": {"frames": frames}}]
        entries = [{"type": "exception", "data": {"values": values}}]
        return {
            "eventID": f"{number:032x}", "dateCreated": "2026-03-01T10:00:00Z", "entries": entries,
            "platform": "python",
            "tags": [{"key": "environment", "value": "prod"}, {"key": "region", "value": f"r{number % 3}"}],
            "release": {"version": "2.14.0"}, "user": {"id": str(number % 7)},
        }  # fmt: skip

    def answer(self, path: str, query: dict[str, list[str]], base: str) -> tuple[int, Any, dict[str, str]]:
        if path == "/_counts":
            return 200, dict(self.asked), {}
        if path == "/_touch":
            for number in query["issue"]:
                self.touched[int(number)] = self.touched.get(int(number), 0) + 1
            return 200, {}, {}
        if path == ORG:
            self.asked["organization"] += 1
            return 200, {"slug": "acme", "links": {"organizationUrl": base, "regionUrl": base}}, {}
        parts = path.removeprefix(ORG).strip("/").split("/")
        if parts == ["issues"]:
            return self._list(query, base)
        if parts[0] == "issues" and len(parts) == 2:
            self.asked["issue"] += 1
            return 200, self.issue(int(parts[1])), {}
        if parts[0] == "issues" and parts[2] == "events":
            self.asked["events"] += 1
            event = self.event(int(parts[1]))
            return 200, event if len(parts) == 4 else [event], {}
        return 404, {"detail": "The requested resource does not exist"}, {}

    def _list(self, query: dict[str, list[str]], base: str) -> tuple[int, Any, dict[str, str]]:
        self.asked["list"] += 1
        order = sorted(range(1, self.issues + 1), key=lambda n: (-self.touched.get(n, 0), n))
        start = int((query.get("cursor") or ["0:0:0"])[0].split(":")[1])
        limit = min(int((query.get("limit") or ["100"])[0]), PAGE)
        more = "true" if start + limit < len(order) else "false"
        cursor = f"0:{start + limit}:0"
        link = (
            f'<{base}{ORG}issues/?cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1", '
            f'<{base}{ORG}issues/?cursor={cursor}>; rel="next"; results="{more}"; cursor="{cursor}"'
        )
        page = [self.issue(number) for number in order[start : start + limit]]
        return 200, page, {"Link": link, "X-Hits": str(len(order))}


def _time(seconds: int) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def serve(organization: Organization) -> ThreadingHTTPServer:
    """The server on a free port, answering in threads of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # headers and body in one packet: two would wait for each other's acknowledgement, 40 ms a request
        wbufsize = 65_536

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            base = f"http://127.0.0.1:{self.server.server_address[1]}"
            status, value, headers = organization.answer(parts.path, parse_qs(parts.query), base)
            body = json.dumps(value).encode()
            self.send_response(status)
            for name, text in {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the terminal."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that was killed has hung up; that is what it is for."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


if __name__ == "__main__":
    running = serve(Organization(int(sys.argv[1]), int(sys.argv[2])))
    sys.stdout.write(f"{running.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()
