"""A page and the issue it is about end in one case, whichever of the two comes first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rootcase.core.config.settings import Settings
from rootcase.core.gate.decide import gate
from rootcase.core.journal.fold import fold
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.signals import Signal
from rootcase.core.pipeline.intake import Intake
from rootcase.core.pipeline.pages import case_at
from rootcase.core.safety.redact import Redactor
from tests.core.pipeline.conftest import AT_US, Ledger, crash

ISSUE_URL = "https://errors.example/issues/1"
ISSUE = Signal("errors", "1", "SHOP-1", "KeyError 'x'", ISSUE_URL, service="shop", events=1,
               first_seen_us=AT_US, last_seen_us=AT_US)  # fmt: skip
PAGE = Signal("pager", "P1", "#77", "Checkout is down", "https://pager.example/P1", service="shop", events=1,
              kind="incident", first_seen_us=AT_US, last_seen_us=AT_US)  # fmt: skip
ABOUT = {
    "a link": {"links": (("issue", ISSUE_URL),)},
    "its key": {"dedup": ISSUE_URL},
    "its words and time": {"title": "KeyError in part1, shop is burning"},
}


class Errors(Ledger):
    def named(self, address: str) -> str:
        return "1" if address == ISSUE_URL else ""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(tmp_path / "s.db")
    yield store
    await store.close()


def one_sync(store: SqliteStore) -> Intake:
    return Intake(store, Settings(), Redactor(), sources=(Errors("errors"), Ledger("pager")))


def today(intake: Intake, signal: Signal, **more: Any) -> Signal:
    return replace(signal, first_seen_us=intake.now_us, last_seen_us=intake.now_us, **more)


@pytest.mark.parametrize("about", ABOUT.values(), ids=ABOUT)
@pytest.mark.parametrize("order", ["page first", "page a sync earlier", "issue first"])
async def test_one_case_in_any_order(store, about, order) -> None:
    intake = one_sync(store)
    page, issue = today(intake, PAGE, **about), today(intake, ISSUE)
    told = crash(1)
    if order == "issue first":
        await intake.take(issue, (told,), None)
    await intake.take(page, (), None)
    if order == "page a sync earlier":
        await intake.settle()
        intake = one_sync(store)
    if order != "issue first":
        await intake.take(issue, (told,), None)
    await intake.settle()

    [row] = await store.inbox()
    assert row.title.startswith("KeyError") and row.type == "KeyError", "the error's case, not the page's"
    assert {signal.id for signal in await store.signals(row.key)} == {"1", "P1"}
    for name in ("SHOP-1", "#77", "errors:1", "pager:P1", ISSUE_URL, PAGE.url):
        assert await store.case_of(name) == row.key
    again = one_sync(store)
    await again.take(page, (), (await store.known_signals("pager", ["P1"]))["P1"])
    await again.settle()
    assert len(await store.inbox()) == 1


async def test_a_page_that_a_human_looks_at_is_asked_about(store) -> None:
    intake = one_sync(store)
    key = await intake.take(today(intake, PAGE, **ABOUT["a link"]), (), None)
    await intake.settle()
    await store.mark_seen(key, "human:ada")
    intake = one_sync(store)
    await intake.take(today(intake, ISSUE), (crash(1),), None)
    await intake.settle()
    [asked] = fold(await store.entries(key)).joins
    assert asked.because == "pager names 1 of errors"


async def test_pages_of_nothing_that_is_known_stay_apart(store) -> None:
    intake = one_sync(store)
    await intake.take(today(intake, PAGE, dedup="a"), (), None)
    await intake.take(
        today(intake, PAGE, id="P2", short_id="#78", url="https://pager.example/P2", dedup="b"), (), None
    )
    await intake.take(today(intake, ISSUE), (crash(1),), None)
    await intake.settle()
    assert len(await store.inbox()) == 3


async def test_a_signal_that_another_process_moved_is_kept_where_it_is_now(store) -> None:
    intake = one_sync(store)
    await intake.take(today(intake, ISSUE), (crash(1),), None)
    await intake.take(today(intake, ISSUE, id="2", short_id="SHOP-2", url=""), (crash(2),), None)
    held = (await store.known_signals("errors", ["2"]))["2"]
    await store.merge("C-2", "C-1", actor="human:ada")
    await intake.take(replace(held.signal, events=9), (crash(3),), held)
    assert {signal.id: signal.events for signal in await store.signals("C-1")} == {"1": 1, "2": 9}
    assert await store.signals("C-2") == ()


async def test_a_signal_that_is_taken_out_takes_its_names_and_samples_along(store) -> None:
    intake = one_sync(store)
    await intake.take(today(intake, ISSUE), (crash(1),), None)
    page = today(intake, PAGE, **ABOUT["a link"], dedup="PAGE-KEY")
    await intake.take(page, (replace(crash(8), id="of the page"),), None)
    apart = await store.unmerge("C-1", "pager:P1", actor="human:ada")
    assert apart == "C-2"
    for name in ("pager:P1", "#77", PAGE.url, "dedup:PAGE-KEY"):
        assert await store.case_of(name) == apart
    for name in ("errors:1", "SHOP-1", ISSUE_URL):
        assert await store.case_of(name) == "C-1"
    assert [event.id for event in await store.samples(apart)] == ["of the page"]
    assert [event.id for event in await store.samples("C-1")] == ["e1"]


async def test_the_same_name_at_another_service_is_another_thing(store) -> None:
    """Two services may both have a SHOP-1, and an alert the number of an issue."""
    intake = one_sync(store)
    await intake.take(today(intake, PAGE, short_id="1", dedup="a"), (), None)
    await intake.take(
        today(intake, ISSUE, source="old", id="9", short_id="SHOP-1", url=""), (crash(9),), None
    )
    await intake.take(today(intake, ISSUE), (crash(1),), None)
    linked = today(intake, PAGE, id="P2", short_id="#78", url="https://pager.example/P2", dedup="b",
                   links=(("issue", ISSUE_URL),))  # fmt: skip
    await intake.take(linked, (), None)
    await intake.settle()
    assert await store.case_of("pager:P2") == await store.case_of("errors:1")
    assert len(await store.inbox()) == 3
    assert await case_at(store, "errors", "1") == await store.case_of("errors:1")
    assert await case_at(store, "errors", "SHOP-1") == "", "that name was taken by the other service"

    class Own:
        holding = store.case_of

    case = fold(await store.entries(await store.case_of("errors:1")))
    decided = [
        body async for body in gate(case, (crash(1),), Settings(), work=None, own=Own(), asked="before")
    ]
    assert decided[-1].decision.rule != "already_have_a_case"
