"""Stack traces of each language, as its runtime and its loggers print them."""

# ruff: noqa: E501 - traces read better in one line

import json
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.cluster.stack_text import parse_stack

F = DefaultFingerprinter()

NODE = """/srv/app/a.js:3
    throw new Error('cannot show cart 12', {cause: e})
          ^

Error: cannot show cart 12
    at main (/srv/app/a.js:3:62) {
  [cause]: TypeError: Cannot read properties of null (reading 'amount')
      at /srv/app/a.js:1:58
      at Array.map (<anonymous>)
      at Cart.total [as sum] (/srv/app/a.js:1:41)
      at async main (/srv/app/a.js:3:30)
}

Node.js v20.20.2
"""
JAVA = """2026-01-01 10:00:00,123 ERROR [http-1] c.a.Shop - order 12 failed
java.lang.IllegalStateException: order 12
\tat com.acme.Shop.main(Shop.java:7) ~[classes/:?]
Caused by: java.lang.NullPointerException: Cannot invoke "String.length()" because "<local1>" is null
\tat com.acme.Shop.price(Shop.java:5)
\tat com.acme.Shop.lambda$quote$0(Shop.java:6)
\tat java.base/java.util.stream.AbstractPipeline.copyInto(AbstractPipeline.java:509)
\t... 1 more
\tSuppressed: java.lang.IllegalArgumentException: close failed
\t\tat com.acme.Shop$Closer.close(Shop.java:4)
\t\t... 2 more
"""
GO = """2026/01/01 10:00:00 http: panic serving 10.0.0.1:4455: runtime error: index out of range [5] with length 3
goroutine 41 [running]:
net/http.(*conn).serve.func1()
\t/usr/local/go/src/net/http/server.go:1868 +0xb9
panic({0x6c3a40?, 0x8d9d30?})
\t/usr/local/go/src/runtime/panic.go:920 +0x270
github.com/acme/shop/pricing.(*Service).PriceFor.func1(0xc000, {0x1, 0x2})
\t/src/shop/pricing/pricing.go:88 +0x1d
created by net/http.(*Server).Serve in goroutine 1
\t/usr/local/go/src/net/http/server.go:3086 +0x5cb
"""
RUBY = """NoMethodError (undefined method `currency' for nil:NilClass):

app/models/order.rb:12:in `total'
app/models/order.rb:8:in `block in lines'
"""
RUBY_34 = """E, [2026-01-01T00:00:00.1 #123] ERROR -- : undefined method 'currency' for nil (NoMethodError)
/app/app/models/order.rb:14:in 'Order#total'
/app/app/jobs/bill.rb:8:in 'Bill#perform'
"""
PHP = """PHP Fatal error:  Uncaught TypeError: Argument #1 must be a string, null given in /var/www/shop/src/Pricing.php:88
Stack trace:
#0 /var/www/shop/src/Quote.php(41): App\\Pricing->priceFor(NULL)
#1 {main}

Next RuntimeException: cannot quote in /var/www/shop/src/Quote.php:44
Stack trace:
#0 /var/www/shop/public/index.php(9): App\\Quote->quote(Array)
#1 {main}
  thrown in /var/www/shop/src/Quote.php on line 44
"""
MONOLOG = """[2026-01-01 10:00:00] production.ERROR: Undefined array key "currency" {"exception":"[object] (ErrorException(code: 0): Undefined array key \\"currency\\" at /var/www/html/app/Services/Pricing.php:88)
[stacktrace]
#0 /var/www/html/app/Services/Pricing.php(88): Illuminate\\\\Foundation\\\\HandleExceptions->handleError(2)
#1 /var/www/html/app/Http/QuoteController.php(41): App\\\\Services\\\\Pricing->priceFor('A-1')
#2 {main}
"}"""
DOTNET = """Unhandled exception. System.InvalidOperationException: cannot quote order 12
 ---> System.NullReferenceException: Object reference not set to an instance of an object.
   at Acme.Shop.Pricing.PriceFor(String sku) in /src/Shop/Pricing.cs:line 88
   at Acme.Shop.Quote.<QuoteAsync>d__5.MoveNext() in /src/Shop/Quote.cs:line 41
   --- End of inner exception stack trace ---
   at Acme.Shop.Quote.<QuoteAsync>d__5.MoveNext() in /src/Shop/Quote.cs:line 44
--- End of stack trace from previous location ---
   at Acme.Shop.Api.<>c__DisplayClass3_0.<Map>b__0(HttpContext ctx) in /src/Shop/Api.cs:line 12
"""
RUST = """thread 'main' panicked at src/pricing.rs:1:66:
index out of bounds: the len is 3 but the index is 7
stack backtrace:
   0: rust_begin_unwind
             at /rustc/59807616e1fa/library/std/src/panicking.rs:689:5
   1: core::panicking::panic_bounds_check
   2: shop::pricing::price_for
             at ./src/pricing.rs:1:66
   3: shop::main::{{closure}}
             at ./src/main.rs:2:45
"""
GDB = """Program terminated with signal SIGSEGV, Segmentation fault.
#0  0x000055555555 in price_for (row=0x0) at src/pricing.c:88
#1  0x000055555556 in quote (cart=0x7ff) at src/quote.c:41
"""
ASAN = """==28301==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000014 at pc 0x55f0
READ of size 4 at 0x602000000014 thread T0
    #0 0x55f051a8d1bf in price_for /src/pricing.c:2
    #1 0x55f051a8d1f6 in main /src/main.c:3

freed by thread T0 here:
    #0 0x7f84cfeb76a8 in __interceptor_free asan_malloc_linux.cpp:52
"""
SAFARI = """TypeError: undefined is not an object (evaluating 'cart.total')
summary@webpack://shop/./src/cart/Summary.jsx:58:21
forEach@[native code]
global code@https://shop.example.com/x.js:1:1
"""


@pytest.mark.parametrize(
    ("text", "platform", "types", "anchor"),
    [
        (NODE, "javascript", ["TypeError", "Error"], "a.total"),
        (JAVA, "java", ["java.lang.NullPointerException", "java.lang.IllegalStateException"], "com.acme.Shop.price"),
        (GO, "go", ["panic"], "pricing.pricing.PriceFor"),
        (RUBY, "ruby", ["NoMethodError"], "app.models.order.total"),
        (RUBY_34, "ruby", ["NoMethodError"], "app.models.order.total"),
        (PHP, "php", ["TypeError", "RuntimeException"], "Pricing.priceFor"),
        (MONOLOG, "php", ["ErrorException"], "app.Services.Pricing.priceFor"),
        (DOTNET, "csharp", ["System.NullReferenceException", "System.InvalidOperationException"], "Acme.Shop.Pricing.PriceFor"),
        (RUST, "rust", ["panic"], "pricing.price_for"),
        (GDB, "native", ["SIGSEGV"], "pricing.price_for"),
        (ASAN, "native", ["AddressSanitizer"], "pricing.price_for"),
        (SAFARI, "javascript", ["TypeError"], "cart.Summary.summary"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 12 else "",
)  # fmt: skip
def test_the_innermost_call_of_ours_is_found(text, platform, types, anchor):
    parsed = parse_stack(text)
    assert (parsed.platform, [item.type for item in parsed.exceptions]) == (platform, types)
    assert F.text(text).anchor == anchor


def test_common_frames_that_java_left_out_are_put_back_and_suppressed_errors_left_out():
    cause = parse_stack(JAVA).exceptions[0]
    assert [frame.function for frame in cause.frames] == ["main", "copyInto", "lambda$quote$0", "price"]


def test_a_circular_cause_ends():
    text = JAVA.replace(
        "\t... 1 more", "\t... 1 more\n[CIRCULAR REFERENCE: java.lang.IllegalStateException: order 12]"
    )
    assert len(parse_stack(text).exceptions) == 2


def test_what_node_shows_above_an_error_is_the_failing_line():
    raised = parse_stack(NODE).exceptions[-1]
    assert raised.frames[-1].context_line.startswith("throw new Error")


@pytest.mark.parametrize("engine", [
    "Uncaught TypeError: Cannot read properties of null (reading 'vatId')\n    at vat (https://x.dev/src/vat.js:4:11)",
    "TypeError: can't access property \"vatId\", order is undefined\nvat@https://x.example/src/vat.js:4:11",
    "TypeError: undefined is not an object (evaluating 'order.vatId')\nvat@https://x.example/src/vat.js:4:11",
    "TypeError: Cannot read property 'vatId' of undefined\n    at vat (webpack:///./src/vat.js:4:11)",
])  # fmt: skip
def test_one_fault_has_one_key_in_every_browser(engine):
    expected = F.text(
        "TypeError: Cannot read properties of undefined (reading 'vatId')\n    at vat (app:///src/vat.js:9:1)"
    )
    assert F.text(engine).key == expected.key


def _hard(width):
    return lambda text: "\n".join(
        line[at : at + width] for line in text.split("\n") for at in range(0, max(1, len(line)), width)
    )


def _each(prefix):
    return lambda text: "\n".join(prefix + line for line in text.split("\n"))


PYTHON = """Traceback (most recent call last):
  File "/srv/shop/app/quote.py", line 41, in quote
    return total(prices_for(cart))
  File "/srv/shop/app/services/pricing/rules/of/a/long/name/pricing_module.py", line 88, in price_for
    return Money(amount, row["currency"])
KeyError: 'currency'"""


@pytest.mark.parametrize("text", [PYTHON, JAVA, GO, RUBY, DOTNET, RUST, NODE], ids=lambda text: text[:12])
@pytest.mark.parametrize(
    "noisy",
    [
        lambda text: json.dumps({"level": "error", "msg": "it failed", "stack": text}),
        lambda text: json.dumps({"error": {"stack_trace": text}}),
        lambda text: "\n".join(json.dumps({"log": f"{line}\n", "stream": "stderr"}) for line in text.split("\n")),
        lambda text: text.replace("\n", "\\n").replace("\t", "\\t"),
        lambda text: text.replace("\n", "#012").replace("\t", "#011"),
        lambda text: "\x1b[31m" + text + "\x1b[0m",
        _each("2026-03-01T12:00:01.331000001Z stderr F "),
        _each("web_1  | "),
        _each("<11>Nov 28 03:32:53 host-1 shop[123]: "),
    ],
    ids=["json", "ecs", "docker", "escaped", "rsyslog", "colours", "kubernetes", "compose", "syslog"],
)  # fmt: skip
def test_a_trace_keeps_its_key_in_every_wrapping(text, noisy):
    assert F.text(noisy(text)).key == F.text(text).key


@pytest.mark.parametrize(
    "joined",
    [
        lambda text: "ERROR it failed " + " ".join(line.strip() for line in text.split("\n")),
        lambda text: text.replace("\n", " | "),
        _hard(80),
        lambda text: "\n".join(piece for line in text.split("\n") for piece in (textwrap.wrap(line, 80) or [""])),
    ],
    ids=["one line", "bars", "cut at 80", "wrapped at 80"],
)  # fmt: skip
@pytest.mark.parametrize("text", [PYTHON, JAVA.split("\tSuppressed")[0].strip()], ids=["python", "java"])
def test_lines_that_were_joined_or_cut_are_put_right(text, joined):
    assert F.text(joined(text)).parts == F.text(text).parts


def test_what_could_not_be_read_is_named_by_its_line():
    text = "java.lang.IllegalStateException: x\n\tat com.acme.A.b(A.java:1)\n\tat ### broken\n"
    assert parse_stack(text).problems == ("line 3: a stack frame could not be read",)


def test_structlog_tracebacks_are_read():
    frames = [
        {"filename": "/srv/shop/app/pricing.py", "lineno": 8, "name": "price_for", "line": 'row["currency"]'}
    ]
    text = json.dumps(
        {
            "event": "failed",
            "exception": [{"exc_type": "KeyError", "exc_value": "'currency'", "frames": frames}],
        }
    )
    assert F.text(text).parts == ("KeyError", "app.pricing.price_for", "'currency'")


@given(
    st.lists(st.sampled_from("\n".join([NODE, JAVA, GO, RUBY, PHP, DOTNET, RUST, ASAN]).split("\n"))).map(
        "\n".join
    )
)
def test_any_mixture_of_lines_is_read_without_a_fault(text):
    parse_stack(text)


@pytest.mark.parametrize(
    "bait",
    [
        "#0 " + "x(1" * 300_000, "---> System.X: " * 60_000, "Caused by: a.B: x\n" * 50_000, "PHP 1. a(" * 100_000,
        "0: a\n at x.rs:1\n" * 60_000 + "panicked at ", "@" * 500_000 + "x:1:1", "{" * 100_000, '[{"a":' * 50_000,
        "goroutine 1 [running]: " + "a.b(0x1) /x.go:1 " * 50_000, "::" * 400_000 + "in 'x'.rb:1:in 'a'",
        "#012" * 250_000, 'File "a", line 1, in f | ' * 30_000, "12:00:00 ERROR " * 70_000,
    ],
)  # fmt: skip
def test_hostile_text_ends(bait):
    parse_stack(bait)
    F.text(bait)
