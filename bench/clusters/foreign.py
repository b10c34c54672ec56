"""Bugs of services in other languages: traces in the form that each runtime prints, and as Sentry's SDKs send them."""

# ruff: noqa: E501 - traces and tables read better in one line

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """owner: class, package or module. ours: whether it is code of the service."""

    owner: str
    function: str
    file: str
    line: int
    ours: bool = True


@dataclass(frozen=True, slots=True)
class Bug:
    """frames: innermost first. entries: what may stand outside of them, one list each.

    wrapped: (type, message) of the error it may be raised as, at the outermost of `frames`.
    """

    name: str
    language: str
    type: str
    message: str
    frames: tuple[Call, ...]
    entries: tuple[tuple[Call, ...], ...]
    service: str
    wrapped: tuple[str, str] | None = None


def _java(owner: str, function: str, line: int, ours: bool = True) -> Call:
    return Call(owner, function, owner.rsplit(".", 1)[-1].split("$")[0] + ".java", line, ours)


_J = "com.acme.ledger"
_JAVA_ENTRIES = (
    (_java(f"{_J}.api.LedgerController", "post", 31), _java("org.springframework.web.servlet.FrameworkServlet", "service", 897, False),
     _java("java.lang.Thread", "run", 833, False)),
    (_java(f"{_J}.jobs.NightlyJob", "execute", 77), _java("org.quartz.core.JobRunShell", "run", 202, False)),
    (_java(f"{_J}.Consumer$$EnhancerBySpringCGLIB$$8f2a", "onMessage", 1), _java(f"{_J}.Consumer", "onMessage", 44)),
)  # fmt: skip


def _js(path: str, function: str, line: int, ours: bool = True) -> Call:
    return Call("", function, path, line, ours)


_JS_ENTRIES = (
    (_js("src/pages/Checkout.tsx", "onSubmit", 71), _js("node_modules/react-dom/index.js", "callCallback", 4164, False)),
    (_js("src/hooks/useCart.ts", "refresh", 19), _js("node_modules/react-query/lib/query.js", "run", 88, False)),
)  # fmt: skip


def _go(package: str, function: str, file: str, line: int, ours: bool = True) -> Call:
    return Call(package, function, file, line, ours)


_G = "github.com/acme/router"
_GO_ENTRIES = (
    (_go(f"{_G}/api", "Handler.func1", "/build/router/api/handler.go", 52), _go("net/http", "HandlerFunc.ServeHTTP", "/usr/local/go/src/net/http/server.go", 2136, False)),
    (_go(f"{_G}/worker", "(*Pool).run", "/build/router/worker/pool.go", 118),),
)  # fmt: skip


def _rb(path: str, function: str, line: int, ours: bool = True) -> Call:
    return Call("", function, path, line, ours)


_RB_ENTRIES = (
    (_rb("app/controllers/invoices_controller.rb", "show", 14), _rb("/usr/local/bundle/gems/actionpack-7.0/lib/action_controller/metal.rb", "dispatch", 190, False)),
    (_rb("app/jobs/invoice_job.rb", "perform", 8), _rb("/usr/local/bundle/gems/sidekiq-7.1/lib/sidekiq/processor.rb", "execute_job", 202, False)),
)  # fmt: skip


def _php(owner: str, function: str, line: int, ours: bool = True) -> Call:
    path = "/var/www/html/app/" + owner.removeprefix("App\\").replace("\\", "/") + ".php"
    return Call(
        owner, function, path if ours else "/var/www/html/vendor/laravel/" + function + ".php", line, ours
    )


_PHP_ENTRIES = (
    (_php("App\\Http\\Controllers\\OrderController", "store", 41),),
    (_php("App\\Console\\Commands\\Import", "handle", 22),),
)


def _cs(owner: str, function: str, line: int, ours: bool = True) -> Call:
    return Call(owner, function, "/src/Billing/" + owner.rsplit(".", 1)[-1] + ".cs", line, ours)


_CS_ENTRIES = (
    (_cs("Acme.Billing.Api.InvoiceController", "Get", 33),),
    (_cs("Acme.Billing.Jobs.Dunning", "RunAsync", 60),),
)


def _rs(owner: str, function: str, line: int, ours: bool = True) -> Call:
    return Call(owner, function, "src/" + owner.rsplit("::", 1)[-1] + ".rs", line, ours)


_RS_ENTRIES = ((_rs("geo::server", "serve", 12),), (_rs("geo::batch", "run", 31),))


def _bugs(
    language: str, service: str, entries: tuple[tuple[Call, ...], ...], rows: list[tuple[object, ...]]
) -> list[Bug]:
    return [
        Bug(
            f"{language}-{n}-{frames[0].function}",
            language,
            kind,
            message,
            tuple(frames),
            entries,
            service,
            wrapped[0] if wrapped else None,
        )  # type: ignore[arg-type,union-attr,index,misc]
        for n, (kind, message, frames, *wrapped) in enumerate(rows)
    ]


BUGS: list[Bug] = [
    *_bugs("java", "ledger", _JAVA_ENTRIES, [
        ("java.lang.NullPointerException", 'Cannot invoke "com.acme.ledger.Account.currency()" because "account" is null',
         [_java(f"{_J}.Posting", "convert", 88), _java(f"{_J}.LedgerService", "post", 40)], ("com.acme.ledger.PostingException", "cannot post {id}")),
        ("java.lang.NullPointerException", 'Cannot invoke "String.length()" because the return value of "java.util.Map.get(Object)" is null',
         [_java(f"{_J}.Posting", "describe", 120), _java(f"{_J}.LedgerService", "post", 47)], ("com.acme.ledger.PostingException", "cannot post {id}")),
        ("java.lang.IllegalStateException", "period {year}-{month} is closed", [_java(f"{_J}.Period", "assertOpen", 19), _java(f"{_J}.LedgerService", "close", 61)]),
        ("java.lang.NumberFormatException", 'For input string: "{word}"',
         [_java("java.lang.NumberFormatException", "forInputString", 67, False), _java("java.lang.Integer", "parseInt", 668, False), _java(f"{_J}.Csv", "lambda$rows$0", 33),
          _java("java.util.stream.ReferencePipeline$3$1", "accept", 197, False), _java(f"{_J}.Csv", "rows", 30)]),
        ("java.util.ConcurrentModificationException", "", [_java("java.util.ArrayList$Itr", "checkForComodification", 1013, False), _java(f"{_J}.Batch", "sweep", 55)]),
        ("org.postgresql.util.PSQLException", 'ERROR: duplicate key value violates unique constraint "posting_pkey" Detail: Key (id)=({id}) already exists.',
         [_java("org.postgresql.core.v3.QueryExecutorImpl", "receiveErrorResponse", 2553, False), _java(f"{_J}.PostingStore", "insert", 71), _java(f"{_J}.LedgerService", "post", 52)]),
        ("java.net.ConnectException", "Connection refused: tax.example:443",
         [_java("sun.nio.ch.Net", "pollConnect", 1, False), _java(f"{_J}.TaxClient", "rate", 21)], ("com.acme.ledger.TaxException", "no tax rate for {id}")),
        ("java.lang.ClassCastException", "class com.acme.ledger.Debit cannot be cast to class com.acme.ledger.Credit (com.acme.ledger.Debit and com.acme.ledger.Credit are in unnamed module of loader 'app')",
         [_java(f"{_J}.Matcher", "match", 64), _java(f"{_J}.LedgerService", "match", 90)]),
    ]),
    *_bugs("javascript", "web", _JS_ENTRIES, [
        ("TypeError", "Cannot read properties of undefined (reading 'total')", [_js("src/cart/CartSummary.tsx", "CartSummary", 58)]),
        ("TypeError", "Cannot read properties of undefined (reading 'iso')", [_js("src/cart/money.ts", "format", 12), _js("src/cart/CartSummary.tsx", "row", 80)]),
        ("TypeError", "items.map is not a function", [_js("src/list/List.tsx", "List", 31)]),
        ("ReferenceError", "gtag is not defined", [_js("src/track.ts", "track", 9)]),
        ("Error", "no route for {path}", [_js("src/router.ts", "resolve", 44)]),
        ("RangeError", "Invalid time value", [_js("src/date.ts", "toDay", 7)]),
        ("SyntaxError", "Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON", [_js("src/api/client.ts", "parse", 23)]),
    ]),
    *_bugs("go", "router", _GO_ENTRIES, [
        ("panic", "runtime error: invalid memory address or nil pointer dereference", [_go(f"{_G}/plan", "(*Planner).Next", "/build/router/plan/planner.go", 88)]),
        ("panic", "runtime error: index out of range [{small}] with length {small}", [_go(f"{_G}/plan", "split", "/build/router/plan/split.go", 31), _go(f"{_G}/plan", "(*Planner).All", "/build/router/plan/planner.go", 120)]),
        ("panic", "assignment to entry in nil map", [_go(f"{_G}/cache", "(*Cache).Put", "/build/router/cache/cache.go", 40)]),
        ("panic", "interface conversion: interface {{}} is string, not int", [_go(f"{_G}/config", "port", "/build/router/config/config.go", 17)]),
        ("panic", "send on closed channel", [_go(f"{_G}/worker", "(*Pool).submit", "/build/router/worker/pool.go", 71)]),
    ]),
    *_bugs("ruby", "invoices", _RB_ENTRIES, [
        ("NoMethodError", "undefined method `currency' for nil:NilClass", [_rb("app/models/invoice.rb", "total", 12), _rb("app/models/invoice.rb", "block in lines", 30)]),
        ("NoMethodError", "undefined method `strftime' for nil:NilClass", [_rb("app/models/invoice.rb", "due", 41)]),
        ("ActiveRecord::RecordNotFound", "Couldn't find Customer with 'id'={id}", [_rb("/usr/local/bundle/gems/activerecord-7.0/lib/active_record/core.rb", "find", 284, False), _rb("app/services/billing.rb", "customer", 9)]),
        ("KeyError", "key not found: :iban", [_rb("app/services/sepa.rb", "account", 22)]),
        ("ArgumentError", "invalid date: {word}", [_rb("app/services/sepa.rb", "parse", 37)]),
    ]),
    *_bugs("php", "orders", _PHP_ENTRIES, [
        ("ErrorException", 'Undefined array key "currency"', [_php("App\\Services\\Pricing", "priceFor", 88)]),
        ("TypeError", "App\\Services\\Stock::reserve(): Argument #1 ($sku) must be of type string, null given", [_php("App\\Services\\Stock", "reserve", 19)]),
        ("Error", "Call to a member function toArray() on null", [_php("App\\Services\\Export", "rows", 54)]),
        ("DivisionByZeroError", "Division by zero", [_php("App\\Services\\Pricing", "average", 120)]),
    ]),
    *_bugs("csharp", "billing", _CS_ENTRIES, [
        ("System.NullReferenceException", "Object reference not set to an instance of an object.", [_cs("Acme.Billing.Invoice", "Total", 88)], ("Acme.Billing.BillingException", "cannot bill {id}")),
        ("System.NullReferenceException", "Object reference not set to an instance of an object.", [_cs("Acme.Billing.Customer", "Address", 31)], ("Acme.Billing.BillingException", "cannot bill {id}")),
        ("System.Collections.Generic.KeyNotFoundException", "The given key 'VAT' was not present in the dictionary.", [_cs("System.Collections.Generic.Dictionary`2", "get_Item", 1, False), _cs("Acme.Billing.Taxes", "Rate", 17)]),
        ("System.InvalidOperationException", "Sequence contains no elements", [_cs("System.Linq.ThrowHelper", "ThrowNoElementsException", 1, False), _cs("Acme.Billing.Dunning", "Latest", 44)]),
    ]),
    *_bugs("rust", "geo", _RS_ENTRIES, [
        ("panic", "called `Option::unwrap()` on a `None` value", [_rs("geo::index", "nearest", 61)]),
        ("panic", "index out of bounds: the len is {small} but the index is {small}", [_rs("geo::grid", "cell", 20)]),
        ("panic", "attempt to subtract with overflow", [_rs("geo::bounds", "width", 33)]),
    ]),
]  # fmt: skip

MESSAGES: list[tuple[str, str, str]] = [
    ("message-retry", "worker", "job {id} gave up after {small} attempts"),
    ("message-user", "auth", "login of {mail} from {ip} failed: wrong password"),
    ("message-lag", "consumer", "partition {small} of topic orders lags {id} messages behind"),
    ("message-slow", "db", "slow query took {small} s: SELECT * FROM orders WHERE id = {id}"),
    ("message-file", "import", "cannot import {file}: unexpected header"),
    ("message-mem", "node", "heap usage at {small}% of limit on pod api-{hex}"),
    ("message-queue", "mail", "mail queue is full, dropping message {uuid}"),
    ("message-cert", "edge", "certificate of {host} expires in {small} days"),
]


def values(dice: random.Random) -> Values:
    return {
        "id": str(dice.randrange(1_000, 9_999_999)), "year": str(dice.randrange(2019, 2027)), "month": f"{dice.randrange(1, 13):02}",
        "word": dice.choice(("n/a", "zwölf", "12,5", "-", "abc def", "1.000.000")), "small": str(dice.randrange(3, 99)),
        "path": "/" + "/".join(dice.choice(("shop", "cart", "item-77", "12")) for _ in range(dice.randrange(1, 4))),
        "mail": f"{dice.choice(('mia', 'bo.li', 'k'))}{dice.randrange(99)}@example.com", "ip": f"10.{dice.randrange(255)}.3.{dice.randrange(255)}",
        "file": f"/data/in/{dice.randrange(9999)}.csv", "hex": f"{dice.getrandbits(32):08x}", "host": f"shop{dice.randrange(9)}.example.com",
        "uuid": f"{dice.getrandbits(32):08x}-{dice.getrandbits(16):04x}-4abc-8def-{dice.getrandbits(48):012x}",
    }  # fmt: skip


def stack_of(bug: Bug, dice: random.Random) -> tuple[Call, ...]:
    return (*bug.frames, *dice.choice(bug.entries))


def shifted(calls: tuple[Call, ...], by: int) -> tuple[Call, ...]:
    """The same calls in a release with more lines above them."""
    return tuple(Call(c.owner, c.function, c.file, c.line + (by if c.ours else 0), c.ours) for c in calls)


def as_text(bug: Bug, calls: tuple[Call, ...], said: str, wrapped: tuple[str, str] | None) -> str:
    return _WRITERS[bug.language](bug, calls, said, wrapped)


def _java_text(bug: Bug, calls: tuple[Call, ...], said: str, wrapped: tuple[str, str] | None) -> str:
    def line(call: Call) -> str:
        home = "java.base/" if call.owner.startswith("java.") else ""
        return f"\tat {home}{call.owner}.{call.function}({call.file}:{call.line})"

    head = f"{bug.type}: {said}" if said else bug.type
    if wrapped is None:
        return "\n".join([head, *map(line, calls)])
    at = len(bug.frames) - 1
    outer = (Call(calls[at].owner, calls[at].function, calls[at].file, calls[at].line + 4), *calls[at + 1 :])
    rest = len(calls) - at - 1
    return "\n".join(
        [
            f"{wrapped[0]}: {wrapped[1]}",
            *map(line, outer),
            f"Caused by: {head}",
            *map(line, calls[: at + 1]),
            f"\t... {rest} more",
        ]
    )


def _js_text(bug: Bug, calls: tuple[Call, ...], said: str, wrapped: tuple[str, str] | None) -> str:
    lines = [f"    at {c.function} (webpack:///./{c.file}:{c.line}:{c.line % 40 + 3})" for c in calls]
    return "\n".join([f"{bug.type}: {said}", *lines])


def _go_text(bug: Bug, calls: tuple[Call, ...], said: str, wrapped: tuple[str, str] | None) -> str:
    lines = [f"panic: {said}", "", "goroutine 41 [running]:"]
    for call in calls:
        lines += [
            f"{call.owner}.{call.function}(0xc000012345, {{0x1, 0x2}})",
            f"\t{call.file}:{call.line} +0x1d",
        ]
    return "\n".join(
        [
            *lines,
            "created by net/http.(*Server).Serve in goroutine 1",
            "\t/usr/local/go/src/net/http/server.go:3086 +0x5cb",
        ]
    )


def _ruby_text(bug: Bug, calls: tuple[Call, ...], said: str, wrapped: tuple[str, str] | None) -> str:
    lines = [f"{c.file}:{c.line}:in `{c.function}'" for c in calls]
    return "\n".join([f"{bug.type} ({said}):", "", *lines])


def _php_text(bug: Bug, calls: tuple[Call, ...], said: str, wrapped: tuple[str, str] | None) -> str:
    lines = [
        f"PHP Fatal error:  Uncaught {bug.type}: {said} in {calls[0].file}:{calls[0].line}",
        "Stack trace:",
    ]
    for n, (inner, outer) in enumerate(pairwise(calls)):
        lines.append(f"#{n} {outer.file}({outer.line}): {inner.owner}->{inner.function}('A-1')")
    return "\n".join(
        [*lines, f"#{len(calls) - 1} {{main}}", f"  thrown in {calls[0].file} on line {calls[0].line}"]
    )


def _cs_text(bug: Bug, calls: tuple[Call, ...], said: str, wrapped: tuple[str, str] | None) -> str:
    def line(call: Call) -> str:
        place = f" in {call.file}:line {call.line}" if call.ours else ""
        if call.function.endswith("Async"):
            return f"   at {call.owner}.<{call.function}>d__7.MoveNext(){place}"
        return f"   at {call.owner}.{call.function}(String id){place}"

    if wrapped is None:
        return "\n".join([f"{bug.type}: {said}", *map(line, calls)])
    at = len(bug.frames)
    inner = [line(call) for call in calls[:at]]
    return "\n".join(
        [
            f"{wrapped[0]}: {wrapped[1]}",
            f" ---> {bug.type}: {said}",
            *inner,
            "   --- End of inner exception stack trace ---",
            *map(line, calls[at - 1 :]),
        ]
    )


def _rust_text(bug: Bug, calls: tuple[Call, ...], said: str, wrapped: tuple[str, str] | None) -> str:
    lines = [
        f"thread 'main' panicked at {calls[0].file}:{calls[0].line}:9:",
        said,
        "stack backtrace:",
        "   0: rust_begin_unwind",
        "             at /rustc/abc/library/std/src/panicking.rs:645:5",
    ]
    for n, call in enumerate(calls, 1):
        lines += [f"{n:4}: {call.owner}::{call.function}", f"             at ./{call.file}:{call.line}:9"]
    return "\n".join(lines)


_WRITERS: dict[str, Callable[[Bug, tuple[Call, ...], str, tuple[str, str] | None], str]] = {
    "java": _java_text, "javascript": _js_text, "go": _go_text, "ruby": _ruby_text, "php": _php_text, "csharp": _cs_text, "rust": _rust_text,
}  # fmt: skip


def as_sentry(
    bug: Bug, calls: tuple[Call, ...], said: str, wrapped: tuple[str, str] | None
) -> dict[str, object]:
    """The event as the language's SDK sends it: oldest cause first, frames outermost first."""

    def frame(call: Call) -> dict[str, object]:
        return _SENTRY_FRAMES[bug.language](call)

    kind = (
        bug.type
        if bug.language != "go"
        else (
            "runtime.boundsError"
            if "index out" in said
            else "runtime.errorString"
            if "nil pointer" in said
            else "*errors.errorString"
        )
    )
    module, _, short = kind.rpartition(".") if bug.language in ("java", "csharp") else ("", "", kind)
    value = said.removeprefix("runtime error: ") if bug.language == "go" else said
    chain = [
        {
            "type": short,
            "module": module or None,
            "value": value,
            "stacktrace": {"frames": [frame(c) for c in reversed(calls)]},
        }
    ]
    if wrapped is not None:
        outer_module, _, outer = wrapped[0].rpartition(".")
        at = len(bug.frames) - 1
        chain.append({"type": outer, "module": outer_module, "value": wrapped[1], "stacktrace": {"frames": [frame(c) for c in reversed(calls[at:])]},
                      "mechanism": {"type": "chained"}})  # fmt: skip
    return {"platform": bug.language, "exception": {"values": chain}, "tags": {"service": bug.service}}


def _plain_frame(call: Call) -> dict[str, object]:
    return {
        "function": call.function,
        "module": call.owner,
        "filename": call.file,
        "lineno": call.line,
        "in_app": call.ours,
    }


_SENTRY_FRAMES: dict[str, Callable[[Call], dict[str, object]]] = {
    "java": _plain_frame,
    "csharp": lambda c: {**_plain_frame(c), "function": f"{c.function}(String id)", "abs_path": c.file if c.ours else None},
    "javascript": lambda c: {"function": c.function, "filename": f"./{c.file}", "abs_path": f"webpack:///./{c.file}", "lineno": c.line, "colno": 7, "in_app": c.ours},
    "go": lambda c: {"function": c.function, "module": c.owner, "filename": c.file.rsplit("/", 1)[-1], "abs_path": c.file, "lineno": c.line, "in_app": c.ours},
    "ruby": lambda c: {"function": c.function, "filename": c.file.removeprefix("/usr/local/bundle/gems/"), "abs_path": c.file if c.file.startswith("/") else f"/app/{c.file}", "lineno": c.line, "in_app": c.ours},
    "php": lambda c: {"function": f"{c.owner}::{c.function}", "filename": c.file.removeprefix("/var/www/html"), "abs_path": c.file, "lineno": c.line, "in_app": c.ours},
    "rust": lambda c: {"function": f"{c.owner}::{c.function}", "filename": f"{c.file}", "lineno": c.line, "in_app": c.ours},
}  # fmt: skip
