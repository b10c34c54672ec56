"""`run --incident ID --rca …`: what a tool says the cause is, at the case it is about or at a new one."""

from __future__ import annotations

import json

import pytest

from rootcase.core.model.places import GUESSED
from rootcase.core.signals.payloads import payload_of
from tests.support.journal import with_store
from tests.support.shop import Shop, crash

TEXT = "Commit 7c1e2aa9 made shop.pricing.price_for read a key that shop/catalog.py:33 no longer selects."


def test_an_incident_that_nobody_knows_becomes_a_case_with_its_diagnosis(shop: Shop) -> None:
    done = shop.line.run("run", "--incident", "INC-7", "--rca", TEXT, "--until", "map")
    assert done.code == 0, done.said
    case = shop.case()
    assert (case.signals[0].kind, case.signals[0].id) == ("incident", "INC-7")
    [claim] = case.claims
    assert (claim.status, claim.origin, claim.text) == ("assumed", "diagnosis", TEXT)
    [event] = with_store(shop.store, lambda store: store.samples("C-1"))
    assert event.problems == (GUESSED,)
    frames = event.exceptions[0].frames
    assert [(f.module, f.function, f.filename, f.line) for f in frames] == [
        ("shop.pricing", "price_for", "", 0), ("", "", "shop/catalog.py", 33),
    ]  # fmt: skip
    again = shop.line.run("run", "--incident", "INC-7", "--rca", TEXT, "--until", "map")
    assert again.code == 0 and len(shop.case().claims) == 1
    assert shop.line.run("show", "INC-7").out.startswith("# C-1 ")


def test_the_incident_may_be_a_case_or_what_a_source_calls_it(shop: Shop) -> None:
    shop.happens(crash("1"))
    shop.says(**{"1": {"short_id": "SHOP-1"}})
    assert shop.line.run("run", "--incident", "SHOP-1", "--rca", TEXT, "--until", "map").code == 0
    assert shop.line.run("run", "C-1", "--rca", "It is the cache.", "--until", "map").code == 0
    assert [claim.text for claim in shop.case().claims] == [TEXT, "It is the cache."]
    assert shop.case().fingerprint.anchor == "shop.pricing.price_for", "words never decide what one error is"


def test_a_paging_services_payload_joins_the_case_whose_issue_it_names(shop: Shop) -> None:
    shop.happens(crash("1"))
    shop.says(**{"1": {"url": "https://shop.example/issues/1"}})
    shop.sync()
    details = {"issue": "https://shop.example/issues/1", "note": TEXT}
    data = {
        "id": "Q2", "type": "incident", "html_url": "https://acme.pagerduty.com/incidents/Q2", "number": 9,
        "title": "Checkout is down", "incident_key": "k1", "service": {"summary": "shop-api"},
        "body": {"details": details},
    }  # fmt: skip
    event = {
        "event": {"event_type": "incident.triggered", "occurred_at": "2026-03-01T10:00:00Z", "data": data}
    }
    file = shop.line.home / "page.json"
    file.write_text(json.dumps(event))
    for argument in (f"@{file}", str(file)):
        assert shop.line.run("run", "--rca", argument, "--until", "map").code == 0
    [claim] = shop.case().claims
    assert "PagerDuty says so" in claim.why and "Checkout is down" in claim.text
    said = next(item for item in shop.case().evidence if item.label == "PagerDuty says")
    assert said.url == "https://acme.pagerduty.com/incidents/Q2"


@pytest.mark.parametrize(
    ("payload", "origin", "ids", "words"),
    [
        ({"action": "Create", "alert": {"alertId": "a-1", "tinyId": "7", "alias": "k", "message": "Down",
                                         "description": "see pricing.py"}},
         "Opsgenie", ("a-1", "7", "k"), "see pricing.py"),
        ({"ProblemID": "P-1", "PID": "99", "ProblemTitle": "Failure rate", "ProblemDetailsText": "root in price_for",
          "ProblemURL": "https://x.live.dynatrace.com/1"}, "Dynatrace", ("P-1", "99"), "root in price_for"),
        ({"id": "5", "title": "Errors", "body": "price_for fails", "link": "https://app.datadoghq.com/event/5",
          "aggregate": "g"}, "Datadog", ("5", "g"), "price_for fails"),
        ({"incident": "I-1", "rca": "the cache", "origin": "Inhouse"}, "Inhouse", ("I-1",), "the cache"),
    ],
)  # fmt: skip
def test_payloads_of_the_paging_services_are_read(payload, origin, ids, words) -> None:
    found = payload_of(json.dumps(payload))
    assert (found.origin, found.ids) == (origin, ids) and words in found.text


def test_hostile_and_broken_payloads_are_words(shop: Shop) -> None:
    assert payload_of('{"event": [[[').text == '{"event": [[['
    assert "\x1b" not in payload_of("evil \x1b]52;c;aGk=\x07 text").text
    assert payload_of("[" * 100_000).origin == "--rca"


def test_what_is_missing_is_said(shop: Shop) -> None:
    assert "Which incident?" in shop.line.run("run", "--rca", "text").err
    assert "The diagnosis is empty" in shop.line.run("run", "--incident", "I", "--rca", " ").err
    assert "Cannot read" in shop.line.run("run", "--incident", "I", "--rca", "@/nowhere/x").err
    assert "Which case?" in shop.line.run("run").err
