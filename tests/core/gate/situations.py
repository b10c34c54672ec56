"""Situations with the verdict that is right, a few for each rule and next to each what only looks like it.

(rule, what happened, event, context, verdict). `human`: a human owns it or decided, so nothing may act.
"""

# ruff: noqa: E501

from __future__ import annotations

from typing import Any

NOW = "2026-03-02T10:00:00Z"
LIB = "/srv/.venv/lib/python3.12/site-packages/"


def crash(
    kind: str = "KeyError", value: str = "'sku'", *frames: tuple[str, str], line: str = "", **more: Any
) -> dict[str, Any]:
    """An unhandled exception; frames: (path, function), outermost first; line: source text of the innermost."""
    frames = frames or (("app/views.py", "handle"), ("app/cart/lines.py", "add"))
    rows = [
        {"filename": path.rsplit("site-packages/", 1)[-1], "abs_path": path if path[:1] == "/" else f"/srv/{path}",
         "function": function, "lineno": 10 + at, "in_app": "site-packages" not in path and "node_modules" not in path}
        for at, (path, function) in enumerate(frames)
    ]  # fmt: skip
    if line:
        rows[-1]["context_line"] = line
    mechanism = more.pop("mechanism", {"type": "generic", "handled": False})
    exception = {"type": kind, "value": value, "stacktrace": {"frames": rows}, "mechanism": mechanism}
    return {"event_id": "c" * 32, "timestamp": NOW, "exception": {"values": [exception]}, **more}


def asked(url: str, agent: str = "Mozilla/5.0") -> dict[str, Any]:
    return {"request": {"url": url, "method": "GET", "headers": [["User-Agent", agent]]}}


HANDLED = {"type": "logging", "handled": True}
REQUESTS = LIB + "requests/adapters.py"
REFUND = (("app/views.py", "refund"), ("app/payments/refund.py", "issue"))
PR = {"number": 12, "title": "Fix the cart", "author": "lena", "state": "open"}
STEADY = [4, 5, 4, 5, 4, 4]
S = list[tuple[str, str, dict[str, Any], dict[str, Any], str]]

PEOPLE: S = [
    ("human_word", "a human said fix over an assignee", crash(), {"assignee": "lena", "override": {"verdict": "fix", "by": "mira", "reason": "lena is away"}}, "fix"),
    ("human_word", "a human said ignore", crash(), {"override": {"verdict": "ignore", "by": "mira"}}, "ignore"),
    ("human_word", "no human said anything", crash(), {"override": None}, "fix"),
    ("already_have_a_case", "C-7 has it", crash(), {"case": "C-7"}, "wait"),
    ("already_have_a_case", "our own PR is open", crash(), {"prs": [{"number": 9, "state": "open", "author": "rootcase[bot]", "branch": "rootcase/c-1-x"}]}, "wait"),
    ("already_have_a_case", "our own PR was closed unmerged", crash(), {"prs": [{"number": 9, "state": "closed", "ours": True}]}, "fix"),
    ("already_have_a_case", "my own PR is open", crash(), {"me": "mira", "prs": [{"number": 9, "state": "open", "author": "mira"}]}, "wait"),
    ("already_have_a_case", "the other case is resolved", crash(), {"cases": [{"key": "C-3", "state": "resolved"}]}, "fix"),
    ("human_owns_it", "assigned to a person", crash(), {"assignee": {"name": "lena"}, "me": "mira"}, "wait"),
    ("human_owns_it", "assigned to me by mail address", crash(), {"assignee": {"email": "mira@acme.example"}, "me": "mira"}, "fix"),
    ("human_owns_it", "an ownership rule put lena there", crash(), {"assignee": {"name": "lena", "assigned_by": "ownership rule"}}, "fix"),
    ("human_owns_it", "a suspect commit put lena there", crash(), {"assignee": {"name": "lena", "assigned_via": "suspect commit"}}, "fix"),
    ("human_owns_it", "a bot assigned it to lena", crash(), {"assignee": "lena", "assigned_by": {"name": "triage", "bot": True}}, "fix"),
    ("human_owns_it", "paul assigned it to lena", crash(), {"assignee": {"name": "lena", "assigned_by": "paul"}}, "wait"),
    ("human_owns_it", "assigned to a team", crash(), {"assignee": "@acme/checkout"}, "fix"),
    ("human_owns_it", "a page that ken acknowledged", crash(), {"acknowledged_by": "ken", "me": "mira"}, "wait"),
    ("human_owns_it", "my page", crash(), {"page": {"name": "mira", "me": True}}, "fix"),
    ("human_owns_it", "a human's ticket", crash(), {"tickets": [{"key": "PAY-1", "status": "Open", "reporter": "lena"}]}, "wait"),
    ("human_owns_it", "a ticket as a bare key", crash(), {"tickets": ["PAY-1"]}, "wait"),
    ("human_owns_it", "a ticket that Rootcase filed", crash(), {"tickets": [{"key": "PAY-2", "status": "Open", "reporter": "Rootcase"}]}, "fix"),
    ("human_owns_it", "a closed ticket", crash(), {"tickets": [{"key": "PAY-3", "status": "Done", "reporter": "lena"}]}, "fix"),
    ("human_owns_it", "a ticket closed as won't do", crash(), {"tickets": [{"key": "PAY-3", "status": "Done", "resolution": "Won't Do", "reporter": "lena"}]}, "ignore"),
    ("human_owns_it", "a bot's ticket that lena took", crash(), {"tickets": [{"key": "PAY-4", "status": "To Do", "reporter": {"name": "sentry", "bot": True}, "assignee": "lena"}]}, "wait"),
    ("human_owns_it", "my ticket", crash(), {"me": ["mira"], "tickets": [{"key": "PAY-5", "assignee": "mira", "status": "In Progress"}]}, "fix"),
    ("human_owns_it", "an open PR of a person", crash(), {"pull_requests": [PR]}, "wait"),
    ("human_owns_it", "a draft PR of a person", crash(), {"pull_requests": [{**PR, "state": "draft"}]}, "wait"),
    ("human_owns_it", "a closed PR", crash(), {"pull_requests": [{**PR, "state": "closed"}]}, "fix"),
    ("human_owns_it", "a PR of dependabot", crash(), {"pull_requests": [{**PR, "author": "dependabot[bot]"}]}, "fix"),
    ("human_owns_it", "a branch of a person", crash(), {"branches": ["lena/fix-cart"]}, "wait"),
    ("human_owns_it", "a comment that takes it", crash(), {"comments": [{"author": "lena", "body": "I'm looking into this"}], "me": "mira"}, "wait"),
    ("human_owns_it", "a comment that only remarks", crash(), {"comments": [{"author": "lena", "body": "started after the deploy"}]}, "fix"),
    ("human_owns_it", "a comment that gives it up", crash(), {"comments": [{"author": "lena", "body": "I can't look at this, someone else please"}]}, "fix"),
    ("human_owns_it", "a bot's comment", crash(), {"comments": [{"author": "linear-bot", "body": "looking into it"}]}, "fix"),
    ("human_owns_it", "archived by a human", crash(), {"status": "ignored", "status_by": "lena"}, "ignore"),
    ("human_owns_it", "archived by a rule of the source", crash(), {"status": "archived", "status_by": {"name": "auto-archive", "bot": True}}, "fix"),
]  # fmt: skip

FIXED: S = [
    ("fixed_on_head", "merged, no deploy since", crash(), {"prs": [{**PR, "state": "closed", "merged": True, "merged_at": "2026-03-02T08:00:00Z"}], "deploys": [{"version": "4.1", "at": "2026-03-01T08:00:00Z"}]}, "wait"),
    ("fixed_on_head", "merged, not deployed by its own word", crash(), {"prs": [{**PR, "state": "merged", "deployed": False}]}, "wait"),
    ("fixed_on_head", "merged and deployed, events go on: a regression", crash(), {"prs": [{**PR, "state": "merged", "merged_at": "2026-02-25T08:00:00Z"}], "deploys": [{"version": "4.1", "at": "2026-02-26T08:00:00Z"}], "last_seen": NOW}, "fix"),
    ("fixed_on_head", "merged and deployed an hour ago, nothing since", crash(), {"prs": [{**PR, "state": "merged", "merged_at": "2026-03-02T10:30:00Z"}], "deploys": [{"version": "4.1", "at": "2026-03-02T11:00:00Z"}], "last_seen": NOW, "now": "2026-03-02T12:00:00Z"}, "wait"),
    ("fixed_on_head", "changed on HEAD", crash(), {"head": {"status": "changed", "commit": "b81f0d3"}}, "wait"),
    ("fixed_on_head", "the line only moved on HEAD", crash(), {"head": {"status": "moved"}}, "fix"),
    ("fixed_on_head", "resolved in the next release", crash(), {"status": "resolved", "substatus": "in_next_release"}, "wait"),
    ("fixed_on_head", "resolved, then back", crash(), {"status": "resolved", "resolved_at": "2026-03-01T10:00:00Z", "last_seen": NOW}, "fix"),
    ("fixed_on_head", "merged and deployed by its own word, still seen", crash(), {"prs": [{**PR, "state": "merged", "deployed": True, "merged_at": "2026-02-20T00:00:00Z"}], "last_seen": NOW}, "fix"),
]  # fmt: skip

NOTHING: S = [
    ("upstream_or_network", "a provider is gone", crash("ConnectTimeout", "HTTPSConnectionPool(host='api.payfast.example', port=443): Max retries exceeded", ("app/pay.py", "ask"), (REQUESTS, "send")), {"counts": STEADY}, "ignore"),
    ("upstream_or_network", "a provider's name does not resolve, in node", crash("Error", "getaddrinfo ENOTFOUND api.maps.example", ("src/geo.ts", "lookup"), platform="node"), {}, "ignore"),
    ("upstream_or_network", "a provider's host, from Go", crash("*url.Error", 'Get "https://rates.example/v1": dial tcp 203.0.113.4:443: i/o timeout', ("internal/fx/rates.go", "Fetch"), platform="go"), {}, "ignore"),
    ("upstream_or_network", "our own service times out", crash("ReadTimeout", "HTTPConnectionPool(host='stock-service', port=80): Read timed out.", ("app/stock.py", "level"), (REQUESTS, "send")), {"services": ["stock"]}, "investigate"),
    ("upstream_or_network", "a host of our own domain times out", crash("ReadTimeout", "https://stock.shop.example/level: Read timed out", ("app/stock.py", "level"), (REQUESTS, "send"), **asked("https://www.shop.example/cart")), {}, "investigate"),
    ("upstream_or_network", "our database does not answer", crash("OperationalError", 'could not connect to server: Connection refused\n\tIs the server running on host "db-1.prod.internal" (10.0.0.3) and accepting', ("app/db.py", "connect")), {}, "investigate"),
    ("upstream_or_network", "no timeout on our side", crash("ConnectionError", "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response')) https://api.fx.example/v1", ("app/fx.py", "rates"), line="    return requests.get(RATES_URL).json()"), {}, "ticket"),
    ("upstream_or_network", "the provider refuses our request: our fault", crash("HTTPError", "400 Client Error: Bad Request for url: https://api.fx.example/v1", ("app/fx.py", "rates")), {}, "fix"),
    ("client_left", "a client hung up", crash("ClientDisconnect", "", (LIB + "starlette/requests.py", "stream")), {"counts": STEADY}, "ignore"),
    ("client_left", "a cancelled request", crash("CancelledError", "", ("app/api.py", "export"), (LIB + "uvicorn/protocols/http/h11_impl.py", "run_asgi")), {}, "ignore"),
    ("client_left", "context canceled, in Go", crash("*errors.errorString", "context canceled", ("internal/api/export.go", "Serve"), platform="go"), {}, "ignore"),
    ("client_left", "more and more clients hang up", crash("BrokenPipeError", "[Errno 32] Broken pipe", (LIB + "gunicorn/http/wsgi.py", "write")), {"counts": [2, 4, 8, 16, 32, 64]}, "investigate"),
    ("client_left", "a broken pipe to a program that we started", crash("BrokenPipeError", "[Errno 32] Broken pipe", ("app/convert.py", "feed")), {}, "fix"),
    ("not_a_user", "a probe for .env", crash("Http404", "", (LIB + "django/urls/resolvers.py", "resolve"), **asked("https://shop.example/.env")), {}, "ignore"),
    ("not_a_user", "a crawler sends a bad host", crash("DisallowedHost", "Invalid HTTP_HOST header", (LIB + "django/http/request.py", "get_host"), **asked("https://1.2.3.4/", "Googlebot/2.1")), {}, "ignore"),
    ("not_a_user", "a scanner finds a 500 of ours", crash("TypeError", "can only concatenate str", **asked("https://shop.example/find?q='", "nikto/2.5")), {}, "fix"),
    ("not_a_user", "a browser extension", crash("TypeError", "x is undefined", ("chrome-extension://abcd/inject.js", "run"), platform="javascript"), {}, "ignore"),
    ("not_a_user", "a person meets a 404 handler that crashes", crash("KeyError", "'page'", **asked("https://shop.example/p/9")), {}, "fix"),
    ("handled_and_harmless", "a caught warning, steady", crash("CacheMiss", "rates", level="warning", mechanism=HANDLED), {"counts": STEADY}, "ignore"),
    ("handled_and_harmless", "an info note", crash("RateStale", "rates", level="info", mechanism={"type": "generic", "handled": True}), {}, "ignore"),
    ("handled_and_harmless", "a caught warning that doubles every hour", crash("CacheMiss", "rates", level="warning", mechanism=HANDLED), {"counts": [2, 4, 8, 16, 32, 64]}, "fix"),
    ("handled_and_harmless", "a caught warning that many users meet", crash("CacheMiss", "rates", level="warning", mechanism=HANDLED), {"counts": STEADY, "users": 240}, "fix"),
    ("handled_and_harmless", "handled, but an error", crash("CacheMiss", "rates", level="error", mechanism=HANDLED), {"counts": STEADY}, "fix"),
    ("handled_and_harmless", "a task that will be tried again", crash("Retry", "Retry in 30s", ("app/tasks.py", "send")), {}, "ignore"),
]  # fmt: skip

TICKETS: S = [
    ("environment_cause", "disk full, in node", crash("Error", "ENOSPC: no space left on device, write", ("src/export.js", "save")), {}, "ticket"),
    ("environment_cause", "heap of the JVM", crash("java.lang.OutOfMemoryError", "Java heap space", ("com/acme/Export.java", "run")), {}, "ticket"),
    ("environment_cause", "a store asks for fewer requests", crash("ClientError", "An error occurred (SlowDown) when calling the PutObject operation: Please reduce your request rate.", ("app/storage.py", "put")), {}, "ticket"),
    ("environment_cause", "our own limiter refused", crash("RateLimitExceeded", "429: 100 per 1 minute", ("app/limits.py", "check")), {}, "ticket"),
    ("environment_cause", "a class that is named for a rate", crash("AttributeError", "'RateLimiter' object has no attribute 'window'", ("app/limits.py", "check")), {}, "fix"),
    ("environment_cause", "pool exhausted", crash("TimeoutError", "QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00", ("app/db.py", "session")), {}, "ticket"),
    ("environment_cause", "expired certificate", crash("SSLError", "certificate verify failed: certificate has expired", ("app/fx.py", "rates")), {}, "ticket"),
    ("environment_cause", "missing table", crash("ProgrammingError", 'relation "gift_cards" does not exist', ("app/gifts.py", "load")), {}, "ticket"),
    ("environment_cause", "missing variable", crash("KeyError", "'SEARCH_URL'", ("app/search.py", "client"), line='    url = os.environ["SEARCH_URL"]'), {}, "ticket"),
    ("environment_cause", "a key that is no variable", crash("KeyError", "'SEARCH_URL'", ("app/search.py", "client"), line='    url = options["SEARCH_URL"]'), {}, "fix"),
    ("environment_cause", "refused credentials", crash("OperationalError", 'FATAL: password authentication failed for user "shop"', ("app/db.py", "session")), {}, "ticket"),
    ("environment_cause", "a provider's limit", crash("RateLimitError", "429 Too Many Requests", ("app/llm.py", "ask")), {}, "ticket"),
    ("environment_cause", "order number 429 is missing", crash("LookupError", "order 429 not in the batch", ("app/batch.py", "pick")), {}, "fix"),
    ("data_repair", "two rows where one should be", crash("MultipleObjectsReturned", "get() returned more than one Basket -- it returned 2!", ("app/basket.py", "current")), {}, "ticket"),
    ("data_repair", "a broken stored record", crash("ValueError", "checksum mismatch in row 81", ("app/archive.py", "load")), {}, "ticket"),
    ("data_repair", "a bad value from the user", crash("ValueError", "invalid literal for int() with base 10: 'x'", ("app/forms.py", "parse")), {}, "fix"),
    ("customer_communication", "customers were charged twice", {"event_id": "d" * 32, "timestamp": NOW, "level": "error", "logentry": {"message": "Customers report being charged twice"}}, {}, "ticket"),
    ("customer_communication", "a double-charge guard crashed", crash("KeyError", "'charged twice'", ("app/guards.py", "once")), {}, "fix"),
    ("product_work", "never built", crash("NotImplementedError", "exports are not supported yet for gift cards", ("app/export.py", "rows")), {}, "ticket"),
    ("product_work", "an abstract method is called: a bug", crash("NotImplementedError", "", ("app/export.py", "rows")), {}, "fix"),
    ("code_not_ours", "only library frames", crash("AttributeError", "no width", (LIB + "reportlab/doc.py", "build")), {}, "ticket"),
    ("code_not_ours", "only library frames, in node, whatever in_app says", crash("TypeError", "x", ("/srv/node_modules/@acme-vendor/sdk/dist/index.js", "call")), {}, "ticket"),
    ("code_not_ours", "a library crashed on what we gave it", crash("AttributeError", "no width", ("app/pdf.py", "render"), (LIB + "reportlab/doc.py", "build")), {}, "fix"),
    ("code_not_ours", "another team's folder", crash("KeyError", "'x'", ("app/search/rank.py", "rank")), {"owners": {"app/search/": "@acme/search"}, "teams": ["@acme/checkout"]}, "ticket"),
    ("code_not_ours", "my own team's folder", crash("KeyError", "'x'", ("app/search/rank.py", "rank")), {"owners": {"app/search/": "@acme/search"}, "teams": ["search"]}, "fix"),
]  # fmt: skip

CAREFUL: S = [
    ("product_sensitive", "refunds", crash("KeyError", "'amount'", *REFUND), {}, "wait"),
    ("product_sensitive", "roles, by the symbol", crash("KeyError", "'id'", ("app/users.py", "grant_role")), {}, "wait"),
    ("product_sensitive", "a migration script", crash("KeyError", "'id'", ("db/migrations/0042_split.py", "forwards")), {}, "wait"),
    ("product_sensitive", "authors are no auth", crash("KeyError", "'id'", ("app/authors.py", "author_page")), {}, "fix"),
    ("product_sensitive", "a test file of payments", crash("KeyError", "'amount'", ("tests/payments/test_refund.py", "test_issue")), {}, "fix"),
    ("product_sensitive", "a configured path", crash("KeyError", "'amount'", ("app/loyalty/points.py", "redeem")), {"product_sensitive": ["app/loyalty/**"]}, "wait"),
    ("product_sensitive", "the owner agreed on the ticket", crash("KeyError", "'amount'", *REFUND), {"owners": ["olga"], "comments": [{"by": "olga", "text": "ok to fix, thanks"}]}, "fix"),
    ("product_sensitive", "somebody else agreed", crash("KeyError", "'amount'", *REFUND), {"owners": ["olga"], "comments": [{"by": "paul", "text": "go ahead"}]}, "wait"),
    ("product_sensitive", "the owner said no", crash("KeyError", "'amount'", *REFUND), {"owners": ["olga"], "comments": [{"by": "olga", "text": "please wait, not yet"}]}, "wait"),
    ("product_sensitive", "the owner's word here", crash("KeyError", "'amount'", *REFUND), {"owners": {"payments": "olga"}, "approvals": [{"by": "olga"}]}, "fix"),
    ("weak_evidence", "a message without a stack", {"event_id": "e" * 32, "timestamp": NOW, "level": "error", "logentry": {"message": "sync failed"}}, {}, "investigate"),
    ("weak_evidence", "an exception without frames", {"event_id": "e" * 32, "timestamp": NOW, "exception": {"values": [{"type": "KeyError", "value": "'x'"}]}}, {}, "investigate"),
    ("weak_evidence", "minified frames", crash("TypeError", "x is undefined", ("https://shop.example/static/main.8f3ac1d2.js", "n"), platform="javascript"), {}, "investigate"),
    ("weak_evidence", "one event, but a whole stack", crash(), {"events": 1}, "fix"),
]  # fmt: skip

SITUATIONS = PEOPLE + FIXED + NOTHING + TICKETS + CAREFUL
