"""The recorded OTLP exports parse without loss (see `lossless`); neither tells of a failure, so neither is an event."""

from __future__ import annotations

import json

from rootcase.core.signals.otlp import failures, is_otlp, log_event, span_event
from tests.contract.contract import example
from tests.contract.lossless import filled


def nested(value, outer, middle, inner):
    (group,) = value[outer]
    (part,) = group[middle]
    (record,) = part[inner]
    return group["resource"], part["scope"], record


def test_logs():
    value = json.loads(example("otlp-logs.json"))
    assert is_otlp(value) and list(failures(value)) == []
    event = log_event(*nested(value, "resourceLogs", "scopeLogs", "logRecords"))
    assert filled(event) >= {"id", "at_us", "level", "message", "logger", "trace_id", "tags", "contexts"}
    assert (event.level, event.message, event.at_us) == ("info", "Example log record", 1_544_712_660_300_000)
    assert dict(event.tags) == {
        "service": "my.service", "string.attribute": "some string", "boolean.attribute": "True", "int.attribute": "10",
        "double.attribute": "637.704", "array.attribute": '["many", "values"]',
        "map.attribute": '{"some.map.key": "some value"}',
    }  # fmt: skip


def test_traces():
    value = json.loads(example("otlp-trace.json"))
    assert is_otlp(value) and list(failures(value)) == []
    event = span_event(*nested(value, "resourceSpans", "scopeSpans", "spans"), {})
    assert filled(event) >= {"id", "at_us", "transaction", "logger", "trace_id", "tags", "contexts"}
    assert (event.transaction, event.trace_id) == ("I'm a server span", "5b8efff798038103d269b633813fc60c")
