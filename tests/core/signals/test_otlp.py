"""OTLP exports in files: log records and spans that tell of failures become signals with events."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rootcase.core.config.settings import SourceSettings
from rootcase.core.safety.redact import Redactor
from rootcase.core.signals.eventfiles import event_in, read
from rootcase.core.signals.files import FilesSource
from rootcase.core.signals.otlp import failures
from rootcase.core.signals.otlp_values import attributes, identity, level_of, micros, plain

TRACE = "5B8EFFF798038103D269B633813FC60C"
STACK = (
    'Traceback (most recent call last):\n  File "/srv/shop.py", line 12, in price\n'
    "    rates[code]\nKeyError: 'GBP'"
)
NANOS = "1772355600000000000"


def attrs(**values: object) -> list[dict[str, object]]:
    kinds = {str: "stringValue", bool: "boolValue", float: "doubleValue"}
    return [
        {"key": name.replace("__", "."), "value": {kinds.get(type(v), "intValue"): str(v) if type(v) is int else v}}
        for name, v in values.items()
    ]  # fmt: skip


RESOURCE = {"attributes": attrs(
    service__name="checkout", service__version="2.14.0", deployment__environment__name="production",
    host__name="web-1", telemetry__sdk__language="python", cloud__region="eu-1",
)}  # fmt: skip


def logs(*records: dict[str, object], resource: object = RESOURCE) -> dict[str, object]:
    scope = {"scope": {"name": "shop.pricing"}, "logRecords": list(records)}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [scope]}]}


def spans(*records: dict[str, object]) -> dict[str, object]:
    return {
        "resourceSpans": [
            {"resource": RESOURCE, "scopeSpans": [{"scope": {"name": "web"}, "spans": list(records)}]}
        ]
    }


def crash(**more: object) -> dict[str, object]:
    return {
        "timeUnixNano": NANOS, "severityNumber": 17, "body": {"stringValue": "order failed"}, "traceId": TRACE,
        "spanId": "EEE19B7EC3C1B174",
        "attributes": attrs(
            exception__type="KeyError", exception__message="'GBP'", exception__stacktrace=STACK, tenant="acme",
            http__route="/orders", order=17,
        ), **more,
    }  # fmt: skip


def only(value: object):
    (recorded,) = failures(value)
    return recorded


def test_a_log_record_with_an_exception_is_an_event():
    event = only(logs(crash())).event
    assert (event.release, event.environment, event.server) == ("2.14.0", "production", "web-1")
    assert (event.raised.type, event.raised.value, event.stack_text) == ("KeyError", "'GBP'", STACK)
    assert (event.message, event.level, event.logger, event.platform) == (
        "order failed", "error", "shop.pricing", "python",
    )  # fmt: skip
    assert (event.at_us, event.trace_id, event.transaction) == (
        1_772_355_600_000_000,
        TRACE.lower(),
        "/orders",
    )
    tags = dict(event.tags)
    assert (tags["service"], tags["tenant"], tags["order"], tags["region"]) == (
        "checkout",
        "acme",
        "17",
        "eu-1",
    )
    assert "exception.stacktrace" not in tags and event.problems == ()


def test_a_class_with_its_package_is_the_same_class_as_at_sentry():
    record = crash(attributes=attrs(exception__type="java.net.ConnectException", exception__escaped=True))
    raised = only(logs(record)).event.raised
    assert (raised.module, raised.type, raised.handled) == ("java.net", "ConnectException", False)


def test_an_exception_that_a_span_recorded_is_an_event():
    span = {
        "traceId": TRACE, "spanId": "EEE19B7EC3C1B174", "name": "GET /orders", "endTimeUnixNano": NANOS,
        "status": {"code": 2, "message": "broken"},
        "attributes": attrs(http__request__method="GET", url__path="/orders"),
        "events": [
            {"name": "cache.miss", "timeUnixNano": NANOS},
            {"name": "exception", "timeUnixNano": 1772355600000000000,
             "attributes": attrs(exception__type="KeyError", exception__stacktrace=STACK)},
        ],
    }  # fmt: skip
    event = only(spans(span)).event
    assert (event.transaction, event.stack_text, event.message) == ("GET /orders", STACK, "broken")
    assert (event.request.method, event.request.url) == ("GET", "/orders")


def test_a_failed_span_without_an_exception_is_a_failure_too():
    span = {"name": "charge", "endTimeUnixNano": NANOS, "status": {"code": 2, "message": "card refused"}}
    event = only(spans(span)).event
    assert event.message == "span charge failed: card refused" and event.exceptions == ()


@pytest.mark.parametrize(
    "quiet",
    [
        logs({"severityNumber": 9, "body": {"stringValue": "started"}}),
        spans({"name": "ok", "status": {"code": 1}}, {"name": "unset"}),
        {"resourceLogs": None},
        {"resourceLogs": [{"scopeLogs": [{"logRecords": ["x", 1, None]}]}]},
    ],
)
def test_what_tells_of_no_failure_is_no_event(quiet):
    assert list(failures(quiet)) == []


def test_an_error_that_was_only_logged_is_an_event():
    record = {"severityNumber": 21, "body": {"stringValue": "out of disk"}, "observedTimeUnixNano": NANOS}
    event = only(logs(record)).event
    assert (event.message, event.level, event.at_us) == ("out of disk", "fatal", 1_772_355_600_000_000)


def test_the_same_place_is_one_issue_and_another_is_another():
    again = crash(
        timeUnixNano="1772355700000000000",
        attributes=attrs(
            exception__type="KeyError", exception__message="'JPY'", exception__stacktrace=STACK.replace("GBP", "JPY")
        ),
    )  # fmt: skip
    elsewhere = crash(
        attributes=attrs(exception__type="KeyError", exception__stacktrace=STACK.replace("price", "tax"))
    )
    one, two, three = failures(logs(crash(), again, elsewhere))
    assert one.issue == two.issue != three.issue and one.event.id != two.event.id


def test_values_ids_and_times_are_read_in_either_spelling():
    nested = {
        "kvlistValue": {"values": [{"key": "a", "value": {"arrayValue": {"values": [{"intValue": "7"}]}}}]}
    }
    assert plain(nested) == {"a": [7]}
    assert plain({"boolValue": False}) is False and plain({"intValue": 5}) == 5
    assert identity(TRACE) == TRACE.lower() and identity("0" * 32) == ""
    assert identity("W47/95gDgQPSabYzgT/GDA==") == "5b8efff798038103d269b633813fc60c"
    assert micros("1772355600000000001") == micros(1_772_355_600_000_000_001) == 1_772_355_600_000_000
    assert [level_of(number, "") for number in (1, 9, 13, 17, 24)] == [
        "debug",
        "info",
        "warning",
        "error",
        "fatal",
    ]
    assert level_of(0, "WARN") == "warning"
    assert attributes([{"key": "a", "value": {"stringValue": "x"}}, "odd", {"value": 1}]) == {"a": "x"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["resource", "scopeLogs", "logRecords", "scopeSpans", "spans", "events", "attributes", "key",
                         "value", "stringValue", "intValue", "arrayValue", "values", "name", "status", "code", "body"]),
        inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(JSON, JSON)
@settings(max_examples=200, deadline=None)
def test_odd_exports_never_break_the_reading(some, more):
    for recorded in failures({"resourceLogs": some, "resourceSpans": more}):
        assert recorded.event.id and recorded.issue


async def test_files_of_exports_are_a_source(tmp_path):
    lines = [json.dumps(logs(crash())), json.dumps(logs(crash(timeUnixNano="1772355700000000000")))]
    (tmp_path / "checkout.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "spans.json").write_text(
        json.dumps(spans({"name": "charge", "status": {"code": 2}})), encoding="utf-8"
    )
    source = FilesSource(SourceSettings(kind="files", path=str(tmp_path)))
    (batch,) = [batch async for batch in source.list("")]
    signals = {signal.title: signal for signal in batch.signals}
    signal = signals["KeyError: 'GBP'"]
    assert (signal.events, signal.service, signal.last_release) == (2, "checkout", "2.14.0")
    assert (signal.environment, signals["span charge failed"].events) == ("production", 1)
    events = await source.events(signal)
    assert [event.stack_text for event in events] == [STACK, STACK]
    (again,) = [found async for found in source.list(batch.cursor)]
    assert again.signals == ()


def test_a_stack_trace_as_text_is_redacted_like_everything_else(tmp_path):
    file = tmp_path / "one.json"
    record = crash(
        attributes=attrs(exception__type="E", exception__stacktrace="at pay(token='s3cret-token-value')")
    )
    file.write_text(json.dumps(logs(record)), encoding="utf-8")
    (found,) = read(file)
    kept = Redactor(["s3cret-token-value"]).event(event_in(found))
    assert "s3cret" not in kept.stack_text and kept.stack_text.startswith("at pay(")
