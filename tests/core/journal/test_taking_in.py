"""A signal with its case's entries, names and samples in one transaction, and the acts that change it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rootcase.core.journal.fold import fold
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.journal.store import Taken
from rootcase.core.model.acts import OPPOSITE, Act, already, undoable_act
from rootcase.core.model.entries import ActDone, ActFailed, ActIntended, CaseOpened, SignalGone, SignalSeen
from rootcase.core.model.errors import StoreError
from rootcase.core.model.events import Event
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.intents import Wish, intended, taken_back, why_not, why_not_case
from rootcase.core.model.signals import Signal

MARK = Fingerprint(1, "ab" * 16, type="KeyError", anchor="shop.price")
SIGNAL = Signal("sentry", "9", "SHOP-9", events=4, service="shop")
ABLE = {"sentry": frozenset(OPPOSITE)}


@pytest.fixture
async def store(tmp_path: Path):
    opened = await SqliteStore.open(tmp_path / "store.db")
    yield opened
    await opened.close()


def taken(signal: Signal = SIGNAL, **more) -> Taken:
    plain = Taken(
        "", signal, opened=(CaseOpened("", "KeyError", "shop", MARK), SignalSeen(signal, change="new")),
        joined=(SignalSeen(signal, "same error", "new"),), names=(MARK.alias, f"{signal.source}:{signal.id}"),
        deciding=2, samples=(Event("e1"),),
    )  # fmt: skip
    return replace(plain, **more)


async def test_whoever_comes_second_joins_the_case_that_the_first_one_opened(store):
    assert await store.take_in(taken()) == ("C-1", True)
    other = replace(SIGNAL, id="10", source="datadog")
    assert await store.take_in(taken(other)) == ("C-1", False)
    assert await store.take_in(taken(other)) == ("C-1", False)
    held = await store.known_signals("datadog", ["10", "11"])
    assert {id: known.case for id, known in held.items()} == {"10": "C-1"}
    assert [event.id for event in await store.samples("C-1")] == ["e1"]
    assert (await store.inbox_row("C-1")).sources == ("sentry", "datadog")


async def test_what_cannot_be_kept_whole_is_not_kept_at_all(store):
    broken = taken(opened=(CaseOpened("", "KeyError", "shop", MARK),), samples=(Event("\ud800"),))
    await store.take_in(taken(replace(SIGNAL, id="8"), names=("sentry:8",), deciding=1))
    with pytest.raises((StoreError, UnicodeEncodeError)):
        await store.take_in(broken)
    assert await store.case_of("sentry:9") is None and len(await store.inbox()) == 1


async def test_counts_alone_are_kept_without_an_entry(store):
    await store.take_in(taken())
    before = await store.entries("C-1")
    await store.take_in(Taken("C-1", replace(SIGNAL, events=40)))
    assert await store.entries("C-1") == before
    assert (await store.inbox_row("C-1")).events == 40


async def test_gone_and_merged_signals_are_not_asked_about_again(store):
    await store.take_in(taken())
    await store.take_in(taken(replace(SIGNAL, id="10", status="gone")))
    await store.take_in(taken(replace(SIGNAL, id="11", merged_into="9")))
    assert list(await store.known_signals("sentry")) == ["9"]


async def told(store, *bodies):
    await store.append("C-1", bodies, actor="human:mira")
    return fold(await store.entries("C-1"))


@pytest.mark.parametrize("act", ["acknowledge", "assign", "snooze", "resolve"])
async def test_an_act_shows_from_its_intention_on_and_until_it_fails(store, act: Act):
    await store.take_in(taken())
    before = fold(await store.entries("C-1"))
    case = await told(store, *intended(before, Wish(act), ABLE, "a"))
    assert already(case.signals[0], act) and case.acts[0].state == "intended"
    assert intended(case, Wish(act), ABLE, "b") == () and "already" in why_not_case(case, act, ABLE)
    failed = await told(store, ActFailed("a-1", "403", "The token lacks event:write."))
    assert not already(failed.signals[0], act)
    assert failed.acts[0].why == "403 The token lacks event:write."
    assert undoable_act(failed.acts) == ()


async def test_what_is_done_is_taken_back_once_and_in_order(store):
    await store.take_in(taken())
    await told(store, ActIntended("a-1", "sentry", "9", "assign", "a"), ActDone("a-1"))
    case = await told(store, ActIntended("b-1", "sentry", "9", "resolve", "b"), ActDone("b-1"))
    [back] = taken_back(case, ABLE, "c")
    assert (back.act, back.undoes) == ("reopen", "b-1")
    case = await told(store, back, ActDone(back.id))
    assert [body.act for body in taken_back(case, ABLE, "d")] == ["unassign"]
    assert case.state == "new" and case.signals[0].assignee is not None


async def test_what_the_source_shows_later_counts_more_than_what_was_done(store):
    await store.take_in(taken())
    await told(store, ActIntended("a-1", "sentry", "9", "resolve", "a"), ActDone("a-1"))
    case = await told(store, SignalSeen(replace(SIGNAL, status="resolved"), change="changed"))
    assert case.state == "resolved"
    assert (await told(store, SignalSeen(SIGNAL, change="changed"))).state == "new", "somebody reopened it"
    await told(store, SignalSeen(replace(SIGNAL, status="resolved"), change="changed"))
    assert (await told(store, SignalSeen(SIGNAL, change="regressed"))).state == "regressed"


async def test_a_case_whose_every_signal_is_gone_needs_nobody(store):
    await store.take_in(taken())
    case = await told(store, SignalGone("sentry", "9", "sentry has it no more"), SignalGone("sentry", "404"))
    assert case.state == "resolved" and len(case.signals) == 1


def test_why_an_act_cannot_be_done_names_the_source():
    assert why_not(["sentry"], "resolve", ABLE) == ""
    assert why_not(["datadog"], "resolve", ABLE) == "datadog is not configured"
    assert why_not([], "resolve", ABLE) == "no source has a signal of it"
    assert why_not(["sentry"], "snooze", {"sentry": frozenset({"resolve"})}) == "sentry cannot snooze"
    assert "was not read yet" in why_not(["sentry"], "snooze", {"sentry": frozenset()})
