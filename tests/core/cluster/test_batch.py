"""A file of signals as a whole: one bug is one cluster, two bugs are two, however they were seen."""

# ruff: noqa: E501, SIM905 - traces read better in one line

import json
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rootcase.core.cluster.batch import Batch
from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.signals.lean import LeanReader

WEB = [("app/middleware.py", "dispatch", 20, "return await call_next(request)")]
JOB = [("app/worker.py", "run_task", 9, "return task(**kwargs)")]
CHECK = ("app/http.py", "check_response", 18, "raise UpstreamError(response)")


def sdk(kind, said, frames, *, release="", root="/srv/app/", around=(), in_app=True, before=()):
    values = [_value(*item, root, (), in_app) for item in before] + [
        _value(kind, said, frames, root, around, in_app)
    ]
    return {"source": "sentry", "event": {"exception": {"values": values}, "release": release}}


def _value(kind, said, frames, root, around, in_app):
    out = [
        {
            "function": function, "filename": path, "abs_path": root + path, "lineno": line, "in_app": in_app,
            "module": path.removesuffix(".py").replace("/", "."), "context_line": source,
            "pre_context": list(around), "post_context": [],
        }
        for path, function, line, source in frames
    ]  # fmt: skip
    return {"type": kind, "value": said, "stacktrace": {"frames": out}}


def log(text, service=""):
    return {"source": "log", "event": {"text": text, "service": service}}


def dog(kind, said, stack, service):
    error = {"kind": kind, "message": said, "stack": stack}
    return {
        "source": "datadog",
        "event": {"attributes": {"service": service, "message": said, "attributes": {"error": error}}},
    }


def py(kind, said, frames, root="/srv/app/"):
    lines = ["Traceback (most recent call last):"]
    for path, function, line, source in frames:
        lines += [f'  File "{root}{path}", line {line}, in {function}', f"    {source}"]
    return "\n".join([*lines, f"{kind}: {said}"])


def clusters(*signals):
    """The cluster of each signal, as small numbers in order of appearance."""
    reader, batch = LeanReader(), Batch(DefaultFingerprinter())
    at = []
    for number, signal in enumerate(signals):
        _, event, service = reader.read(json.dumps({"id": f"s{number}", **signal}).encode(), number)
        at.append(batch.add(event, service))
    labels = batch.labels()
    names = {}
    return [names.setdefault(labels[node].cluster, len(names)) for node in at]


def reasons(*signals):
    reader, batch = LeanReader(), Batch(DefaultFingerprinter())
    at = [batch.add(*reader.read(json.dumps(each).encode(), n)[1:]) for n, each in enumerate(signals)]
    labels = batch.labels()
    return [" | ".join((*labels[node].joins, *labels[node].apart)) for node in at]


def client(name, status, outer):
    caller = (f"app/{name}.py", name, 40, "return check_response(self.get(url))")
    return sdk(
        "UpstreamError", f"HTTP {status} for https://{name}.example/v1/{status}9", [*outer, caller, CHECK]
    )


def test_a_shared_helper_is_told_apart_by_its_caller_and_says_so():
    signals = [
        client(name, status, outer)
        for name in ("rates", "users")
        for status, outer in ((404, WEB), (410, JOB))
    ]
    assert clusters(*signals) == [0, 0, 1, 1]
    assert "check_response is a shared helper" in reasons(*signals)[0]


def test_a_fault_behind_several_entry_points_stays_one():
    leaf = ("app/pricing.py", "unit_price", 61, "return table[sku].net")
    doors = [
        WEB,
        JOB,
        [("app/cli.py", "main", 4, "reprice()"), ("app/reprice.py", "reprice", 20, "unit_price(sku)")],
    ]
    signals = [
        sdk("AttributeError", "'NoneType' object has no attribute 'net'", [*door, leaf]) for door in doors
    ]
    assert clusters(*signals) == [0, 0, 0]


def test_two_lines_of_one_function_are_two_faults_in_every_release():
    signals = [
        sdk("ZeroDivisionError", "division by zero", [("app/stats.py", "summary", line + shift, source)], release=release)
        for release, shift in (("1", 0), ("2", 30))
        for source, line in (("mean = total / count", 50), ("spread = (high - low) / steps", 54))
    ]  # fmt: skip
    assert clusters(*signals) == [0, 1, 0, 1]
    assert "another line of that function" in reasons(*signals)[0]


def test_a_line_that_was_rewritten_between_releases_is_the_same_fault():
    signals = [
        sdk("ZeroDivisionError", "division by zero", [("app/stats.py", "mean", 5, source)], release=release)
        for release, source in (("1", "return total / count"), ("2", "return float(total) / count"))
    ]
    assert clusters(*signals) == [0, 0]


def test_a_function_that_was_renamed_or_moved_is_known_by_the_lines_around():
    around = ("rate = RATES.get(country)", "if rate is None and strict:")
    places = [
        ("1", "app/tax.py", "vat"),
        ("2", "app/tax.py", "vat_rate"),
        ("3", "app/money/tax.py", "vat_rate"),
    ]
    signals = [
        sdk("LookupError", "no rate", [(path, name, 12, "raise LookupError('no rate')")], release=release, around=around)
        for release, path, name in places
    ]  # fmt: skip
    assert clusters(*signals) == [0, 0, 0]
    together = [
        sdk("LookupError", "no rate", [(path, name, 12, "raise LookupError('no rate')")], release="1", around=around)
        for _, path, name in places
    ]  # fmt: skip
    assert clusters(*together) == [0, 1, 2]


def test_two_services_of_one_layout_are_two_cases():
    def of(service, source):
        frames = [("service/build.py", "build", 14, source)]
        return dog(
            "TypeError", "bad operand", py("TypeError", "bad operand", frames, f"/srv/{service}/"), service
        )

    assert clusters(
        of("ledger", "total = sum(a)"), of("fleet", "total = sum(b)"), of("ledger", "total = sum(a)")
    ) == [0, 1, 0]


def test_an_event_without_a_trace_joins_only_where_one_case_fits():
    first = sdk("BadValue", "must be positive", [("app/a.py", "a", 1, "raise BadValue('must be positive')")])
    bare = log("2026-01-01 10:00:00 ERROR request failed: BadValue: must be positive", "api")
    assert clusters(first, bare) == [0, 0]
    second = sdk("BadValue", "must be positive", [("app/b.py", "b", 1, "raise BadValue('must be positive')")])
    assert clusters(first, second, bare) == [0, 1, 2]
    key = sdk("KeyError", "'sku'", [("app/c.py", "c", 1, "return row['sku']")])
    assert clusters(key, log("failed: KeyError: 'sku'"), log("failed: KeyError: 'vat'")) == [0, 0, 1]


def test_a_trace_that_was_cut_joins_the_one_case_that_goes_on_from_there():
    frames = [("app/views.py", "show", 3, "total(cart)"), ("app/cart.py", "total", 9, "return cart.sum")]
    whole = sdk("AttributeError", "'Cart' object has no attribute 'sum'", frames)
    cut = "\n".join(py("AttributeError", "x", frames).split("\n")[:-1])
    assert clusters(whole, log(cut)) == [0, 0]
    assert clusters(whole, dog("AttributeError", "'Cart' object has no attribute 'sum'", cut, "api")) == [
        0,
        0,
    ]


def test_what_was_raised_from_a_cause_joins_it_where_the_cause_was_not_logged():
    java = "com.acme.ImportException: line 4\n\tat com.acme.Importer.run(Importer.java:40)"
    cause = "\nCaused by: java.lang.NullPointerException\n\tat com.acme.Rows.key(Rows.java:71)\n\t... 1 more"
    assert clusters(log(java + cause), log(java)) == [0, 0]
    other = cause.replace("Rows.key", "Dates.parse")
    assert clusters(log(java + cause), log(java + other), log(java)) == [0, 1, 2]


def test_a_minified_event_joins_by_what_was_asked_for():
    frame = {
        "function": "Nt",
        "filename": "/static/js/main.1a9c31.js",
        "abs_path": "https://x.example/static/js/main.1a9c31.js",
        "lineno": 2,
        "colno": 48211,
    }
    said = "Cannot read properties of undefined (reading 'grandTotal')"
    minified = {
        "source": "sentry",
        "event": {
            "exception": {"values": [{"type": "TypeError", "value": said, "stacktrace": {"frames": [frame]}}]}
        },
    }
    whole = log(f"TypeError: {said}\n    at render (webpack://shop/./src/Summary.jsx:40:17)", "web")
    assert clusters(whole, minified) == [0, 0]


def test_an_outage_is_one_over_call_sites_and_a_slow_endpoint_its_own():
    def refused(site, text):
        return sdk("ConnectionError", text, [*WEB, (f"app/{site}.py", site, 7, "client.get(key)")])

    text = "Error 111 connecting to cache-1.internal:6379. Connection refused."
    assert clusters(refused("a", text), refused("b", text), refused("a", "connection was refused")) == [
        0,
        0,
        0,
    ]

    def slow(site):
        words = "HTTPSConnectionPool(host='broker.example', port=443): Read timed out. (read timeout=5)"
        return sdk("ReadTimeout", words, [*WEB, (f"app/{site}.py", site, 7, "return self.http.get(url)")])

    assert clusters(slow("quotes"), slow("orders"), slow("quotes")) == [0, 1, 0]


def test_constraints_of_one_table_are_two_faults_behind_one_save():
    def duplicate(constraint, number):
        words = f'duplicate key value violates unique constraint "{constraint}"\nDETAIL: Key (x)=({number})'
        return sdk("IntegrityError", words, [*WEB, ("app/db.py", "save", 30, "session.commit()")])

    assert clusters(
        duplicate("users_email_key", 1), duplicate("items_sku_key", 2), duplicate("users_email_key", 3)
    ) == [0, 1, 0]


def test_two_services_alerts_never_meet_and_a_dedup_key_joins():
    assert clusters(
        log("CPU above 91% on api-1", "api"),
        log("CPU above 97% on api-2", "api"),
        log("CPU above 91% on api-1", "db"),
    ) == [0, 0, 1]


def test_a_loggers_own_template_makes_its_messages_one():
    def invite(name):
        entry = {
            "message": "could not invite %s to %s",
            "formatted": f"could not invite {name} to team {name[:2]}",
        }
        return {"source": "sentry", "event": {"logentry": entry, "logger": "app.teams"}}

    assert clusters(invite("Ada"), invite("Grace Hopper"), log("could not invite Li to team Li")) == [0, 0, 0]


def test_nothing_to_say_is_a_cluster_of_its_own():
    assert clusters({"event": {}}, {"event": {}}, {"event": None}) == [0, 1, 2]


def test_the_order_of_arrival_does_not_matter():
    signals = [
        client(name, status, outer)
        for name in ("rates", "users", "carts")
        for status, outer in ((404, WEB), (410, JOB))
    ]
    signals += [
        log(py("KeyError", f"'{key}'", [("app/x.py", "x", n, "return rows[sku]")]))
        for n, key in enumerate(("SE", "DK", "NO", "FI"))
    ]
    expected = None
    for seed in range(5):
        order = list(range(len(signals)))
        random.Random(seed).shuffle(order)
        found = dict(zip(order, clusters(*[signals[n] for n in order]), strict=True))
        shape = sorted(Counter(found.values()).values())
        pairs = {(a, b) for a in found for b in found if found[a] == found[b]}
        expected = expected or (shape, pairs)
        assert (shape, pairs) == expected


def test_repeats_cost_no_memory():
    reader, batch = LeanReader(), Batch(DefaultFingerprinter())
    for number in range(3_000):
        signal = client("rates", 404, WEB)
        signal["event"]["exception"]["values"][0]["value"] = f"HTTP 404 for https://rates.example/v1/{number}"
        batch.add(*reader.read(json.dumps(signal).encode(), number)[1:])
    assert len(batch.labels()) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from("exception values type value stacktrace frames function module entries data attributes error "
                        "stack kind message logentry threads tags release text service event source id body".split()),
        inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(JSON, max_size=4), st.sampled_from(["sentry", "datadog", "log", "otlp", ""]))
def test_any_signal_gets_a_cluster(events, source):
    assert len(clusters(*[{"source": source, "event": event} for event in events])) == len(events)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_line_is_read(line):
    identifier, event, _ = LeanReader().read(line, 7)
    assert identifier and DefaultFingerprinter().event(event).key


@pytest.mark.parametrize(
    "event",
    [
        {"exception": {"values": [None, {"type": None, "value": None, "stacktrace": {"frames": [None, {}]}}]}, "release": None},
        {"exception": {"values": [{"type": "E", "value": "A1-" * 350_000, "stacktrace": {"frames": [{"function": "f"}] * 10_000}}]}},
        {"exception": {"values": [{"type": "RecursionError", "stacktrace": {"frames": [{"function": "f", "filename": "a.py"}] * 999}}]}},
        {"exception": [{"type": 5, "value": {"a": 1}, "stacktrace": [1]}]},
        {"exception": {"values": [{"type": "E", "mechanism": {"exception_id": 0, "parent_id": 1}}, {"type": "F", "mechanism": {"exception_id": 1, "parent_id": 0}}] * 200}},
        {"entries": [None, {"type": "exception", "data": None}, 5]},
        {"attributes": {"attributes": {"error": {"stack": ["a"], "kind": 3}}}},
    ],
    ids=["nulls", "long", "recursion", "types", "cycle", "entries", "datadog"],
)  # fmt: skip
def test_odd_events_get_a_cluster(event):
    for source in ("sentry", "datadog", "log"):
        assert clusters({"source": source, "event": event}) == [0]
