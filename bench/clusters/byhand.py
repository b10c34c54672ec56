"""A small second set, written by hand and apart from the generator: what real services do to a stack trace."""

# ruff: noqa: E501 - traces and tables read better in one line

from __future__ import annotations

import json
from collections.abc import Iterator

Frames = list[tuple[str, str, int, str]]
Row = tuple[str, str, object]


def sdk(
    kind: str,
    said: str,
    frames: Frames,
    *,
    release: str = "",
    before: list[tuple[str, str, Frames]] | None = None,
    root: str = "/srv/app/",
    **more: object,
) -> Row:
    """(path, function, line, source) outermost first."""
    chain = [*(before or []), (kind, said, frames)]
    return "", "sentry", {
        "exception": {"values": [_value(k, s, f, root, n > 0) for n, (k, s, f) in enumerate(chain)]}, "release": release, "platform": "python", **more,
    }  # fmt: skip


def _value(kind: str, said: str, frames: Frames, root: str, later: bool) -> dict[str, object]:
    module, _, short = kind.rpartition(".")
    out = []
    for path, function, line, source in frames:
        library = path.startswith("/")
        name = path.split("site-packages/")[-1] if library else path
        out.append({
            "function": function, "filename": name, "abs_path": path if library else root + path, "lineno": line, "in_app": not library,
            "module": name.removesuffix(".py").replace("/", "."), "context_line": f"    {source}" if source else None,
            "pre_context": [f"    before({line})"], "post_context": [f"    after({line})"],
        })  # fmt: skip
    return {"type": short, "module": module or None, "value": said, "mechanism": {"type": "chained", "source": "__cause__"} if later else None,
            "stacktrace": {"frames": out}}  # fmt: skip


def log(text: str, service: str = "") -> Row:
    return "", "log", {"text": text, **({"service": service} if service else {})}


def dog(kind: str, said: str, stack: str, service: str, message: str = "", **more: object) -> Row:
    return (
        "",
        "datadog",
        {
            "attributes": {
                "service": service,
                "message": message or said,
                "attributes": {"error": {"kind": kind, "message": said, "stack": stack}, **more},
            }
        },
    )


def py(kind: str, said: str, frames: Frames, root: str = "/srv/app/") -> str:
    lines = ["Traceback (most recent call last):"]
    for path, function, line, source in frames:
        lines += [
            f'  File "{path if path.startswith("/") else root + path}", line {line}, in {function}',
            f"    {source}",
        ]
    return "\n".join([*lines, f"{kind}: {said}" if said else kind])


LIB = "/usr/local/lib/python3.12/site-packages/"
WEB: Frames = [
    (LIB + "starlette/routing.py", "app", 71, "await func(request)"),
    ("app/middleware.py", "dispatch", 20, "return await call_next(request)"),
]
JOB: Frames = [
    (LIB + "celery/app/trace.py", "trace_task", 477, "R = retval = fun(*args)"),
    ("app/worker.py", "run_task", 9, "return task(**kwargs)"),
]


def view(path: str, function: str, source: str) -> Frames:
    return [*WEB, (path, function, 33, source)]


CHECK = ("app/clients/base.py", "check_response", 18, "raise UpstreamError(response.status, response.url)")
SAVE = [
    ("app/db.py", "save", 30, "session.commit()"),
    (LIB + "sqlalchemy/orm/session.py", "commit", 2000, "trans.commit()"),
]
GUARD = ("app/guards.py", "require_role", 12, 'raise Forbidden("this role may not do that")')


def rows() -> Iterator[tuple[str, Row]]:
    """(bug, row)."""
    # A checker that two clients share; each client is a fault of its own, whatever the status.
    for status in (404, 410, 422):
        for bug, path, function in (
            ("rates-client", "app/clients/rates.py", "latest"),
            ("users-client", "app/clients/users.py", "by_id"),
        ):
            outer = (
                view("app/views.py", f"show_{status}", f"return {function}(x)") if status != 422 else [*JOB]
            )
            yield (
                bug,
                sdk(
                    "app.errors.UpstreamError",
                    f"HTTP {status} for https://{function}.example/v1/{function}/{status}9",
                    [*outer, (path, function, 40, "return check_response(self.get(url))"), CHECK],
                ),
            )
    yield (
        "rates-client",
        log(
            py(
                "app.errors.UpstreamError",
                "HTTP 404 for https://latest.example/v1/latest/7712",
                [*JOB, ("app/clients/rates.py", "latest", 41, "return check_response(self.get(url))"), CHECK],
            ),
            "api",
        ),
    )

    # One function with two divisions; both lines stand in every release.
    for release, shift in (("1.0", 0), ("1.1", 7), ("1.2", 30)):
        for bug, source, line in (
            ("mean", "mean = total / count", 50),
            ("spread", "spread = (high - low) / steps", 54),
        ):
            yield (
                bug,
                sdk(
                    "ZeroDivisionError",
                    "division by zero",
                    [
                        *view("app/stats.py", "summary", "return summarise(rows)"),
                        ("app/stats.py", "summarise", line + shift, source),
                    ],
                    release=release,
                ),
            )
    yield (
        "mean",
        log(
            py(
                "ZeroDivisionError",
                "division by zero",
                [
                    ("app/jobs.py", "nightly", 3, "summarise(x)"),
                    ("app/stats.py", "summarise", 57, "mean = total / count"),
                ],
            )
        ),
    )

    # Unique violations through one `save`: the constraint is what differs.
    for bug, constraint, caller in (
        ("dup-email", "users_email_key", "register"),
        ("dup-sku", "items_sku_key", "add_item"),
    ):
        for n, outer in ((17, WEB), (92113, JOB)):
            said = f'(psycopg2.errors.UniqueViolation) duplicate key value violates unique constraint "{constraint}"\nDETAIL:  Key (x)=({n}) already exists.'
            yield (
                bug,
                sdk(
                    "sqlalchemy.exc.IntegrityError",
                    said,
                    [*outer, (f"app/{caller}.py", caller, 8, "save(row)"), *SAVE],
                ),
            )  # type: ignore[list-item]

    # A guard with one message for all; two routes that lack the role are two faults.
    for outer in (WEB, JOB):
        yield (
            "delete-forbidden",
            sdk(
                "app.errors.Forbidden",
                "this role may not do that",
                [*outer, ("app/admin.py", "delete_user", 5, "require_role(user, role)"), GUARD],
            ),
        )
        yield (
            "export-forbidden",
            sdk(
                "app.errors.Forbidden",
                "this role may not do that",
                [*outer, ("app/billing/export.py", "export", 8, "require_role(user, role)"), GUARD],
            ),
        )

    # One fault behind many doors, one of them deeper.
    leaf = ("app/pricing.py", "unit_price", 61, "return table[sku].net / table[sku].units")
    for outer in (
        view("app/views.py", "cart", "cart_total(cart)"),
        [*JOB],
        [("app/cli.py", "main", 4, "reprice()"), ("app/reprice.py", "reprice", 20, "unit_price(sku)")],
    ):
        yield "unit-price", sdk("AttributeError", "'NoneType' object has no attribute 'net'", [*outer, leaf])
    yield (
        "unit-price",
        sdk(
            "app.errors.PriceError",
            "no price for A-1",
            [*WEB, ("app/quote.py", "quote", 9, 'raise PriceError(f"no price for {sku}") from error')],
            before=[
                (
                    "AttributeError",
                    "'NoneType' object has no attribute 'net'",
                    [("app/quote.py", "quote", 7, "unit_price(sku)"), leaf],
                )
            ],
        ),
    )
    yield (
        "unit-price",
        dog(
            "app.errors.PriceError",
            "no price for B-2",
            py(
                "AttributeError",
                "'NoneType' object has no attribute 'net'",
                [("app/quote.py", "quote", 7, "unit_price(sku)"), leaf],
            )
            + "\n\nThe above exception was the direct cause of the following exception:\n\n"
            + py(
                "app.errors.PriceError",
                "no price for B-2",
                [*WEB, ("app/quote.py", "quote", 9, 'raise PriceError(f"no price for {sku}") from error')],
            ),
            "api",
        ),
    )

    # Renamed in the second release, and moved in the third; the lines around stay.
    for release, path, function in (
        ("1", "app/tax.py", "vat"),
        ("2", "app/tax.py", "vat_rate"),
        ("3", "app/money/tax.py", "vat_rate"),
    ):
        row = sdk(
            "LookupError",
            "no rate",
            [*WEB, (path, function, 12, "raise LookupError('no rate')")],
            release=release,
        )
        frame = row[2]["exception"]["values"][0]["stacktrace"]["frames"][-1]  # type: ignore[index]
        frame["pre_context"] = ["    rate = RATES.get(country)", "    if rate is None and strict:"]
        frame["post_context"] = ["    return rate or default_rate(country)", ""]
        yield "vat", row
        yield "vat", row

    # Two services from one template: the same module and function names, other code.
    for service, root, source in (
        ("ledger", "/srv/ledger/", "total = sum(entry.amount for entry in entries)"),
        ("fleet", "/srv/fleet/", "total = sum(trip.km for trip in trips)"),
    ):
        frames: Frames = [
            ("service/handlers.py", "handle", 8, "return build(request)"),
            ("service/build.py", "build", 14, source),
        ]
        for n in (1, 2):
            yield (
                f"build-{service}",
                dog(
                    "TypeError",
                    "unsupported operand type(s) for +: 'int' and 'NoneType'",
                    py("TypeError", "unsupported operand type(s) for +: 'int' and 'NoneType'", frames, root),
                    service,
                    f"request {n} failed",
                ),
            )
        yield (
            f"build-{service}",
            sdk("TypeError", "unsupported operand type(s) for +: 'int' and 'NoneType'", frames, root=root),
        )

    # One host down, met by three clients with three libraries; another host is another outage.
    pool = "HTTPConnectionPool(host='search.internal', port=9200): Max retries exceeded with url: /items/_search (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f2a>: Failed to establish a new connection: [Errno 111] Connection refused'))"
    for n, (kind, said) in enumerate(
        (
            ("requests.exceptions.ConnectionError", pool),
            (
                "aiohttp.ClientConnectorError",
                "Cannot connect to host search.internal:9200 ssl:default [Connect call failed ('10.0.3.7', 9200)]",
            ),
            (
                "elastic_transport.ConnectionError",
                "Connection error caused by: ConnectionError(Connection refused: http://search.internal:9200)",
            ),
        )
    ):
        yield "search-down", sdk(kind, said, [*WEB, (f"app/find{n}.py", f"find{n}", 7, "client.search(q)")])
    yield (
        "redis-down",
        sdk(
            "redis.exceptions.ConnectionError",
            "Error 111 connecting to cache-1.internal:6379. Connection refused.",
            [*WEB, ("app/cache.py", "get", 7, "client.get(key)")],
        ),
    )
    yield (
        "redis-down",
        sdk(
            "redis.exceptions.ConnectionError",
            "Error 111 connecting to cache-1.internal:6379. Connection refused.",
            [*JOB, ("app/locks.py", "take", 7, "client.set(key)")],
        ),
    )
    yield (
        "redis-down",
        log(
            "2026-02-02 10:00:00 ERROR redis.exceptions.ConnectionError: Error 111 connecting to cache-1.internal:6379. Connection refused.",
            "api",
        ),
    )

    # Two slow endpoints of one host; the library's message names the host alone.
    for bug, function in (("slow-quotes", "quotes"), ("slow-orders", "place")):
        for outer in (WEB, JOB):
            yield (
                bug,
                sdk(
                    "requests.exceptions.ReadTimeout",
                    "HTTPSConnectionPool(host='broker.example', port=443): Read timed out. (read timeout=5)",
                    [
                        *outer,
                        (
                            "app/broker.py",
                            function,
                            20 if bug == "slow-quotes" else 31,
                            f"return self.http.get(f'/{function}')",
                        ),
                        (LIB + "requests/adapters.py", "send", 700, "raise ReadTimeout(e)"),
                    ],
                ),
            )

    # Missing columns are told apart by their name, a pool by its service's package.
    for column in ("orders.note", "users.locale"):
        for n in (1, 2):
            yield (
                f"column-{column}",
                sdk(
                    "sqlalchemy.exc.ProgrammingError",
                    f"(psycopg2.errors.UndefinedColumn) column {column} does not exist\nLINE 1: SELECT",
                    [*WEB, (f"app/repo{n}.py", f"all{n}", 7, "session.execute(q)")],
                ),
            )
    yield (
        "disk",
        sdk(
            "OSError",
            "[Errno 28] No space left on device: '/data/a.tmp'",
            [*WEB, ("app/files.py", "put", 7, "f.write(b)")],
        ),
    )
    yield "disk", log("OSError: [Errno 28] No space left on device", "api")

    # Minified in one release (no source maps), whole in others.
    for n, col in ((1, 48211), (2, 51002)):
        yield "js-total", ("", "sentry", {"platform": "javascript", "exception": {"values": [{"type": "TypeError", "value": "Cannot read properties of undefined (reading 'grandTotal')", "stacktrace": {"frames": [
            {"function": "Nt", "filename": f"/static/js/main.{n}a9c31.js", "abs_path": f"https://x.example/static/js/main.{n}a9c31.js", "lineno": 2, "colno": col}]}}]}})  # fmt: skip
    yield (
        "js-total",
        log(
            "TypeError: Cannot read properties of undefined (reading 'grandTotal')\n    at Summary.render (webpack://shop/./src/summary/Summary.jsx:40:17)\n    at renderRoot (webpack://shop/./node_modules/react-dom/index.js:1:1)",
            "web",
        ),
    )
    yield (
        "js-total",
        log(
            'TypeError: can\'t access property "grandTotal", this.props.order is undefined\nrender@webpack://shop/./src/summary/Summary.jsx:40:17\nrenderRoot@webpack://shop/./node_modules/react-dom/index.js:1:1',
            "web",
        ),
    )
    yield (
        "js-vat",
        log(
            "TypeError: undefined is not an object (evaluating 'order.vatId')\nvat@https://x.example/src/summary/vat.js:4:11\nsummary@https://x.example/src/summary/Summary.jsx:50:17",
            "web",
        ),
    )
    yield (
        "js-vat",
        log(
            "Uncaught TypeError: Cannot read properties of undefined (reading 'vatId')\n    at vat (https://x.example/src/summary/vat.js:4:11)",
            "web",
        ),
    )

    # Go: the same nil pointer as a panic in a log, and through the SDK.
    go = "panic: runtime error: invalid memory address or nil pointer dereference [recovered]\n\tpanic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x8 pc=0x6a]\n\ngoroutine 7 [running]:\nmain.recoverer.func1()\n\t/src/cmd/api/main.go:30 +0x8a\npanic({0x1, 0x2})\n\t/usr/local/go/src/runtime/panic.go:884 +0x212\ngithub.com/acme/api/cart.(*Cart).Sum(0x0)\n\t/src/cart/cart.go:77 +0x18\ngithub.com/acme/api/http.(*Server).checkout(0xc0, {0x7f})\n\t/src/http/server.go:41 +0x2a"
    yield "go-nil", log(go, "cart-api")
    yield "go-nil", ("", "sentry", {"platform": "go", "exception": {"values": [{"type": "runtime.errorString", "value": "invalid memory address or nil pointer dereference", "stacktrace": {"frames": [
        {"function": "(*Server).checkout", "module": "github.com/acme/api/http", "filename": "server.go", "abs_path": "/src/http/server.go", "lineno": 44, "in_app": True},
        {"function": "(*Cart).Sum", "module": "github.com/acme/api/cart", "filename": "cart.go", "abs_path": "/src/cart/cart.go", "lineno": 80, "in_app": True}]}}]}})  # fmt: skip
    yield (
        "go-map",
        log(
            go.replace(
                "invalid memory address or nil pointer dereference", "assignment to entry in nil map"
            ).replace("(*Cart).Sum(0x0)", "(*Cart).Add(0x0)"),
            "cart-api",
        ),
    )

    # Java: a wrapper with the same words around two causes.
    for bug, inner, line in (
        (
            "java-date",
            "java.time.format.DateTimeParseException: Text '{x}' could not be parsed at index 0\n\tat java.base/java.time.format.DateTimeFormatter.parse(DateTimeFormatter.java:2052)\n\tat com.acme.imports.Dates.parse(Dates.java:19)",
            40,
        ),
        (
            "java-bean",
            'java.lang.NullPointerException: Cannot invoke "com.acme.imports.Row.sku()" because "row" is null\n\tat com.acme.imports.Rows.key(Rows.java:71)',
            44,
        ),
    ):
        for value in ("n/a", "31.12.", "soon"):
            yield (
                bug,
                log(
                    f"2026-01-01 10:00:00.123 ERROR 1 --- [pool-1-thread-2] c.acme.imports.Importer : import failed\ncom.acme.imports.ImportException: line {len(value)} of file-{value}.csv\n\tat com.acme.imports.Importer.run(Importer.java:{line})\n\tat java.base/java.lang.Thread.run(Thread.java:1583)\nCaused by: {inner.format(x=value)}\n\tat com.acme.imports.Importer.run(Importer.java:{line - 3})\n\t... 1 common frames omitted",
                    "imports",
                ),
            )

    # Alerts and lines without an error: their service keeps them apart.
    for service in ("api", "worker"):
        for n in (81, 93, 97):
            yield f"cpu-{service}", log(f"CPU above {n}% for {n % 7 + 3} minutes on {service}-{n}", service)
    for name in ("Ada", "Grace Hopper", "Ágnes", "Li"):
        yield (
            "invite",
            (
                "",
                "sentry",
                {
                    "logentry": {
                        "message": "could not invite %s to %s",
                        "formatted": f"could not invite {name} to team {name[:2]}",
                    },
                    "logger": "app.teams",
                },
            ),
        )

    # What breaks while another error is handled is its own fault; a retry's last words are not.
    cache = ("KeyError", "'session'", [("app/session.py", "load", 5, "return store[key]")])
    for n in (1, 2):
        yield (
            "rebuild",
            sdk(
                "ValueError",
                f"bad cookie {n}{n}{n}",
                [*WEB, ("app/session.py", "rebuild", 15, "stamp = int(cookie.split('.')[n])")],
                before=[cache],
            ),
        )  # type: ignore[list-item]
    yield "session", sdk(*cache)  # type: ignore[arg-type]

    # Ruby and PHP, as a log and as the SDK has them.
    yield (
        "rb-nil",
        log(
            "NoMethodError (undefined method `iso8601' for nil:NilClass):\n  app/models/trip.rb:31:in `starts'\n  app/views/trips/show.html.erb:4:in `_app_views_trips_show'",
            "trips",
        ),
    )
    yield (
        "rb-nil",
        log(
            "E, [2026-01-01T10:00:00.1 #9] ERROR -- : undefined method 'iso8601' for nil (NoMethodError)\n/app/app/models/trip.rb:33:in 'Trip#starts'\n/app/app/jobs/remind.rb:4:in 'Remind#perform'",
            "trips",
        ),
    )
    yield (
        "php-null",
        dog(
            "Error",
            "Call to a member function format() on null",
            "#0 /var/www/html/src/Trip.php(20): App\\Trip->starts()\n#1 {main}",
            "trips-php",
            "PHP Fatal error:  Uncaught Error: Call to a member function format() on null in /var/www/html/src/Trip.php:12\nStack trace:\n#0 /var/www/html/src/Trip.php(20): App\\Trip->starts()\n#1 {main}\n  thrown in /var/www/html/src/Trip.php on line 12",
        ),
    )
    yield (
        "php-null",
        log(
            '[2026-01-01 10:00:00] production.ERROR: Call to a member function format() on null {"exception":"[object] (Error(code: 0): Call to a member function format() on null at /var/www/html/src/Trip.php:12)\n[stacktrace]\n#0 /var/www/html/src/Trip.php(20): App\\\\Trip->starts()\n#1 {main}\n"}',
            "trips-php",
        ),
    )


def lines() -> list[tuple[str, str]]:
    """(bug, line of the file)."""
    return [
        (bug, json.dumps({"id": f"h{number}", "source": source, "event": event}))
        for number, (bug, (_, source, event)) in enumerate(rows())
    ]
