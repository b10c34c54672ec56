"""Twenty-five situations as an on-call engineer remembers them, written before the rules that judge them.

Each is (what happened, the event in a source's shape, what is known around it, the verdicts that are right).
"""

# ruff: noqa: E501

from __future__ import annotations

from typing import Any

NOW = "2026-03-02T10:00:00Z"


def _exc(kind: str, value: str, *frames: tuple[str, str, int], **more: Any) -> dict[str, Any]:
    rows = [
        {"filename": path, "function": function, "lineno": line, "in_app": "site-packages" not in path
         and "node_modules" not in path, "abs_path": path if path.startswith("/") else f"/srv/{path}"}
        for path, function, line in frames
    ]  # fmt: skip
    exception = {"type": kind, "value": value, "stacktrace": {"frames": rows}}
    if "mechanism" in more:
        exception["mechanism"] = more.pop("mechanism")
    return {"event_id": "a" * 32, "timestamp": NOW, "exception": {"values": [exception]}, **more}


VIEW = ("app/views.py", "handle", 40)

ONCALL: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("03:10, a plain TypeError in the cart since the evening's release",
     _exc("TypeError", "unsupported operand type(s) for +: 'NoneType' and 'int'", VIEW, ("app/cart/totals.py", "add", 12)),
     {"now": NOW, "counts": [0, 0, 1, 8, 20, 33], "users": 41,
      "deploys": [{"release": "5.1.0", "at": "2026-03-02T06:40:00Z"}], "first_seen": "2026-03-02T06:52:00Z"}, "fix"),
    ("Tomás took it in Sentry an hour ago", _exc("KeyError", "'sku'", VIEW),
     {"assignee": "tomas", "me": "mira"}, "wait"),
    ("Sentry's ownership rule put the team on it, no person", _exc("KeyError", "'sku'", VIEW),
     {"assignee": {"name": "#team-storefront", "type": "team"}, "me": "mira"}, "fix"),
    ("PagerDuty woke me, it is on me", _exc("KeyError", "'sku'", VIEW),
     {"assignee": {"name": "Mira Holt", "me": True}}, "fix"),
    ("the ticket bot opened a Jira for it, nobody in it", _exc("ValueError", "bad date", VIEW),
     {"tickets": [{"key": "OPS-88", "status": "To Do", "reporter": {"name": "sentry-jira", "bot": True}}]}, "fix"),
    ("Ines has a Jira in progress", _exc("ValueError", "bad date", VIEW),
     {"tickets": [{"key": "OPS-89", "status": "In Progress", "assignee": "ines"}], "me": "mira"}, "wait"),
    ("fix merged last night, deploy train leaves at noon", _exc("ValueError", "bad date", VIEW, release="5.0.9"),
     {"pull_requests": [{"number": 701, "state": "merged", "author": "ines", "merged_at": "2026-03-01T22:00:00Z"}],
      "deploys": [{"release": "5.0.9", "at": "2026-02-27T09:00:00Z"}], "now": NOW}, "wait"),
    ("fix deployed on Friday, it still happens", _exc("ValueError", "bad date", VIEW, release="5.1.0"),
     {"pull_requests": [{"number": 701, "state": "merged", "author": "ines", "merged_at": "2026-02-26T22:00:00Z"}],
      "deploys": [{"release": "5.1.0", "at": "2026-02-27T09:00:00Z"}], "last_seen": NOW, "now": NOW}, "fix"),
    ("the card processor is down, 503 from everywhere",
     _exc("HTTPError", "503 Server Error: Service Unavailable for url: https://api.cardlink.example/v2/charges",
          ("app/checkout/card.py", "charge", 55), ("/srv/.venv/lib/python3.12/site-packages/requests/models.py", "raise_for_status", 1021)),
     {"counts": [0, 0, 40, 300, 310, 290], "me": "mira"}, "ignore"),
    ("inventory, our own service, times out",
     _exc("ReadTimeout", "HTTPConnectionPool(host='inventory', port=8080): Read timed out. (read timeout=3)",
          ("app/stock.py", "level", 19), ("/srv/.venv/lib/python3.12/site-packages/urllib3/connectionpool.py", "_raise_timeout", 369)),
     {"services": ["inventory", "storefront"]}, "investigate fix ticket"),
    ("users close the tab during the export", _exc("BrokenPipeError", "[Errno 32] Broken pipe",
          ("/usr/lib/python3.12/site-packages/gunicorn/http/wsgi.py", "write", 326)), {"counts": [4, 3, 5, 4, 4, 3]}, "ignore"),
    ("somebody scans for wp-login", _exc("NotFound", "404 Not Found: /wp-login.php",
          ("/srv/.venv/lib/python3.12/site-packages/werkzeug/routing/map.py", "match", 600),
          request={"url": "https://shop.example/wp-login.php", "method": "GET", "headers": [["User-Agent", "Mozilla/5.0 zgrab/0.x"]]}), {}, "ignore"),
    ("a security scanner found a real 500 in search", _exc("IndexError", "list index out of range", VIEW, ("app/search/query.py", "parse", 31),
          request={"url": "https://shop.example/search?q=%27", "method": "GET", "headers": [["User-Agent", "sqlmap/1.7"]]},
          mechanism={"type": "wsgi", "handled": False}), {}, "fix"),
    ("cache miss warning that we log ourselves", _exc("CacheMiss", "rates", ("app/rates.py", "get", 8), level="warning",
          mechanism={"type": "logging", "handled": True}), {"counts": [3, 2, 3, 3, 2, 3], "users": 0}, "ignore"),
    ("the same warning doubling each hour since the deploy", _exc("CacheMiss", "rates", ("app/rates.py", "get", 8), level="warning",
          mechanism={"type": "logging", "handled": True}), {"counts": [3, 6, 12, 25, 49, 101]}, "fix investigate"),
    ("disk of the worker is full", _exc("OSError", "[Errno 28] No space left on device: '/var/spool/export.csv'", ("app/export.py", "write", 77)), {}, "ticket"),
    ("new release, migration did not run", _exc("UndefinedColumn", 'column orders.gift_note does not exist', ("app/orders/store.py", "load", 60)), {}, "ticket"),
    ("secret was not mounted in the new region", _exc("KeyError", "'SEARCH_API_TOKEN'", ("app/search/client.py", "connect", 11), ("/usr/lib/python3.12/os.py", "__getitem__", 685)), {}, "ticket"),
    ("certificate of the partner gateway ran out", _exc("SSLCertVerificationError", "certificate verify failed: certificate has expired (_ssl.c:1006)", ("app/partners/gateway.py", "send", 30)), {}, "ticket"),
    ("crash deep in pdf library, none of our code on the stack", _exc("AttributeError", "'NoneType' object has no attribute 'width'",
          ("/srv/.venv/lib/python3.12/site-packages/reportlab/platypus/doctemplate.py", "build", 400)), {}, "ticket"),
    ("KeyError in the refund code", _exc("KeyError", "'amount'", VIEW, ("app/billing/refund.py", "issue_refund", 90)), {}, "wait"),
    ("the refunds owner said go ahead on the ticket", _exc("KeyError", "'amount'", VIEW, ("app/billing/refund.py", "issue_refund", 90)),
     {"owners": ["olga"], "comments": [{"by": "olga", "where": "BILL-7", "text": "Go ahead, the fallback must stay EUR."}]}, "fix"),
    ("only a log line, no stack", {"event_id": "b" * 32, "timestamp": NOW, "level": "error", "logentry": {"message": "order sync failed"}}, {}, "investigate"),
    ("archived by the lead on purpose", _exc("ValueError", "bad date", VIEW), {"status": "archived", "status_by": "lead.karin"}, "ignore"),
    ("provider answers 429 since the campaign started", _exc("HTTPError", "429 Client Error: Too Many Requests for url: https://api.geo.example/lookup",
          ("app/geo.py", "lookup", 21)), {"counts": [0, 10, 60, 200]}, "ticket"),
]  # fmt: skip
