"""No customer's data lands in a repository: a test is written with invented values, which a program demands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rootcase.core.agent import phases
from rootcase.core.agent.brief import brief
from rootcase.core.agent.production_values import held_by
from rootcase.core.agent.recording import RecordedCall, RecordedStep, Recording
from rootcase.core.agent.replay import ReplayClient
from rootcase.core.model.entries import PlanMade, ToolCalled
from rootcase.core.model.events import Breadcrumb, Event, ExceptionInfo, Frame, Request

Bench = Any
PLAN = PlanMade("Keep it.", ("shop/catalog.py",), "tests/test_currency.py", "The loader.")


def event_with(*variables: tuple[str, str], **more: Any) -> Event:
    error = ExceptionInfo("KeyError", "x", frames=(Frame("f", variables=variables),))
    return Event("e1", exceptions=(error,), **more)


@pytest.mark.parametrize(
    ("name", "value", "copied"),
    [
        ("row", "{'email': 'eva.berg@example.org', 'n': 1}", "eva.berg@example.org"),
        ("parcel", "Parcel(number='4712', street='Hamngatan 9')", "Hamngatan 9"),
        ("name", "'Eva Berg'", "Eva Berg"),
        ("first_name", "'Evelina'", "Evelina"),
        ("order", "Order(id='cus_9s6XKzkNRiz8i3')", "cus_9s6XKzkNRiz8i3"),
        ("key", "UUID('6f1c2d3e-1111-4222-8333-944445555666')", "6f1c2d3e-1111-4222-8333-944445555666"),
        ("line", "'pay 4012 8888 8888 1881 now'", "4012 8888 8888 1881"),
    ],
)
def test_what_looks_like_somebodys_data_is_found_in_a_test(name: str, value: str, copied: str) -> None:
    event = event_with((name, value))
    assert copied in held_by(f"def test_it():\n    f({copied!r})\n", [event])
    assert held_by("def test_it():\n    f('invented')\n", [event]) == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("path", "'src/shop/pricing.py'"), ("version", "'1.24.0rc1'"), ("day", "'2026-11-03'"), ("count", "12"),
        ("this", "<Shop object at 0x7f3a5c001234>"), ("field_name", "'currency'"), ("flag", "True"), ("user", "None"),
    ],
)  # fmt: skip
def test_what_is_code_or_shape_is_nobodys_data(name: str, value: str) -> None:
    plain = value.strip("'")
    assert held_by(f"assert f({plain!r}) == {value}", [event_with((name, value))]) == ()


def test_a_value_within_a_longer_word_is_another_value() -> None:
    assert held_by("x = 'Evelinastad'", [event_with(("first_name", "'Evelina'"))]) == ()


def test_long_values_take_no_time() -> None:
    event = event_with(("blob", "a-" * 20_000 + "1"), ("text", "'" + "1 " * 20_000))
    assert held_by("x = 1", [event]) == ()


async def test_a_reproduction_with_a_customers_value_goes_back(bench: Bench) -> None:
    crash = bench.event.exceptions[-1]
    frame = replace(crash.frames[-1], variables=(("row", "{'customer': 'Evelina Holm'}"),))
    bench.event = replace(bench.event, exceptions=(replace(crash, frames=(*crash.frames[:-1], frame)),))
    await bench.recorder.record(PLAN)
    test = "def test_it():\n    who = {!r}\n    assert quote(['A-1']) == [(5, who)]\n"
    text = f"from shop.pricing import quote\n\n\n{test}"
    calls = (
        ("create", {"path": "tests/test_currency.py", "text": text.format("Evelina Holm")}), ("run_tests", {}),
        ("done", {"summary": "red"}),
        ("edit", {"path": "tests/test_currency.py", "search": "'Evelina Holm'", "replace": "'Somebody Else'"}),
        ("run_tests", {}), ("done", {"summary": "red"}),
    )  # fmt: skip
    steps = tuple(RecordedStep("reproduce", calls=(RecordedCall(tool, plain),)) for tool, plain in calls)
    bodies = await bench.run(phases.reproduce, ReplayClient(Recording("rootcase-recording/1", steps), pace=0))
    told = [body.result for body in bodies if isinstance(body, ToolCalled)]
    assert "'Evelina Holm'" in told[2] and "invent the values" in told[2]
    assert bench.case.draft.test_ids == ("tests/test_currency.py::test_it",)


async def test_the_brief_has_the_shape_of_the_request_and_no_value_of_it(bench: Bench) -> None:
    body = '{"email": "eva@example.org", "items": [{"sku": "A-1", "count": 2}], "note": null}'
    request = Request("POST", "https://shop.example/quote?token=77", (("token", "77"),), (), body)
    crumbs = (Breadcrumb("12:00", "query", "info", "loaded 3 rows"),)
    bench.event = replace(bench.event, request=request, breadcrumbs=crumbs, trace_id="ab" * 16)
    text = brief("investigate", bench.case, bench.deps(None))
    assert "request POST /quote" in text and "request query: token (2 digits)" in text
    assert (
        "{email: 15 characters, items: list of 1, first {sku: 3 characters, count: int}, note: null}" in text
    )
    assert "eva@example.org" not in text and f"trace {'ab' * 16}" in text
