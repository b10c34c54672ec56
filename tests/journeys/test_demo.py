"""`rootcase demo --headless`: both incidents unattended, from events to a pull request or a reasoned no."""

from __future__ import annotations

import re

import pytest

from tests.support.footprint import footprint
from tests.support.journal import entries, faults

CHECKOUT, OUTAGE = "checkout-currency", "geohub-outage"
PARTS = (
    "Production signal", "Cause", "Code path", "Change", "Tests", "Ruled out", "What could be wrong", "Roll back",
    "Evidence", "Ledger", "How to turn this down",
)  # fmt: skip


@pytest.mark.slow
def test_the_checkout_incident_becomes_one_pull_request_with_every_part(demo):
    done = demo.headless(CHECKOUT)
    assert done.code == 0, done.said
    report = done.json
    assert report["schema"] == "rootcase.report/1"
    assert report["verdict"] == "fix"
    assert report["ladder"] in ("E4", "E5")
    assert report["cost_usd"] > 0
    assert re.fullmatch(r"[0-9a-f]{32}", report["trace_id"])
    assert report["pull_request"]["state"] == "done"

    kinds = [entry.kind for entry in entries(demo.store, report["case"])]
    assert kinds.count("draft_started") == 2, "the first draft is stopped, the second is offered"
    first = next(e.body for e in entries(demo.store, report["case"]) if e.kind == "reviewed")
    assert first.draft == 1 and first.verdict == "refuse"
    assert any(f.severity == "block" and "KeyError" in f.text for f in first.findings), first.findings
    assert next(e.body for e in entries(demo.store, report["case"]) if e.kind == "draft_abandoned").draft == 1

    [pull] = demo.items(CHECKOUT)
    [branch] = demo.branches(CHECKOUT)
    assert (pull["kind"], pull["draft"], pull["head"], pull["base"]) == ("pull", True, branch, "main")
    assert pull["number"] == int(report["pull_request"]["number"])
    for part in PARTS:
        assert f"### {part}\n" in pull["body"], part
    _says_what_a_reviewer_needs(pull["body"], report)
    assert demo.comments(CHECKOUT) == [
        f"Rootcase case {report['case']}: a draft pull request for this error, {report['pull_request']['url']}"
    ]
    assert faults(demo.store) == ()
    _shows_what_would_be_sent(demo, report["case"])


def _shows_what_would_be_sent(demo, case: str) -> None:
    """The first request of a phase as it would leave, without anything being sent or recorded."""
    before = len(entries(demo.store, case))
    shown = demo.run("explain", "prompt", case, "review", "--json").json
    system, brief = shown["request"]["messages"]
    assert "This phase: review" in system["text"] and "+        query = " in brief["text"]
    assert [tool["name"] for tool in shown["request"]["tools"]] == ["judgement"]
    assert len(entries(demo.store, case)) == before
    wrong = demo.run("explain", "prompt", case, "dream")
    assert wrong.code == 2 and "investigate" in wrong.said


def _says_what_a_reviewer_needs(body: str, report: dict) -> None:
    assert "311 users" in body and "2.14.0" in body, "the production signal"
    assert "checkout/pricing.py:23" in body, "the code path"
    assert '+        query = f"SELECT sku, amount, currency' in body, "the patch"
    assert "load_prices selects sku and amount only" in body and "[s7]" in body, (
        "the reasoning with citations"
    )
    assert "The nightly import left prices without a currency" in body, "the refuted alternatives"
    assert "the staging catalogue" in body, "what could be wrong"
    assert "red on the base" in body and "red again without" in body and "Should run:" in body, "tests"
    assert "2.13.4" in body and "Revert" in body, "how to roll back"
    assert f"**{report['ladder']}**" in body, "the ladder"
    assert "Assumed: No other service reads these rows." in body, "assumptions"
    assert f"cost ${report['cost_usd']:.2f}" in body, "cost"
    assert report["trace_id"] in body, "trace id"


@pytest.mark.slow
def test_the_demo_again_changes_nothing_and_the_checkout_is_as_it_was(demo):
    assert demo.headless(OUTAGE).code == 3  # builds both repositories, and touches only its own case
    before = footprint(demo.incident(CHECKOUT) / "checkout")
    first = demo.headless(CHECKOUT)
    assert first.code == 0, first.said
    items, branches, comments = demo.items(CHECKOUT), demo.branches(CHECKOUT), demo.comments(CHECKOUT)
    again = demo.headless(CHECKOUT)
    assert again.code == 0, again.said
    assert again.json["pull_request"] == first.json["pull_request"]
    assert (demo.items(CHECKOUT), demo.branches(CHECKOUT), demo.comments(CHECKOUT)) == (
        items,
        branches,
        comments,
    )
    assert len(items) == len(branches) == len(comments) == 1
    assert footprint(demo.incident(CHECKOUT) / "checkout") == before


def test_the_outage_is_left_alone_and_says_why(demo):
    done = demo.headless(OUTAGE)
    assert done.code == 3, done.said
    report = done.json
    assert report["verdict"] == "ignore"
    assert report["because"]
    assert report["pull_request"] is None and report["ticket"] is None
    assert report["cost_usd"] == 0, "nothing is spent on an outage of somebody else's"
    assert any(rule["verdict"] == "ignore" and rule["saw"] and rule["matters"] for rule in report["rules"])
    assert demo.items(OUTAGE) == [] and demo.branches(OUTAGE) == [] and demo.comments(OUTAGE) == []


def test_an_incident_that_does_not_exist_is_a_usage_error_that_names_those_that_do(demo):
    done = demo.headless("no-such-incident")
    assert done.code == 2
    assert "no sample incident no-such-incident" in done.err and CHECKOUT in done.err
