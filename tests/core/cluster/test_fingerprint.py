"""One bug is one fingerprint, two bugs are two, wherever and however they were seen."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.model.events import Event, ExceptionInfo, Frame
from tests.core.cluster.crashes import PRICE, PRODUCTION, QUOTE, crash, frame

F = DefaultFingerprinter()


def test_entry_point_line_and_release_do_not_matter():
    other = crash(
        "KeyError", "'currency'", frame("refresh", "app/jobs.py", 7, "price_for(s)"), PRICE, release="2"
    )
    moved = crash(
        "KeyError", "'currency'", QUOTE, frame("price_for", "app/pricing.py", 99, '  x = row["currency"]')
    )
    assert len({F.event(event).key for event in (PRODUCTION, other, moved)}) == 1


def test_two_keys_of_one_function_are_two_and_the_reasons_say_so():
    other = crash("KeyError", "'sku'", QUOTE, frame("price_for", "app/pricing.py", 85, 'row["sku"]'))
    mark = F.event(PRODUCTION)
    assert F.event(other).key != mark.key
    words = [reason.text for reason in mark.reasons if reason.joins]
    assert "same innermost frame: pricing.price_for" in words
    assert "same error and key, KeyError 'currency'" in words
    assert any("another key" in reason.text for reason in mark.reasons if not reason.joins)


def test_a_key_that_comes_from_the_data_does_not_split():
    events = [
        crash("KeyError", f"'{k}'", frame("find", "app/x.py", 3, "return rows[sku]"))
        for k in ("SE", "DK", "A-1")
    ]
    assert len({F.event(event).key for event in events}) == 1


def test_a_shared_helper_is_told_apart_by_what_its_caller_asks_for():
    helper = frame("require", "app/fields.py", 4, "raise MissingField(name)")
    price = crash(
        "MissingField", "currency", frame("price", "app/a.py", 3, 'require(row, "currency")'), helper
    )
    stock = crash("MissingField", "stock", frame("stock", "app/b.py", 9, 'require(row, "stock")'), helper)
    assert F.event(price).key != F.event(stock).key


def test_words_that_the_raising_line_does_not_spell_out_are_data():
    line = 'raise UnknownRegion(f"no region {name} in {country}")'
    events = [
        crash("UnknownRegion", f"no region {name} in {place}", frame("find", "app/r.py", 3, line))
        for name, place in (("North", "Sweden"), ("South Shore", "Old Norway"))
    ]
    assert len({F.event(event).key for event in events}) == 1
    other = crash(
        "UnknownRegion",
        "region is closed",
        frame("find", "app/r.py", 9, 'raise UnknownRegion("region is closed")'),
    )
    assert F.event(other).key != F.event(events[0]).key


def test_in_app_alone_makes_no_frame_ours():
    lies = frame(
        "call",
        "django/core/base.py",
        5,
        "x",
        abs_path="/usr/lib/python3.11/site-packages/django/core/base.py",
    )
    decoder = frame("decode", "json/decoder.py", 5, "x", abs_path="/usr/lib/python3.11/json/decoder.py")
    mark = F.event(
        crash(
            "ValueError", "x", frame("load", "app/load.py", 1, "json.loads(x)", in_app=False), lies, decoder
        )
    )
    assert mark.anchor == "app.load.load"


def test_a_test_file_is_never_the_anchor_of_a_production_case():
    test = frame("test_x", "tests/test_x.py", 3, 'assert row["currency"]')
    assert F.event(crash("KeyError", "'currency'", QUOTE, test)).anchor == "app.quote.quote"


def test_the_innermost_cause_decides_and_a_translation_does_not_split():
    line = 'raise PricingError(f"cannot price {sku}")'
    here = frame("quote", "app/quote.py", 44, line)
    wrapped = crash("PricingError", "cannot price A-1", here, before=(PRODUCTION.exceptions[0],))
    mark = F.event(wrapped)
    assert mark.key == F.event(PRODUCTION).key
    assert any("cause of the chain" in reason.text for reason in mark.reasons)


def test_what_breaks_while_another_error_is_handled_is_its_own_fault():
    cache = ExceptionInfo(
        "ConnectionError",
        "Error 111 connecting to redis:6379.",
        frames=(frame("get", "app/c.py", 3, "r.get(k)"),),
    )
    event = crash("KeyError", "'currency'", QUOTE, PRICE, before=(cache,))
    assert F.event(event).key == F.event(PRODUCTION).key


def test_a_cause_in_a_library_borrows_our_frames():
    lib = frame(
        "decode",
        "json/decoder.py",
        355,
        "raise JSONDecodeError(x)",
        abs_path="/usr/lib/python3.11/json/decoder.py",
    )
    bad = ExceptionInfo(
        "json.decoder.JSONDecodeError", "Expecting value: line 1 column 1 (char 0)", frames=(lib,)
    )
    event = crash(
        "BadReply",
        "not JSON",
        frame("parse", "app/reply.py", 3, 'raise BadReply("not JSON") from e'),
        before=(bad,),
    )
    mark = F.event(event)
    assert (mark.type, mark.anchor) == ("JSONDecodeError", "app.reply.parse")


def test_recursion_is_one_wherever_the_limit_was_hit():
    pair = [frame("even", "app/r.py", 3, "odd(n)"), frame("odd", "app/r.py", 7, "even(n)")]
    leaf = frame("check", "app/r.py", 9, "isinstance(n, int)")
    deep = [crash("RecursionError", "maximum recursion depth exceeded", QUOTE, *(pair * n), *tail)
            for n, tail in ((300, ()), (499, (pair[0],)), (200, (pair[0], leaf)))]  # fmt: skip
    assert len({F.event(event).key for event in deep}) == 1


def test_an_exception_group_is_its_member_in_event_and_text():
    group = ExceptionInfo(
        "ExceptionGroup", "unhandled errors in a TaskGroup (1 sub-exception)", frames=(QUOTE,)
    )
    event = Event("e", exceptions=(PRODUCTION.exceptions[0], group))
    assert F.event(event).key == F.event(PRODUCTION).key


def test_messages_without_a_trace_differ_by_words_and_not_by_values():
    def says(message):
        return F.event(Event(message, message=message, logger="worker")).key

    assert says("job 8123 failed after 3.2 s for mia@example.com") == says(
        "job 99 failed after 12 s for bo@example.org"
    )
    assert says("job 8123 failed") != says("queue 8123 is full")


def test_an_event_that_says_nothing_is_a_cluster_of_its_own():
    assert F.event(Event("a")).key != F.event(Event("b")).key
    assert F.event(Event("a")).kind == "unknown"


@pytest.mark.parametrize(
    "event",
    [
        Event("deep", exceptions=(ExceptionInfo("E", "x", frames=(PRICE,) * 10_000),)),
        Event("long", message="a'" * 500_000),
        Event("bait", exceptions=(ExceptionInfo("ValueError", "aA1-" * 250_000, frames=(PRICE,)),)),
        Event("hosts", exceptions=(ExceptionInfo("ConnectionError", "a." * 500_000, frames=(PRICE,)),)),
        Event("chain", exceptions=tuple(ExceptionInfo("E", str(n), frames=(PRICE,)) for n in range(5_000))),
        crash("E", "x" * 99, frame("f", "a.py", 1, "raise E('" + "\\" * 100_000)),
    ],
    ids=lambda event: event.id,
)  # fmt: skip
def test_hostile_events_take_bounded_time(event):
    start = time.perf_counter()
    assert len(F.event(event).key) == 32
    assert time.perf_counter() - start < 15


WILD = st.text(max_size=40)
FRAMES = st.builds(
    Frame, WILD, WILD, WILD, WILD, st.integers(-5, 10**6), st.just(0), st.sampled_from([None, True, False]),
    st.lists(st.tuples(st.integers(0, 9), WILD), max_size=3).map(tuple),
    st.lists(st.tuples(WILD, WILD), max_size=2).map(tuple),
)  # fmt: skip
KINDS = (
    st.sampled_from(["KeyError", "TypeError", "ConnectionError", "ExceptionGroup", "", "RecursionError"])
    | WILD
)
EXCEPTIONS = st.builds(ExceptionInfo, KINDS, WILD, frames=st.lists(FRAMES, max_size=5).map(tuple))


@given(st.lists(EXCEPTIONS, max_size=4).map(tuple), WILD)
def test_any_event_gets_a_fingerprint(exceptions, message):
    event = Event("e", message=message, exceptions=exceptions)
    assert F.event(event) == F.event(event)
