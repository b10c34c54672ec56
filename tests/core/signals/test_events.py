"""Events of any Sentry-like shape become our events, and odd ones become problems instead of crashes."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rootcase.core.model.events import Event
from rootcase.core.signals.loose import decode, moment
from rootcase.core.signals.sentry_events import event

SDK = {
    "event_id": "8f14e45fceea467a9b36d5c0a1b2c3d4",
    "platform": "python",
    "level": "error",
    "timestamp": "2026-03-01T10:00:00.250000Z",
    "release": "2.14.0",
    "environment": "prod",
    "server_name": "api-1",
    "transaction": "/quote",
    "logger": "shop",
    "user": {"id": "u_1", "email": "jo@example.org"},
    "tags": {"region": "DE", "empty": None},
    "contexts": {
        "trace": {"trace_id": "aa" * 16, "span_id": "bb", "type": "trace"},
        "runtime": {"name": "CPython"},
    },
    "extra": {"order": {"id": 7}},
    "request": {
        "method": "POST",
        "url": "http://shop.example/quote",
        "query_string": "a=1&b=&a=2",
        "headers": {"Accept": "*/*"},
        "data": {"items": []},
    },
    "breadcrumbs": {
        "values": [{"timestamp": 1, "category": "http", "message": "GET", "data": {"status": 200}}, None]
    },
    "exception": {
        "values": [
            {
                "type": "ValueError",
                "value": "bad rate",
                "module": None,
                "mechanism": {"type": "chained", "handled": False},
            },
            {
                "type": "QuoteError",
                "value": "no price",
                "module": "shop.errors",
                "mechanism": {"type": "wsgi", "handled": False},
                "stacktrace": {
                    "frames": [
                        {"filename": "wsgi.py", "function": "run", "lineno": 3, "in_app": False},
                        {
                            "filename": "shop\\pricing.py",
                            "abs_path": "C:\\srv\\shop\\pricing.py",
                            "module": "shop.pricing",
                            "function": "price",
                            "lineno": 41,
                            "in_app": True,
                            "pre_context": ["a", "b"],
                            "context_line": "    return rate[region]",
                            "post_context": ["c"],
                            "vars": {"rate": {"EUR": 1}, "region": "'DE'"},
                        },
                    ]
                },
            },
        ]
    },
}

API = {
    "eventID": "8f14e45fceea467a9b36d5c0a1b2c3d4",
    "platform": "python",
    "dateCreated": "2026-03-01T10:00:00.250Z",
    "message": "QuoteError no price shop/pricing.py",
    "release": {"version": "2.14.0", "shortVersion": "2.14"},
    "user": {"id": None, "email": "jo@example.org"},
    "tags": [
        {"key": "environment", "value": "prod"},
        {"key": "level", "value": "fatal"},
        {"key": "transaction", "value": "/quote"},
        {"key": "server_name", "value": "api-1"},
        {"key": None, "value": "x"},
        {"key": "empty", "value": None},
    ],
    "contexts": {"trace": {"trace_id": "aa" * 16}, "runtime": None},
    "errors": [{"type": "js_no_source", "message": "Source file was not found"}],
    "entries": [
        {"type": "breadcrumbs", "data": {"values": [{"timestamp": "x", "message": None}]}},
        {
            "type": "request",
            "data": {"method": None, "url": "http://shop.example/quote", "query": [["a", "1"]], "headers": None},
        },
        {
            "type": "exception",
            "data": {
                "values": [
                    {
                        "type": "QuoteError",
                        "value": "no price",
                        "mechanism": None,
                        "stacktrace": {
                            "framesOmitted": [4, 9],
                            "frames": [
                                {
                                    "filename": "shop/pricing.py",
                                    "absPath": "/srv/shop/pricing.py",
                                    "function": "price",
                                    "lineNo": 41,
                                    "colNo": None,
                                    "inApp": True,
                                    "context": [[40, "b"], [41, "    return rate[region]"], [42, "c"]],
                                    "vars": None,
                                },
                            ],
                        },
                    }
                ]
            },
        },
    ],
}  # fmt: skip


def test_an_sdk_event_is_read_whole():
    seen = event(SDK)
    assert seen.problems == ()
    assert seen.id == SDK["event_id"]
    assert seen.at_us == 1_772_359_200_250_000
    assert (seen.release, seen.environment, seen.server, seen.transaction, seen.logger) == (
        "2.14.0", "prod", "api-1", "/quote", "shop",
    )  # fmt: skip
    assert seen.user == "u_1"
    assert seen.trace_id == "aa" * 16
    assert [each.type for each in seen.exceptions] == ["ValueError", "QuoteError"]
    raised = seen.raised
    assert raised is not None
    assert (raised.module, raised.mechanism, raised.handled) == ("shop.errors", "wsgi", False)
    frame = raised.frames[-1]
    assert (frame.filename, frame.abs_path) == ("shop/pricing.py", "C:/srv/shop/pricing.py")
    assert (frame.line, frame.in_app, frame.context_line) == (41, True, "    return rate[region]")
    assert [number for number, _ in frame.context] == [39, 40, 41, 42]
    assert dict(frame.variables) == {"rate": '{"EUR": 1}', "region": "'DE'"}
    assert seen.tags == (("region", "DE"), ("empty", ""))
    assert ("extra.order", '{"id": 7}') in seen.contexts
    assert ("runtime.name", "CPython") in seen.contexts
    assert seen.request is not None
    assert seen.request.query == (("a", "1"), ("b", ""), ("a", "2"))
    assert seen.breadcrumbs[0].data == (("status", "200"),)


def test_an_api_event_is_read_whole():
    seen = event(API)
    assert seen.problems == (
        "the source left out frames 4 to 9",
        "the source says: Source file was not found",
    )
    assert (seen.release, seen.environment, seen.level, seen.transaction) == (
        "2.14.0",
        "prod",
        "fatal",
        "/quote",
    )
    assert seen.message == ""
    assert seen.user == "jo@example.org"
    assert seen.raised is not None
    assert seen.raised.handled is None
    assert seen.raised.frames[0].context_line == "    return rate[region]"
    assert ("empty", "") in seen.tags
    assert all(name for name, _ in seen.tags)


def test_both_shapes_of_one_crash_agree_on_where_it_was():
    sdk, api = event(SDK).raised, event(API).raised
    assert sdk is not None
    assert api is not None
    mine, theirs = sdk.frames[-1], api.frames[-1]
    assert (mine.filename, mine.function, mine.line, mine.context_line) == (
        theirs.filename, theirs.function, theirs.line, theirs.context_line,
    )  # fmt: skip


def test_an_event_wrapped_in_data_is_unwrapped():
    seen = event({"id": "x", "event_id": "8f14e45f-ceea-467a-9b36-d5c0a1b2c3d4", "data": SDK, "issue": "i"})
    assert seen.id == SDK["event_id"]
    assert seen.raised is not None


def test_a_list_of_exceptions_counts_like_values():
    assert [e.type for e in event({"exception": [{"type": "A"}, {"type": "B"}]}).exceptions] == ["A", "B"]


def test_a_crashed_thread_lends_its_frames():
    threads = {
        "values": [
            {"id": 1, "stacktrace": {"frames": [{"function": "idle"}]}},
            {
                "id": 2,
                "crashed": True,
                "stacktrace": {"frames": [{"function": "boom", "package": "libx.so"}]},
            },
        ]
    }
    alone = event({"threads": threads, "message": "gone"})
    assert alone.exceptions[0].frames[0].function == "boom"
    assert alone.exceptions[0].frames[0].filename == "libx.so"
    together = event({"threads": threads, "exception": {"values": [{"type": "SIGSEGV", "stacktrace": None}]}})
    assert together.raised is not None
    assert (together.raised.type, together.raised.frames[0].function) == ("SIGSEGV", "boom")


def test_a_message_event_says_its_message():
    assert event({"logentry": {"message": "job %s", "formatted": "job 17"}}).message == "job 17"
    assert event({"message": "plain"}).message == "plain"
    assert (
        event({"entries": [{"type": "message", "data": {"formatted": "shown"}}], "message": "x"}).message
        == "shown"
    )


def test_a_thousand_frames_keep_both_ends():
    frames = [{"function": f"f{n}", "lineno": n} for n in range(1000)]
    seen = event({"exception": [{"type": "RecursionError", "stacktrace": {"frames": frames}}]})
    kept = seen.exceptions[0].frames
    assert (kept[0].function, kept[-1].function, len(kept)) == ("f0", "f999", 250)
    assert "750 frames in the middle of 1000 left out" in seen.problems


def test_an_event_without_anything_says_what_is_missing():
    seen = event({})
    assert seen.problems == ("no exception, no stack trace and no message", "no readable time")
    assert len(seen.id) == 32
    assert event({"exception": [{"type": "E"}], "timestamp": 1}).problems == ("no stack frames",)


def test_hostile_text_is_inert_everywhere():
    poison = "a\x1b]52;c;x\x07\u202e\ud800b"
    text = repr(event(json.loads(json.dumps(SDK).replace("no price", json.dumps(poison)[1:-1]))))
    for bad in ("\\x1b", "\\x07", "\\u202e", "\\ud800"):
        assert bad not in text


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2026-03-01T10:00:00Z", 1_772_359_200_000_000),
        ("2026-03-01T10:00:00", 1_772_359_200_000_000),
        ("2026-03-01T12:00:00+02:00", 1_772_359_200_000_000),
        (1_772_359_200, 1_772_359_200_000_000),
        (1_772_359_200.5, 1_772_359_200_500_000),
        (1_772_359_200_000, 1_772_359_200_000_000),
        ("1772359200", 1_772_359_200_000_000),
        (None, 0), ("", 0), ("soon", 0), (-5, 0), (float("nan"), 0), (1e300, 0), (True, 0), ([], 0), ("0001-01-01", 0),
    ],
)  # fmt: skip
def test_times_in_any_spelling(value, at):
    assert moment(value) == at


def test_json_of_python_programs_is_read():
    assert decode(b'{"a": NaN, "b": "\\ud800"}') is not None
    with pytest.raises(ValueError):
        decode(b"{")
    with pytest.raises(ValueError):
        decode(b"[" * 100_000)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = [
    "entries", "exception", "values", "stacktrace", "frames", "data", "type", "threads", "crashed", "context", "vars",
    "lineno", "lineNo", "pre_context", "context_line", "tags", "contexts", "trace", "release", "user", "request",
    "breadcrumbs", "message", "logentry", "timestamp", "errors", "query", "query_string", "mechanism", "handled",
    "framesOmitted", "extra", "headers",
]  # fmt: skip


@st.composite
def damaged(draw):
    """A good event in which some fields, at any depth, hold something else."""
    whole = json.loads(json.dumps(draw(st.sampled_from([SDK, API]))))

    def walk(node):
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            if draw(st.integers(0, 9)) == 0:
                node[key] = draw(VALUES)
            elif isinstance(node[key], dict | list):
                walk(node[key])

    walk(whole)
    return whole


@settings(max_examples=150, deadline=None)
@given(damaged() | VALUES | st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_no_odd_event_raises(raw):
    seen = event(raw)
    assert isinstance(seen, Event)
    assert seen.id
    assert seen.at_us >= 0
    assert all(frame.line >= 0 for each in seen.exceptions for frame in each.frames)


def test_a_megabyte_in_one_variable_is_cut_quickly():
    big = json.loads(json.dumps(SDK))
    big["exception"]["values"][1]["stacktrace"]["frames"][1]["vars"] = {
        f"v{n}": "x" * 1_000_000 for n in range(30)
    }
    started = time.perf_counter()
    seen = event(big)
    assert time.perf_counter() - started < 15
    assert seen.raised is not None
    assert all(len(value) <= 1000 for _, value in seen.raised.frames[-1].variables)
