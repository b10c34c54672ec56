"""Whatever a paging or monitoring service sends: it is read as far as it goes, and nothing in it steers a terminal."""

from __future__ import annotations

from dataclasses import astuple, is_dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rootcase.core.safety.text import is_hostile
from rootcase.core.signals import (
    datadog_alerts,
    datadog_events,
    datadog_windows,
    datadog_wire,
    dynatrace_wire,
    opsalerts_wire,
    pagerduty_wire,
)
from rootcase.core.signals.datadog_wire import Place
from rootcase.core.signals.links import addresses_in, taken_apart, web_address, what_is
from rootcase.core.signals.standing import Standing
from rootcase.core.signals.told import facts_of, stack_of, told

ODD = "\x1b]52;c;x\x07 \u202e[/bold] \u3164 https://a.test/\x1b[31mx"
PLACE = Place("datadog", "https://app.datadoghq.com")
NAMES = [
    *(
        "id",
        "title",
        "summary",
        "status",
        "service",
        "incident_key",
        "assignments",
        "assignee",
        "acknowledgements",
    ),
    *(
        "alert_counts",
        "teams",
        "body",
        "details",
        "cef_details",
        "channel",
        "contexts",
        "created_at",
        "custom_fields",
    ),
    *(
        "resolve_reason",
        "incident",
        "urgency",
        "priority",
        "alias",
        "message",
        "tags",
        "responders",
        "report",
        "key",
    ),
    *(
        "extraProperties",
        "description",
        "count",
        "attributes",
        "relationships",
        "data",
        "type",
        "error_type",
        "state",
    ),
    *(
        "error_message",
        "languages",
        "regression",
        "first_seen",
        "error",
        "stack",
        "kind",
        "dd",
        "custom",
        "fields",
    ),
    *(
        "value",
        "public_id",
        "evidenceDetails",
        "impacts",
        "impactAnalysis",
        "entity",
        "entityId",
        "name",
        "content",
    ),
    *(
        "rootCauseEntity",
        "entityTags",
        "problemId",
        "startTime",
        "endTime",
        "comments",
        "recentComments",
        "schema",
    ),
    *(
        "links",
        "url",
        "groups",
        "options",
        "silenced",
        "git",
        "commit_sha",
        "version",
        "included",
        "jira_issue",
    ),
    "result",
]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(ODD)
KEYS = st.sampled_from(NAMES) | st.text(max_size=5)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=8)
    ),
    max_leaves=40,
)
OBJECT = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=20)


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if is_dataclass(value) and not isinstance(value, type):
        return texts(astuple(value))
    if isinstance(value, tuple | list):
        return [text for each in value for text in texts(each)]
    return []


def read_all(raw: object) -> list[object]:
    """Every reader of every service, on the same thing."""
    incident = pagerduty_wire.signal_of(raw, source="pagerduty", me=["Ada"])
    alert = opsalerts_wire.signal_of(raw, source="opsgenie", short="OG")
    problem = dynatrace_wire.signal_of(raw, source="dynatrace", web="https://x.test")
    found = datadog_windows.found_in({"data": [raw], "included": [raw]})
    issues = [datadog_wire.issue_signal(each, PLACE) for each in found]
    bare = datadog_windows.Found("i", 1, 1, 1, raw if isinstance(raw, dict) else {}, {"user/i": {}})
    issue = datadog_wire.issue_signal(bare, PLACE)
    monitor = datadog_alerts.monitor_signal(raw, PLACE)
    declared = datadog_alerts.incident_signal(raw, datadog_windows.included_in({"included": [raw]}), PLACE)
    return [
        incident,
        pagerduty_wire.alert_event(raw, incident),
        pagerduty_wire.entry_event(raw, incident),
        pagerduty_wire.deploy_of(raw),
        alert,
        opsalerts_wire.event_of(raw, alert),
        problem,
        dynatrace_wire.event_of(raw, problem),
        dynatrace_wire.deploy_of(raw),
        dynatrace_wire.release_of(raw),
        *issues,
        issue,
        datadog_events.event_of(raw, issue),
        datadog_events.from_issue(issue, ("no stack",)),
        monitor,
        datadog_alerts.monitor_event(raw, monitor),
        declared,
        datadog_alerts.incident_event(raw, declared),
        datadog_wire.deploy_of(raw),
        *datadog_wire.releases_of([raw]),
        datadog_wire.definition_of(raw),
    ]


@settings(max_examples=150, deadline=None)
@given(OBJECT | JSON)
def test_anything_is_read_and_comes_out_clean(raw):
    for text in texts(read_all(raw)):
        assert not any(is_hostile(character) for character in text), repr(text)


@given(st.text() | st.just(ODD))
def test_addresses_are_such_that_can_be_opened(text):
    for what, address in addresses_in(text, {"a": [text]}):
        assert what and taken_apart(address) is not None
        assert web_address(address) == address and not any(is_hostile(each) for each in address)


def test_addresses_are_taken_out_of_prose_and_markdown():
    text = (
        "See [the issue](https://acme.sentry.io/issues/41/?a=(1)), https://x.test/a. "
        "<https://y.test/b>; javascript:alert(1)"
    )
    assert [address for _, address in addresses_in(text)] == [
        "https://acme.sentry.io/issues/41/?a=(1)",
        "https://x.test/a",
        "https://y.test/b",
    ]
    assert (what_is("https://sentry.acme.test/1"), what_is("https://evilsentry.io/1")) == (
        "Sentry",
        "evilsentry.io",
    )


@pytest.mark.parametrize(
    "address",
    ["https://a.test/\u3164x", "https://a.test/\x1b]x", "javascript:alert(1)", "https://", 5, None],
)
def test_what_is_no_plain_address_is_none(address):
    assert web_address(address) == ""


def test_a_title_stays_on_one_line_and_facts_on_one_each():
    event = told("1", "Checkout\nfails", (("service", "a\nb"), ("empty", "")), body="more\nlines")
    assert event.message == "Checkout fails\nservice: a b\n\nmore\nlines"


@given(st.text())
def test_any_cursor_can_be_read(text):
    assert Standing.read(text) in (Standing(), Standing.read(Standing.read(text).write()))


@pytest.mark.parametrize(
    "stack",
    [
        'Traceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1',
        "Error: no\n    at price (/srv/app/price.js:3:9)\n    at Object.<anonymous> (/srv/app/x.js:1:1)",
        "panic: no\n\ngoroutine 1 [running]:\nmain.main()\n\t/srv/main.go:3 +0x1d",
        "java.lang.Error: no\n\tat com.acme.Pricing.of(Pricing.java:12)\n\tat com.acme.Shop.buy(Shop.java:3)",
        "RuntimeError: no\n  from app/price.rb:3:in `of'\n  from app/shop.rb:1:in `buy'",
    ],
)
def test_a_stack_in_a_payload_is_found_and_stays_out_of_the_facts(stack):
    payload = {"custom": {"stacktrace": stack, "host": "web-1"}, "note": "at noon we\nmet at the bar"}
    assert stack_of(payload) == stack
    assert facts_of(payload) == (("custom.host", "web-1"), ("note", "at noon we\nmet at the bar"))
    assert stack_of({"description": "It fails at checkout\nand at the bar (twice)"}) == ""
