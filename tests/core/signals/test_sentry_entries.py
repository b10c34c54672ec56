"""What events hold beside exceptions, from browsers, templates, native code and slow requests; and any junk at all."""

from __future__ import annotations

import string

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.config.settings import SourceSettings
from rootcase.core.signals import pace
from rootcase.core.signals.origin import is_metadata, next_link
from rootcase.core.signals.sentry_events import event
from rootcase.core.signals.sentry_seer import diagnoses
from rootcase.core.signals.sentry_shares import shares
from rootcase.core.signals.sentry_site import named, site_of
from rootcase.core.signals.sentry_wire import WireIssue, signal_of


def with_entries(*entries: tuple[str, object], **more: object) -> dict[str, object]:
    listed = [{"type": kind, "data": data} for kind, data in entries]
    return {"eventID": "a" * 32, "dateCreated": "2026-03-01T10:00:00Z", "entries": listed, **more}


def test_a_browsers_report_is_a_message_with_its_facts():
    csp = {"effective_directive": "script-src", "blocked_uri": "https://evil.example/x.js",
           "document_uri": "https://shop.example/cart", "status_code": 0, "script_sample": ""}  # fmt: skip
    found = event(with_entries(("csp", csp)))
    assert found.message == "Blocked https://evil.example/x.js by script-src at https://shop.example/cart"
    assert ("csp.effective_directive", "script-src") in found.contexts
    assert found.problems == ()
    pins = event(with_entries(("hpkp", {"hostname": "shop.example"})))
    assert pins.message == "hpkp report for shop.example"


def test_a_broken_template_is_a_fact_and_the_only_frame_where_there_is_no_other():
    template = {"filename": "cart.html", "lineNo": 7, "context": [[6, "<p>"], [7, "  {% url 'nope' %}"]]}
    alone = event(with_entries(("template", template)))
    assert [(f.filename, f.line, f.context_line) for f in alone.exceptions[0].frames] == [
        ("cart.html", 7, "  {% url 'nope' %}")
    ]
    frames = [{"filename": "views.py", "lineNo": 3, "function": "cart"}]
    chain = {"values": [{"type": "NoReverseMatch", "value": "x", "stacktrace": {"frames": frames}}]}
    both = event(with_entries(("exception", chain), ("template", template)))
    assert [f.filename for f in both.exceptions[0].frames] == ["views.py"]
    assert dict(both.contexts)["template"] == "cart.html:7: {% url 'nope' %}"


def test_native_frames_keep_their_address_and_image_and_missing_symbols_are_said():
    frames = [{"package": "C:\\app\\shop.dll", "instructionAddr": "0x7ff1", "function": None, "lineNo": None}]
    images = {"images": [{"code_file": "C:\\app\\shop.dll", "debug_status": "missing"},
                         {"code_file": "/usr/lib/libc.so", "debug_status": "found"}]}  # fmt: skip
    chain = {"values": [{"type": "SIGSEGV", "value": "x", "stacktrace": {"frames": frames}}]}
    found = event(with_entries(("exception", chain), ("debugmeta", images)))
    (frame,) = found.exceptions[0].frames
    assert (frame.package, frame.address, frame.filename) == ("C:/app/shop.dll", "0x7ff1", "C:/app/shop.dll")
    assert found.problems == ("no symbols for shop.dll",)


def test_what_sentry_left_out_is_said():
    chain = {"values": [{"type": "E", "value": "", "stacktrace": {"frames": [{"function": "f"}],
                                                                  "framesOmitted": [10, 60]}}],
             "excOmitted": [2, 5]}  # fmt: skip
    found = event(with_entries(("exception", chain)))
    assert found.problems == (
        "the source left out exceptions 2 to 5",
        "the source left out frames 10 to 60",
    )


def test_the_thread_that_crashed_speaks_where_the_exception_has_no_frames():
    threads = {"values": [{"id": 1, "current": True, "stacktrace": {"frames": [{"function": "waits"}]}},
                          {"id": 2, "crashed": True, "stacktrace": {"frames": [{"function": "breaks"}]}}]}  # fmt: skip
    chain = {"values": [{"type": "SIGABRT", "value": "", "stacktrace": None}]}
    found = event(with_entries(("exception", chain), ("threads", threads)))
    assert [frame.function for frame in found.exceptions[0].frames] == ["breaks"]


def test_a_slow_request_tells_its_slowest_spans_and_its_evidence():
    spans = [{"op": "db", "description": "SELECT 1", "start_timestamp": 1772355600.0, "timestamp": 1772355600.25},
             {"op": "http", "description": "GET /rates", "start_timestamp": 1772355600.0, "timestamp": 1772355602.0},
             {"op": "broken", "start_timestamp": 9, "timestamp": 1}]  # fmt: skip
    occurrence = {"issueTitle": "Slow DB Query", "subtitle": "SELECT 1",
                  "evidenceDisplay": [{"name": "Transaction", "value": "/cart", "important": True}]}  # fmt: skip
    found = event(with_entries(("spans", spans), occurrence=occurrence))
    facts = dict(found.contexts)
    assert (facts["span.1"], facts["span.2"]) == ("2000 ms http GET /rates", "250 ms db SELECT 1")
    assert "span.3" not in facts
    assert facts["evidence.Transaction"] == "/cart"
    assert found.message == "Slow DB Query: SELECT 1"


@pytest.mark.parametrize(
    ("category", "kind"),
    [("error", "error"), (None, "error"), ("db_query", "trace"), ("performance", "trace"), ("cron", "alert"),
     ("uptime", "alert"), ("something_new", "alert")],
)  # fmt: skip
def test_what_kind_of_signal_an_issue_is(category, kind):
    assert signal_of(WireIssue(id="1", issue_category=category), source="s").kind == kind


# -- anything at all

KEYS = st.sampled_from((
    "entries", "type", "data", "values", "stacktrace", "frames", "exception", "threads", "csp", "template",
    "spans", "debugmeta", "images", "occurrence", "evidenceDisplay", "name", "value", "tags", "key", "contexts",
    "trace", "release", "user", "request", "query", "headers", "breadcrumbs", "lineNo", "context", "vars",
    "framesOmitted", "excOmitted", "mechanism", "handled", "errors", "sdk", "fingerprints", "autofix", "steps",
    "causes", "topValues", "count", "totalValues", "actor", "pullRequest", "activity", "externalIssues",
    "filename",
))  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers(-5, 2**70) | st.floats() | st.text(max_size=8) | KEYS
JUNK = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=30,
)


@given(JUNK)
def test_no_event_is_too_odd(junk):
    found = event(junk)
    assert found.id
    found = event(
        {"entries": [{"type": name, "data": junk} for name in ("exception", "csp", "template", "spans")]}
    )
    assert found.id


@given(JUNK, JUNK)
def test_no_issue_is_too_odd(one, other):
    issue = WireIssue(id="1", activity=one, assigned_to=other, stats=one, integration_issues=other,
                      annotations=one, status_details=other, project=one, last_release=other)  # fmt: skip
    assert signal_of(issue, source="s", me=["a"]).id == "1"
    assert diagnoses(one, "u") == diagnoses(one, "u")
    assert len(shares("release", other)) <= 11


@given(st.text(alphabet=string.printable + "<>;=\"'{}", max_size=200))
def test_no_header_is_too_odd(text):
    assert "\n" not in next_link({"link": text}).strip()
    headers = httpx.Headers({"Retry-After": text.encode("ascii", "ignore").decode().replace("\n", " "),
                             "Date": "x"})  # fmt: skip
    for each in (pace.SENTRY, pace.LINEAR, pace.DATADOG, pace.ATLASSIAN):
        assert 0 <= pace.wait_s(headers, each, now=1.0) <= pace.MOST_S
    assert is_metadata(text) in (True, False)


@given(st.text(max_size=60))
def test_no_address_is_too_odd(text):
    site = site_of(SourceSettings(kind="sentry", url="https://acme.sentry.io"))
    for prefix in ("", "https://acme.sentry.io/issues/", "https://"):
        found = named(site, prefix + text)
        assert found == "" or found.replace("-", "").replace("_", "").isalnum()
