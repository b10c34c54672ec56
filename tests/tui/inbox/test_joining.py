"""One bug, one case, by keys of the Inbox."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rootcase.core.journal.fold import fold
from rootcase.core.journal.open import open_store
from rootcase.core.model.case import Case
from rootcase.core.model.entries import GateDecided, JoinProposed
from rootcase.core.model.verdicts import GateDecision
from rootcase.tui.app import RootcaseApp
from tests.tui.inbox.test_inbox import inbox, settled, text, typed, until

Start = Callable[..., RootcaseApp]
SIZE = (120, 36)


async def case_of(path: Path, key: str) -> Case:
    store = await open_store(str(path / "store.db"), state=path)
    try:
        return fold(await store.entries(key))
    finally:
        await store.close()


async def propose(path: Path, key: str, other: str) -> None:
    store = await open_store(str(path / "store.db"), state=path)
    await store.append(key, [JoinProposed(other, "the same lines, moved")], actor="rootcase")
    await store.close()


async def test_marked_cases_go_into_the_one_under_the_cursor_and_come_out_again(
    own_acme: Path, start: Start
) -> None:
    app = start(own_acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        into = inbox(app).list_pane.cursor_id
        await pilot.press("j", "space")
        gone = next(iter(inbox(app).state.marked))
        assert "1 marked" in text(app)
        await pilot.press("k", "+")
        await until(pilot, lambda: f"{gone} is part of {into}" in text(app))
        assert (await case_of(own_acme, gone)).merged_into == into
        await pilot.press("-")
        await until(pilot, lambda: f"{gone} is a case of its own again" in text(app))
    assert (await case_of(own_acme, gone)).merged_into == ""


async def test_a_proposed_join_is_shown_and_declined_with_its_key(own_acme: Path, start: Start) -> None:
    await propose(own_acme, "C-412", "C-409")
    app = start(own_acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        inbox(app).list_pane.select("C-412")
        inbox(app).preview.soon("C-412")
        await until(pilot, lambda: "C-409 looks like the same" in text(app))
        assert "they are one" in text(app) and "they are two" in text(app)
        await pilot.press("-")
        await until(pilot, lambda: "are two. Why?" in text(app))
        await typed(pilot, "two carts")
        await pilot.press("enter")
        await until(pilot, lambda: "not proposed again" in text(app))
    told = await case_of(own_acme, "C-412")
    assert told.joins == () and told.declined == ("C-409",)


async def test_a_verdict_by_hand_is_asked_for_with_its_reason(own_acme: Path, start: Start) -> None:
    app = start(own_acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        key = inbox(app).list_pane.cursor_id
        await pilot.press("V")
        await until(pilot, lambda: "Your verdict" in text(app))
        await typed(pilot, "wait lena is on it")
        await pilot.press("enter")
        await until(pilot, lambda: "wait, by you" in text(app))
    told = await case_of(own_acme, key)
    assert (told.verdict, told.verdict_reason) == ("wait", "lena is on it")


async def test_an_opened_case_is_seen_and_an_owners_word_has_a_key(own_acme: Path, start: Start) -> None:
    store = await open_store(str(own_acme / "store.db"), state=own_acme)
    waits = GateDecision(
        "after", "wait", "owner's word: payments", "P1", rule="product_sensitive", kind="payments"
    )
    await store.append("C-390", [GateDecided(waits)], actor="rootcase")
    before = await store.seen("C-371")
    app = start(own_acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        app.open_case("C-371")
        await until(pilot, lambda: "Reasoning" in text(app))
        await pilot.press("y")
        await until(pilot, lambda: "waits for no owner's word" in text(app))
        await pilot.press("esc")
        app.open_case("C-390")
        await until(pilot, lambda: "owner's word: payments" in text(app) and "Reasoning" in text(app))
        await pilot.press("y")
        await until(pilot, lambda: "may it change?" in text(app))
        await typed(pilot, "keep EUR")
        await pilot.press("enter")
        await until(pilot, lambda: "agreed" in text(app))
    assert (before, await store.seen("C-371")) == (False, True)
    await store.close()
    told = await case_of(own_acme, "C-390")
    assert told.news == ("words",) and told.said[-1].text == "keep EUR"
