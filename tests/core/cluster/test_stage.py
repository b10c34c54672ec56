"""Which case a signal joins, and what a new one is called."""

from dataclasses import replace

from rootcase.core.cluster.explain import as_text, explain_event, explain_text
from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.cluster.stage import cluster
from rootcase.core.model.events import Event, ExceptionInfo, Frame
from rootcase.core.model.signals import Signal

F = DefaultFingerprinter()
SIGNAL = Signal("sentry", "1", title="KeyError: currency")


def crash(
    kind="KeyError", value="'currency'", function="price_for", line='return row["currency"]', **changes
):
    frame = Frame(
        function, "app.pricing", "app/pricing.py", "/srv/app/pricing.py", 88, 0, True, ((88, line),)
    )
    return replace(Event("e", exceptions=(ExceptionInfo(kind, value, frames=(frame,)),)), **changes)


def test_a_new_error_class_gets_a_case_with_a_title_people_say():
    found = cluster([crash()], SIGNAL, [], F)
    assert (found.case, found.title) == ("", "KeyError 'currency' in price_for")
    assert "same innermost frame: pricing.price_for" in found.because
    assert (found.agreeing, found.seen) == (1, 1)


def test_the_same_error_class_from_another_source_joins_the_case():
    first = cluster([crash()], SIGNAL, [], F)
    again = cluster(
        [crash(release="3")], replace(SIGNAL, source="files", id="9"), [("C-7", first.fingerprint)], F
    )
    assert again.case == "C-7" and again.fingerprint.key == first.fingerprint.key


def test_near_cases_are_named_with_what_keeps_them_apart():
    known = [
        ("C-1", F.event(crash(value="'sku'", line='row["sku"]'))),
        ("C-2", F.event(crash("TypeError", "'NoneType' object is not subscriptable"))),
        ("C-3", F.event(crash(function="other"))),
    ]
    found = cluster([crash()], SIGNAL, known, F)
    apart = [reason.text for reason in found.fingerprint.reasons if "stays apart" in reason.text]
    assert apart == ["C-1 stays apart: other key", "C-2 stays apart: other error, TypeError"]


def test_most_events_decide_and_the_others_are_shown():
    other = crash("ValueError", "bad", line="int(x)")
    found = cluster([other, crash(), crash()], SIGNAL, [], F)
    assert found.fingerprint.type == "KeyError" and (found.agreeing, found.seen) == (2, 3)
    assert [mark.type for mark in found.others] == ["ValueError"]


def test_a_signal_without_events_is_known_by_its_title():
    found = cluster([], SIGNAL, [], F)
    assert found.title == "KeyError: currency" and found.seen == 0


def test_titles_keep_the_telling_word():
    cases = {
        "TypeError None + Decimal in apply_voucher": crash(
            "TypeError",
            "type(s) for +: 'NoneType' and 'decimal.Decimal'",
            "apply_voucher",
            "a + b",
        ),
        "AttributeError tax_id in invoice_lines": crash(
            "AttributeError", "'NoneType' object has no attribute 'tax_id'", "invoice_lines", "x.tax_id"
        ),
        "UnicodeDecodeError 0xe9 in read_locale": crash(
            "UnicodeDecodeError",
            "'utf-8' codec can't decode byte 0xe9 in position 1: x",
            "read_locale",
            "f.read()",
        ),
        "ConnectError api.payfast.example in authorize": crash(
            "httpx.ConnectError", "failed https://api.payfast.example/v1", "authorize", "post(url)"
        ),
        "ConnectError api.geohub.example": crash(
            "httpx.ConnectError", "failed https://api.geohub.example/v1", "_get", "post(url)"
        ),
        "ZeroDivisionError in split_shipping": crash(
            "ZeroDivisionError", "division by zero", "split_shipping", "a / b"
        ),
    }
    for title, event in cases.items():
        assert cluster([event], SIGNAL, [], F).title == title


def test_an_event_is_explained_with_every_reason():
    text = as_text(explain_event(crash(), F))
    assert "= same error and key, KeyError 'currency'" in text and "≠ another key" in text
    assert explain_text("l1", "job 81 failed", F).kind == "message"
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nE: x'
    assert explain_text("l2", trace, F).kind == "exception"


def test_hostile_titles_are_made_harmless():
    found = cluster([crash("K\x1b[31mE", "x", "f\u202e", "x")], SIGNAL, [], F)
    assert "\x1b" not in found.title and "\u202e" not in found.title
