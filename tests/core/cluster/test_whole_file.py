"""What a file as a whole tells: pods before lines, values that look like nothing, flags that one source has wrong."""

# ruff: noqa: E501 - traces read better in one line

import pytest

from tests.core.cluster.test_batch import clusters, dog, log, py, sdk

CART = ("app/cart.py", "total", 30, 'return row["price"]')
VIEW = ("app/views.py", "show", 12, "total(row)")
TRACE = py("KeyError", "'price'", [VIEW, CART])


@pytest.mark.parametrize(
    "each",
    [
        "2026-11-27T10:00:01.{n:03}Z shop-7d9c {line}",
        "shop-7d9c-x2 shop {line}",
        "Nov 27 10:00:01 host-{n} shop[{n}]: {line}",
        "[pod/web-1/app] {line}",
    ],
)
def test_what_a_collector_puts_before_each_line_is_no_part_of_the_trace(each):
    wrapped = "\n".join(each.format(n=n, line=line) for n, line in enumerate(TRACE.split("\n")))
    assert clusters(log(TRACE), log(wrapped)) == [0, 0]


def test_a_java_trace_keeps_the_at_that_all_its_lines_begin_with():
    frames = [
        f"at com.acme.Cart.{name}(Cart.java:{n})"
        for n, name in enumerate(("total", "show", "run", "main"), 3)
    ]
    text = "\n".join(["java.lang.IllegalStateException: closed", *frames])
    assert clusters(log(text), log(text.replace("\nat ", "\n\tat "))) == [0, 0]


def test_a_trace_in_a_quoted_value_of_a_log_line_is_read():
    quoted = TRACE.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    assert clusters(log(TRACE), log(f'ts=1 level=error msg="request failed" err="{quoted}"')) == [0, 0]


def test_a_quote_that_never_ends_is_looked_at_once():
    hostile = "\\n" + 'a="' * 200_000
    assert clusters(log(hostile), log(TRACE)) == [0, 1]


def test_values_of_every_look_are_one_message():
    def php(said):
        return log(
            f"PHP Fatal error:  Uncaught OutOfBoundsException: no rate for {said} in /var/www/src/Tax/Rate.php:31\n"
            "Stack trace:\n#0 /var/www/src/Http/Api.php(18): Acme\\Tax\\Rate->forCountry()\n#1 {main}\n  thrown in /var/www/src/Tax/Rate.php on line 31"
        )

    assert clusters(*map(php, ("30x", "A-12", "/tmp/x.png", "ab12cd", "delta"))) == [0] * 5


def test_another_sentence_in_the_same_place_is_another_bug():
    def java(said, line=7):
        return log(
            f"java.lang.IllegalStateException: {said}\n\tat com.acme.Cart.close(Cart.java:{line})\n\tat com.acme.Web.run(Web.java:3)"
        )

    assert clusters(
        java("cart 12 is empty"), java("cart 13 is empty"), java("no payment for cart 4", 11)
    ) == [
        0,
        0,
        1,
    ]


def test_a_log_message_with_a_word_where_others_have_a_value_is_theirs():
    said = "provider rejected card {} with code {}"
    lines = [said.format(*pair) for pair in (("91x", "A-1"), ("delta", "77"), ("8812", "bravo"))]
    assert clusters(
        *(log(line, "pay") for line in lines), log("provider accepted card 5 with code 7", "pay")
    ) == [0, 0, 0, 1]


def test_a_message_whose_service_was_not_sent_joins_only_where_one_service_says_it():
    event = {"source": "sentry", "event": {"message": "lag of partition 4 is 81"}}
    here, there = (log("lag of partition 3 is 90", name) for name in ("stream", "feed"))
    assert clusters(here, event) == [0, 0]
    assert len(set(clusters(here, there, event))) == 3


def test_a_frame_that_one_event_calls_foreign_and_most_know_as_ours_decides():
    def go(foreign):
        frames = [
            {
                "function": "HandleCart",
                "module": "acme/cmd/server",
                "filename": "cmd/server/cart.go",
                "lineno": 15,
                "in_app": True,
            },
            {
                "function": "(*Cart).Total",
                "module": "acme/internal/cart",
                "filename": "internal/cart/cart.go",
                "lineno": 40,
                "in_app": not foreign,
            },
        ]
        return {
            "source": "sentry",
            "event": {
                "exception": {
                    "values": [
                        {"type": "panic", "value": "send on closed channel", "stacktrace": {"frames": frames}}
                    ]
                }
            },
        }

    assert clusters(go(False), go(False), go(True)) == [0, 0, 0]


def test_what_breaks_in_a_handler_is_not_hidden_under_what_was_being_handled():
    rate = ("app/prices.py", "rate", 9, "return RATES[country]")
    quote = ("app/prices.py", "quote", 21, "rate(country)")
    after = ("app/prices.py", "quote", 23, "return order.fallback()")
    one = sdk("KeyError", "'XX'", [VIEW, rate])
    other = sdk(
        "TypeError",
        "'NoneType' object is not callable",
        [VIEW, after],
        before=[("KeyError", "'XX'", [VIEW, quote, rate])],
    )
    bare = sdk(
        "TypeError",
        "'NoneType' object is not callable",
        [(*after[:3], None)],
        before=[("KeyError", "'XX'", [(*quote[:3], None), (*rate[:3], None)])],
    )
    assert clusters(one, one, other, other, bare) == [0, 0, 1, 1, 1]


def test_outside_python_a_cause_is_the_fault_wherever_it_was_wrapped():
    def java(outer):
        values = [
            {
                "type": "NullPointerException",
                "value": "token is null",
                "stacktrace": {
                    "frames": [
                        {
                            "module": "com.acme.Gateway",
                            "function": "charge",
                            "filename": "Gateway.java",
                            "lineno": 30,
                        }
                    ]
                },
            },
            {
                "type": "ServiceException",
                "value": "could not do it",
                "stacktrace": {
                    "frames": [
                        {
                            "module": f"com.acme.{outer}",
                            "function": "run",
                            "filename": f"{outer}.java",
                            "lineno": 8,
                        }
                    ]
                },
            },
        ]
        return {"source": "sentry", "event": {"exception": {"values": values}}}

    assert clusters(java("Batch"), java("Consumer")) == [0, 0]


def test_a_store_that_is_full_is_one_case_for_all_who_write_to_it():
    said = "OOM command not allowed when used memory > 'maxmemory'."
    put, touch = (
        sdk("ResponseError", said, [(f"shop/{name}.py", name, 4, "redis.set(k, v)")])
        for name in ("carts", "sessions")
    )
    text = py("redis.exceptions.ResponseError", said, [("shop/carts.py", "carts", 4, "redis.set(k, v)")])
    assert clusters(put, touch, dog("ResponseError", said, text, "shop")) == [0, 0, 0]


def test_a_number_in_an_address_is_no_status():
    said = "HTTPSConnectionPool(host='fx.example', port=443): Read timed out. (read timeout=2) for url: https://fx.example/v1/{}?d={}"
    site = [("shop/fx.py", "get_json", 22, "session.get(url, timeout=2)")]
    rates, odd, quotes = (
        sdk("ReadTimeout", said.format(*pair), site)
        for pair in (("rates", 17), ("rates", 504), ("quotes", 504))
    )
    assert clusters(rates, odd, quotes) == [0, 0, 1]


def test_a_renamed_function_is_one_also_where_it_was_reached_otherwise():
    other = ("app/jobs.py", "nightly", 9, "total(row)")
    new = ("app/cart.py", "order_total", 34, CART[3])
    events = [sdk("KeyError", "'price'", [caller, CART], release="1.0") for caller in (VIEW, other)]
    assert clusters(*events, sdk("KeyError", "'price'", [other, new], release="2.0")) == [0, 0, 0]


def test_where_a_cycle_was_entered_tells_nothing_about_it():
    deep = ("app/tree.py", "walk", 5, "return walk(node.next)")
    enter = [(f"app/{name}.py", name, 3, "walk(root)") for name in ("views", "jobs", "hooks")]
    events = [
        sdk("RecursionError", "maximum recursion depth exceeded", [outer, first, *[deep] * 30])
        for first in enter
        for outer in (*WEB, *JOB)
    ]
    assert len(set(clusters(*events))) == 1


def test_a_shared_root_of_all_calls_makes_no_function_a_shared_helper():
    root = ("app/main.py", "main", 1, "run()")
    others = [sdk("KeyError", "'k'", [root, (f"app/m{n}.py", f"f{n}", 3, f'row["k{n}"]')]) for n in range(9)]
    raising = ("app/orders.py", "close", 8, 'raise OrderError(f"order {number} is closed")')
    ways = [
        sdk(
            "OrderError", f"order {n} is closed", [root, (f"app/{name}.py", name, 4, "close(order)"), raising]
        )
        for n, name in enumerate(("rest", "batch"))
    ]
    found = clusters(*others, *ways)
    assert found[-1] == found[-2]


WEB = [("app/middleware.py", "dispatch", 20, "return await call_next(request)")]
JOB = [("app/worker.py", "run_task", 9, "return task(**kwargs)")]


def test_a_word_and_a_value_at_two_lines_of_one_release_are_two_bugs():
    def java(said, line, release):
        frames = [
            {"module": "com.acme.Orders", "function": "close", "filename": "Orders.java", "lineno": line}
        ]
        value = {"type": "IllegalStateException", "value": said, "stacktrace": {"frames": frames}}
        return {"source": "sentry", "event": {"exception": {"values": [value]}, "release": release}}

    assert clusters(java("order 12 is closed", 7, "1.0"), java("order book is closed", 9, "1.0")) == [0, 1]
    assert clusters(java("order 12 is closed", 7, "1.0"), java("order delta is closed", 9, "1.1")) == [0, 0]


def test_two_lines_that_differ_in_a_name_are_not_called_a_rewriting_after_two_events():
    def mail(line, number, release):
        frames = [("app/run.py", "mail", 9, "recipient()"), ("app/mailer.py", "recipient", number, line)]
        return sdk("AttributeError", "'NoneType' object has no attribute 'email'", frames, release=release)

    assert clusters(
        mail("return self.customer.email", 50, "1.0"), mail("return self.order.email", 58, "1.1")
    ) == [0, 1]
