"""One event at a time, among the fingerprints of the cases that are open."""

# ruff: noqa: E501 - traces read better in one line

from dataclasses import replace

from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.cluster.keys import VERSION, key_of
from rootcase.core.cluster.stage import cluster
from rootcase.core.model.events import Event, ExceptionInfo, Frame
from rootcase.core.model.signals import Signal

F = DefaultFingerprinter()
SIGNAL = Signal("sentry", "1")


def crash(kind, said, *frames, **event):
    made = tuple(
        Frame(name, path.removesuffix(".py").replace("/", "."), path, f"/srv/app/{path}", line, 0, True, ((line, source),))
        for path, name, line, source in frames
    )  # fmt: skip
    return Event("e", exceptions=(ExceptionInfo(kind, said, frames=made),), **event)


def knowing(*marks):
    return DefaultFingerprinter(known=marks)


def test_a_case_keeps_its_identity_when_the_algorithm_grows():
    event = crash("KeyError", "'currency'", ("app/pricing.py", "price_for", 8, 'row["currency"]'))
    mark = F.event(event)
    old = replace(mark, version=1, key=key_of(1, mark.kind, mark.parts), traits=())
    found = knowing(old).event(event)
    assert mark.version == VERSION > 1 and found.alias == old.alias
    assert cluster([event], SIGNAL, [("C-1", old)], knowing(old)).case == "C-1"


def test_another_line_of_the_same_function_opens_another_case():
    mean = crash(
        "ZeroDivisionError", "division by zero", ("app/stats.py", "summary", 5, "mean = total / count")
    )
    spread = crash(
        "ZeroDivisionError", "division by zero", ("app/stats.py", "summary", 9, "step = (high - low) / n")
    )
    first = F.event(mean)
    second = knowing(first).event(spread)
    assert second.key != first.key
    both = knowing(first, second)
    assert both.event(spread).key == second.key and both.event(mean).key == first.key
    moved = crash(
        "ZeroDivisionError", "division by zero", ("app/stats.py", "summary", 99, "step = (high-low) / n")
    )
    assert both.event(moved).key == second.key


def test_a_reproduction_lands_on_the_key_of_a_case_that_was_told_apart():
    mean = crash(
        "ZeroDivisionError", "division by zero", ("app/stats.py", "summary", 5, "mean = total / count")
    )
    spread = crash(
        "ZeroDivisionError", "division by zero", ("app/stats.py", "summary", 9, "step = (high - low) / n")
    )
    case = knowing(F.event(mean)).event(spread)
    text = 'Traceback (most recent call last):\n  File "/w/app/stats.py", line 7, in summary\n'
    text += "    step = (high - low) / n\nZeroDivisionError: division by zero"
    assert knowing(case).text(text, root="/w").alias == case.alias


def test_a_second_caller_of_a_function_that_raises_on_purpose_opens_another_case():
    helper = ("app/guards.py", "require_role", 12, 'raise Forbidden("not for this role")')

    def call(path, name):
        outer = ("app/web.py", "dispatch", 3, "return handler(request)")
        return crash(
            "Forbidden", "not for this role", outer, (path, name, 5, "require_role(user, role)"), helper
        )

    first = F.event(call("app/admin.py", "delete"))
    second = knowing(first).event(call("app/billing.py", "export"))
    assert second.key != first.key
    assert any("export kept" in reason.text for reason in second.reasons)
    assert knowing(first, second).event(call("app/admin.py", "delete")).key == first.key


def test_an_event_without_a_trace_joins_the_one_case_it_fits():
    first = F.event(crash("KeyError", "'sku'", ("app/a.py", "a", 1, "row['sku']")))
    bare = Event("e", message="request failed: KeyError: 'sku'")
    assert knowing(first).event(bare).key == first.key
    second = F.event(crash("KeyError", "'sku'", ("app/b.py", "b", 1, "row['sku']")))
    assert knowing(first, second).event(bare).key not in (first.key, second.key)


def test_a_shorter_module_name_is_the_same_function_where_one_case_alone_has_it():
    known = F.event(crash("KeyError", "'sku'", ("services/api/app/a.py", "a", 1, "row['sku']")))
    short = crash("KeyError", "'sku'", ("app/a.py", "a", 1, "row['sku']"))
    assert knowing(known).event(short).key == known.key


def test_stack_text_that_a_source_sent_is_read():
    text = 'Traceback (most recent call last):\n  File "/srv/app/app/a.py", line 1, in a\n    row["sku"]\nKeyError: \'sku\''
    given = Event("e", exceptions=(ExceptionInfo("KeyError", "'sku'"),), stack_text=text)
    assert F.event(given).anchor == "app.a.a"


def test_messages_are_keyed_by_service_and_by_the_sources_own_key():
    def says(text, **tags):
        return F.event(Event("e", message=text, tags=tuple(tags.items()))).key

    assert says("CPU above 91%", service="api") == says("CPU above 97%", service="api")
    assert says("CPU above 91%", service="api") != says("CPU above 91%", service="db")
    assert says("one", dedup="k-1") == says("two", dedup="k-1") != says("two", dedup="k-2")


def test_a_function_that_may_have_been_renamed_is_asked_about_and_never_joined_by_itself():
    line = 'return row["price"] * quantity'
    caller = ("app/views.py", "show", 12, "total(row)")
    known = F.event(crash("KeyError", "'price'", caller, ("app/cart.py", "total", 30, line)))
    finger = knowing(known)
    event = crash("KeyError", "'price'", caller, ("app/basket.py", "order_total", 41, line))
    found = cluster([event], SIGNAL, [("C-1", known)], finger)
    assert found.case == "" and found.alike is not None
    assert found.alike[0].key == known.key and "renamed or moved" in found.alike[1]
    elsewhere = crash("KeyError", "'price'", ("app/stock.py", "level", 41, line))
    assert cluster([elsewhere], SIGNAL, [("C-1", known)], finger).alike is None


def test_a_message_with_another_value_is_the_case_at_hand():
    def rate(said):
        frame = Frame("rate", "app.fx", "app/fx.py", "/srv/app/app/fx.py", 9, 0, True)
        return Event("e", exceptions=(ExceptionInfo("RateError", said, frames=(frame,)),))

    known = F.event(rate("no rate for 30x"))
    assert knowing(known).event(rate("no rate for delta")).key == known.key
    assert knowing(known).event(rate("no such market")).key != known.key


def test_callers_of_one_module_that_ask_a_shared_check_for_different_things_are_two_cases():
    check = ("app/guards.py", "require", 12, "raise ValidationError(text)")

    def asked(function, name):
        caller = ("app/orders.py", function, 30, f'require(form.get("{name}"))')
        return crash("ValidationError", "is required", ("app/api.py", "post", 4, "run()"), caller, check)

    known = F.event(asked("pack", "size"))
    assert knowing(known).event(asked("ship", "address")).key != known.key
    assert knowing(known).event(asked("ship", "size")).key == known.key
