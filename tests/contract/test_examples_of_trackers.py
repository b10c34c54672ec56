"""Every recorded answer of GlitchTip and Bugsink parses without loss (see `lossless`)."""

from __future__ import annotations

import json

import msgspec
import pytest

from rootcase.core.signals.bugsink_wire import Listed, WireIssue, event_of, signal_of
from rootcase.core.signals.bugsink_wire import release_of as bugsink_release
from rootcase.core.signals.glitchtip_wire import issue_event, issue_signal, release_of, with_stats, with_tags
from tests.contract.contract import EXAMPLES, example
from tests.contract.lossless import counted, counted_raw, filled

CRASH = {
    "id", "platform", "at_us", "level", "exceptions", "exceptions.type", "exceptions.value", "exceptions.frames",
    "exceptions.frames.function", "exceptions.frames.filename", "exceptions.frames.line", "exceptions.frames.in_app",
}  # fmt: skip
PYTHON = CRASH | {
    "server", "user", "trace_id", "release", "environment", "tags", "contexts", "breadcrumbs", "breadcrumbs.at",
    "breadcrumbs.category", "breadcrumbs.data", "breadcrumbs.message", "exceptions.frames.context",
    "exceptions.frames.module", "exceptions.frames.abs_path", "exceptions.frames.variables", "exceptions.mechanism",
    "exceptions.handled",
}  # fmt: skip
MESSAGE = {
    "id",
    "platform",
    "at_us",
    "level",
    "message",
    "contexts",
    "breadcrumbs",
    "release",
    "environment",
    "user",
}
GLITCHTIP_PYTHON = PYTHON | {"transaction", "breadcrumbs.level"}
GLITCHTIP_EVENTS = {
    "event_latest.json": GLITCHTIP_PYTHON,
    "event_latest_exceptiongroup.json": GLITCHTIP_PYTHON - {"exceptions.frames.variables"} | {"breadcrumbs.level"},
    "event_latest_jsondecodeerror.json": GLITCHTIP_PYTHON,
    "event_latest_keyerror.json": GLITCHTIP_PYTHON,
    "event_latest_outofstock.json": GLITCHTIP_PYTHON,
    "event_latest_timeouterror.json": GLITCHTIP_PYTHON,
    "event_latest_zerodivisionerror.json": GLITCHTIP_PYTHON,
    "event_latest_job_17_failed_for_jo_example_org.json": MESSAGE | {"server", "tags"},
    "event_latest_rates_are_stale.json": MESSAGE | {"server", "tags"},
    "event_latest_raw_javascript_list_shapes.json": CRASH | {
        "transaction", "release", "environment", "tags", "contexts", "request", "request.url", "request.query",
        "request.headers", "breadcrumbs", "breadcrumbs.message", "exceptions.frames.column",
    },
    "event_latest_raw_native_thread.json": {"id", "platform", "at_us", "level", "message"},
    "event_latest_raw_no_type_no_value.json": {"id", "platform", "at_us", "level", "message", "tags"},
    "event_json.json": GLITCHTIP_PYTHON - {"breadcrumbs.level"} | {"breadcrumbs.level"},
}  # fmt: skip
BUGSINK_EVENTS = {
    "event.json": PYTHON,
    "event_01_keyerror.json": PYTHON,
    "event_02_jsondecodeerror.json": PYTHON,
    "event_03_outofstock.json": PYTHON,
    "event_04_outofstock.json": PYTHON,
    "event_05_zerodivisionerror.json": PYTHON,
    "event_06_exceptiongroup.json": PYTHON - {"exceptions.frames.variables"},
    "event_07_recursionerror.json.gz": PYTHON,
    "event_08_log_message.json": MESSAGE | {"server"},
    "event_09_log_message.json": MESSAGE | {"server", "logger"},
    "event_10_timeouterror.json": PYTHON - {"tags", "exceptions.frames.variables"},
    "event_raw_javascript_list_shapes.json": CRASH | {
        "transaction", "release", "environment", "tags", "request", "request.url", "request.query", "request.headers",
        "breadcrumbs", "breadcrumbs.message", "breadcrumbs.at", "exceptions.frames.column",
    },
    "event_raw_native_thread.json": {"id", "platform", "at_us", "level", "message", "exceptions", "exceptions.frames"},
    "event_raw_no_type_no_value.json": {"id", "platform", "at_us", "level", "tags", "exceptions"},
}  # fmt: skip


def load(name: str):
    return json.loads(example(name))


def recorded(pattern: str) -> set[str]:
    return {path.name for path in EXAMPLES.glob(pattern)}


def test_no_recorded_event_is_left_out_here():
    example("glitchtip/issue.json")
    assert recorded("glitchtip/event_*.json") == set(GLITCHTIP_EVENTS)
    assert recorded("bugsink/event[_.]*json*") == set(BUGSINK_EVENTS)


@pytest.mark.parametrize("name", GLITCHTIP_EVENTS)
def test_glitchtip_events(name):
    raw = load(f"glitchtip/{name}")
    event = issue_event(raw)
    missing = GLITCHTIP_EVENTS[name] - filled(event)
    assert not missing, sorted(missing)
    assert counted(event) == counted_raw(raw)


@pytest.mark.parametrize("name", ["events.json", "events_full.json", "project_events.json", "hashes.json"])
def test_glitchtip_event_lists(name):
    for raw in load(f"glitchtip/{name}"):
        raw = raw.get("latestEvent", raw)
        event = issue_event(raw)
        assert counted(event) == counted_raw(raw)
        assert {"id", "at_us", "release", "environment", "platform", "user", "trace_id"} <= filled(event)


ISSUE = {"id", "short_id", "title", "url", "project", "service", "level", "status", "events", "kind",
         "first_seen_us", "last_seen_us", "source"}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["issue.json", "issue_after.json", "issue_ignore.json", "issue_resolve.json", "issue_resolve_org.json",
     "error_issue_status_details.json", "issues.json", "issues_limit_3.json", "project_issues.json"],
)  # fmt: skip
def test_glitchtip_issues_in_either_spelling(name):
    raw = load(f"glitchtip/{name}")
    for each in raw if isinstance(raw, list) else [raw]:
        signal = issue_signal(each, source="glitchtip", service="", me=())
        assert filled(signal) >= ISSUE
        assert (signal.id, signal.events, signal.status) == (each["id"], int(each["count"]), each["status"])


def test_glitchtip_tags_and_statistics():
    signal = issue_signal(load("glitchtip/issue.json"), source="glitchtip", service="", me=())
    signal = with_tags(signal, load("glitchtip/tags.json"))
    assert {(s.facet, s.value, s.events) for s in signal.shares} == {
        ("release", "shop@1.1.0", 6), ("release", "shop@1.0.0", 3),
        ("environment", "production", 6), ("environment", "staging", 3),
    }  # fmt: skip
    assert dict(signal.tags)["feature"] == "totals" and signal.environment == "production"
    (stats,) = load("glitchtip/issues_stats.json")
    signal = with_stats(signal, stats)
    assert (sum(signal.trend), len(signal.trend), signal.handled) == (9, 24, True)


def test_glitchtip_releases():
    for name in ("release.json", "releases.json", "project_releases.json"):
        raw = load(f"glitchtip/{name}")
        for each in raw if isinstance(raw, list) else [raw]:
            assert filled(release_of(each, "")) == {"version", "created_us"}


@pytest.mark.parametrize("name", BUGSINK_EVENTS)
def test_bugsink_events(name):
    raw = load(f"bugsink/{name}")
    event = event_of(raw)
    missing = BUGSINK_EVENTS[name] - filled(event)
    assert not missing, sorted(missing)
    expected = counted_raw(raw["data"])
    if name == "event_07_recursionerror.json.gz":
        # A recursion says the same a thousand times: the outer 50 and inner 200 frames stay, and that is said.
        assert any("frames in the middle of 999 left out" in problem for problem in event.problems)
        assert counted(event)["frames"] == 250 and counted(event)["breadcrumbs"] == expected["breadcrumbs"]
        return
    assert counted(event) == expected


@pytest.mark.parametrize(
    "name",
    ["issue.json", "issue_by_friendly_id.json", "issue_mute.json", "issue_reopen.json", "issue_resolve.json",
     "issue_resolve_next.json", "issues.json", "issues_page1_of_3_results_cut_to_2.json"],
)  # fmt: skip
def test_bugsink_issues(name):
    data = example(f"bugsink/{name}")
    raw = json.loads(data)
    issues = raw.get("results", [raw])
    wires = [msgspec.json.decode(json.dumps(each), type=WireIssue) for each in issues]
    for each, wire in zip(issues, wires, strict=True):
        signal = signal_of(wire, source="bugsink", service="", project="shop", base="https://bugs.example")
        assert filled(signal) >= ISSUE
        state = "resolved" if each["is_resolved"] else "ignored" if each["is_muted"] else "unresolved"
        assert (signal.status, signal.events) == (state, each["digested_event_count"])
        assert (signal.substatus == "resolved_in_next_release") == each["is_resolved_by_next_release"]
        assert "\x1b" not in signal.title and each["calculated_value"].split("\x1b")[0] in signal.title
    if "page1" in name:
        assert msgspec.json.decode(data, type=Listed).next


def test_bugsink_releases():
    for raw in [*load("bugsink/releases.json")["results"], load("bugsink/release.json")]:
        assert filled(bugsink_release(raw, "")) == {"version", "created_us"}
