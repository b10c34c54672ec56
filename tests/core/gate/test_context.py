"""What a context may say, in which words, and how nonsense is refused."""

# ruff: noqa: E501

import contextlib
import json
from pathlib import Path

import pytest

from rootcase.core.commands.parser import run
from rootcase.core.commands.situation.context import _plain, from_table
from rootcase.core.commands.situation.keys import READERS
from rootcase.core.config.settings import Settings
from rootcase.core.gate.decide import decide
from rootcase.core.gate.facts import Facts
from rootcase.core.model.case import Case
from rootcase.core.model.errors import RootcaseError, UsageError
from rootcase.core.model.signals import Signal
from tests.core.gate.oncall import ONCALL
from tests.core.gate.situations import SITUATIONS, crash
from tests.core.gate.telling import told


def read(**given):
    return from_table(given, Signal("the source", "1", short_id=""), Settings())


TRENDS = [
    [1, 2, 3], {"values": [1, 2, 3]}, {"1h": [1, 2, 3]}, [{"at": "2026-03-02T07:00:00Z", "count": 1}, {"count": 2}, {"count": 3}],
    {"2026-03-02T07:00:00Z": 1, "2026-03-02T08:00:00Z": 2, "2026-03-02T09:00:00Z": 3},
    [["2026-03-02T09:00:00Z", 3], ["2026-03-02T08:00:00Z", 2], ["2026-03-02T07:00:00Z", 1]],
    [[1772434800, [{"count": 1}]], [1772438400, [{"count": 2}]], [1772442000, [{"count": 3}]]],
]  # fmt: skip


@pytest.mark.parametrize("counts", TRENDS)
def test_counts_over_time_in_any_shape(counts):
    signal = read(counts=counts).signal
    assert (signal.trend, signal.bucket_s) == ((1, 2, 3), 3600)


def test_totals_are_no_trend():
    signal = read(counts={"events": 120, "users": 4}).signal
    assert (signal.trend, signal.events, signal.users) == ((), 120, 4)


def test_keys_are_read_whatever_their_case():
    assert read(pullRequests=["#1"], Pull_Requests=["#2"]).work[1].id == "#2"


def test_a_key_that_nothing_reads_is_named_and_harms_nothing(tmp_path, capsys):
    said = told(crash(), {"moon_phase": 3, "assignee": "lena"}, tmp_path, capsys)
    assert (said["verdict"], said["unread"]) == ("wait", ["moon_phase"])


NONSENSE = [
    {"counts": "many"}, {"counts": [1, -2]}, {"assignee": 7}, {"status": ["x"]}, {"now": "yesterday"},
    {"tickets": 3}, {"slo": {"target": 900}}, {"slo": {"target": 99, "window": "soon"}}, {"override": "maybe"},
    {"users": "lots"}, {"first_seen": {}}, {"owners": [{}]}, {"comments": 4},
]  # fmt: skip


@pytest.mark.parametrize("context", NONSENSE, ids=json.dumps)
def test_nonsense_is_refused_with_its_place(context, tmp_path, capsys):
    (tmp_path / "event.json").write_text(json.dumps(crash()))
    (tmp_path / "context.json").write_text(json.dumps(context))
    arguments = ["explain", "gate", str(tmp_path / "event.json"), "--context", str(tmp_path / "context.json")]
    assert run([*arguments, "--store", str(tmp_path / "s")]) == 2
    out = capsys.readouterr()
    assert "Traceback" not in out.err and "next" in out.err and out.out == ""


HOSTILE = [
    {}, {"event_id": None, "exception": None, "message": None, "tags": None}, {"exception": {"values": [None, 7, {}]}},
    {"exception": {"values": [{"type": "E" * 200_000, "value": "a@" * 400_000, "stacktrace": {"frames": [None, {}]}}]}},
    {"message": "(" * 500_000 + "timed out " * 50_000}, {"exception": {"values": [{"type": "X", "value": "x." * 300_000}]}},
    {"message": "\x1b]52;c;AAAA\x07\u202e[/x]"}, {"exception": {"values": [{"type": "X", "value": "http://" + "a." * 200_000}]}},
]  # fmt: skip


@pytest.mark.parametrize("event", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_events_get_a_verdict(event, tmp_path, capsys):
    said = told(event, {}, tmp_path, capsys)
    assert said["verdict"] in ("investigate", "ignore", "fix", "ticket")
    assert "\x1b" not in json.dumps(said, ensure_ascii=False)


def test_a_missing_file_and_one_that_is_no_json_are_said(tmp_path, capsys):
    (tmp_path / "bad.json").write_text("{")
    for name in ("absent.json", "bad.json"):
        assert run(["explain", "gate", str(tmp_path / name), "--store", str(tmp_path / "s")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_people_who_are_none(tmp_path):
    assert read(assignee=None).signal.assignee is None
    assert read(assignee={}).signal.assignee is None
    with pytest.raises(UsageError):
        read(assignee=[1])


ODD = [
    None, True, False, 0, -1, 1e400, "", "x", "\x00", [], {}, [None], [[]], [{}], {"a": None}, {"name": None}, {"": ""},
    [[[1]]], {"name": {"name": 1}}, {"values": "x"}, {"values": [None]}, {"by": [1]}, [True], {"target": None}, "9" * 5000,
    {"x": {"y": {}}}, [1, "2", None], {"state": 3, "merged_at": {}}, {"owners": 1}, {"paths": 3, "name": "x"},
]  # fmt: skip


@pytest.mark.parametrize("key", sorted(READERS))
def test_no_value_of_any_key_breaks_it(key):
    for value in ODD:
        with contextlib.suppress(RootcaseError):
            known = from_table({key: value}, Signal("the source", "1"), Settings())
            facts = Facts(Case(signals=(known.signal,)), (), known.settings, "before", 0, tuple(known.work))
            assert decide(facts).verdict


def test_the_published_schema_knows_every_context_that_we_use():
    import jsonschema

    schema = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "gate-context.json").read_text())
    assert all(_plain(key) in READERS for key in schema["properties"])
    for row in SITUATIONS:
        jsonschema.validate(row[3], schema)
    for _, _, context, _ in ONCALL:
        jsonschema.validate(context, schema)


def test_an_objective_of_another_service_does_not_count():
    slos = [{"service": "shop", "target": 99}, {"service": "stock", "target": 99}]
    assert len(read(service="shop", slos=slos).settings.slos) == 1
    assert (
        len(read(slos={"shop": {"target": 99}, "stock": {"target": 95}}, service="stock").settings.slos) == 1
    )


def test_where_our_services_answer_is_ours():
    known = read(
        services={"stock": "http://stock.prod.acme.example:80/", "tax": {"host": "10.0.0.1"}}
    ).settings.gate
    assert known.services == ("stock", "tax") and known.internal_hosts == (
        "stock.prod.acme.example",
        "10.0.0.1",
    )


def test_a_bots_verdict_is_no_humans():
    assert read(override={"verdict": "ignore", "by": {"name": "triage", "bot": True}}).verdict[0] == ""
