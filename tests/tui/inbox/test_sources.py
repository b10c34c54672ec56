"""Sources on the screen: acts by one key, what they are doing, when they are read next, a page that is fetched."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from rootcase.core.config.load import load
from rootcase.core.desk import Desk
from rootcase.core.journal.fold import fold
from rootcase.core.journal.open import open_store
from rootcase.core.journal.store import SourceState
from rootcase.core.model.case import Case
from rootcase.core.pipeline.sync import sync
from rootcase.tui.app import RootcaseApp
from rootcase.tui.render.inbox_header import inbox_header
from rootcase.tui.screens.case import CaseScreen
from rootcase.tui.screens.inbox import InboxScreen
from tests.support.shop import crash

SIZE = (180, 50)
NOW_US = 1_793_672_100_000_000
SECOND_US = 1_000_000


def text(app: RootcaseApp) -> str:
    return "\n".join(
        "".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()
    )


async def until(pilot: Pilot[int], true: Callable[[], bool], seconds: float = 30.0) -> None:
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        await pilot.pause(0.02)
    raise AssertionError("it did not happen; the screen says:\n" + text(pilot.app))  # type: ignore[arg-type]


class Shop:
    """A home with one source of files, read once, and the screen over it."""

    def __init__(self, folder: Path) -> None:
        self.events = folder / "events"
        self.events.mkdir()
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "ROOTCASE_HOME": str(folder / "home"),
            "ROOTCASE_USER": "mira", "TERM": "xterm-256color", "COLORTERM": "truecolor", "SSH_CONNECTION": "1",
        }  # fmt: skip
        config = folder / "home" / "config"
        config.mkdir(parents=True)
        (config / "config.yaml").write_text(
            f"sources: [{{kind: files, name: shop, path: {self.events}, service: shop-api, refresh_s: 3600}}]\n"
        )
        self.happens(crash("1"))
        (self.events / "signals.json").write_text(json.dumps({"issues": {"1": {"short_id": "SHOP-1"}}}))
        self.loaded = load(self.environment)
        asyncio.run(self._sync())

    def happens(self, event: dict[str, object]) -> None:
        with (self.events / "events.jsonl").open("a") as file:
            file.write(json.dumps(event) + "\n")

    async def _sync(self) -> None:
        store = await open_store("sqlite", state=self.loaded.folders.state)
        await sync(self.loaded, store, environment=self.environment)
        await store.close()

    def app(self, **more: str) -> RootcaseApp:
        return RootcaseApp(self.loaded, self.environment, **more)  # type: ignore[arg-type]

    async def case(self, app: RootcaseApp) -> Case:
        return fold(await app.desk.store.entries("C-1"))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def ready(app: RootcaseApp) -> Callable[[], bool]:
    return lambda: app.has_desk and "SHOP-1" in text(app) and "resolve" in text(app)


async def test_resolving_shows_at_once_and_u_takes_it_back(shop: Shop) -> None:
    app = shop.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, ready(app))
        await pilot.press("x")
        await until(pilot, lambda: "√ resolved   KeyError" in text(app))
        await until(pilot, lambda: "resolved SHOP-1 at shop; u takes it back" in text(app))
        assert [record.state for record in (await shop.case(app)).acts] == ["done"]
        await pilot.press("x")
        await until(pilot, lambda: "it is resolved already" in text(app))
        await pilot.press("u")
        await until(
            pilot, lambda: "reopened SHOP-1 at shop" in text(app) and "● new        KeyError" in text(app)
        )
    lines = [json.loads(line)["act"] for line in (shop.events / "writeback.jsonl").read_text().splitlines()]
    assert lines == ["resolve", "reopen"]


async def test_s_in_the_case_shows_the_note_as_it_would_be_posted_and_y_posts_it(shop: Shop) -> None:
    app = shop.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, ready(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Reasoning" in text(app) and "what" in text(app))
        await pilot.press("s")
        await until(pilot, lambda: "Post the incident note?" in text(app))
        assert "to  shop SHOP-1" in text(app) and "Incident note of C-1: KeyError" in text(app)
        await pilot.press("s", "escape")
        await until(pilot, lambda: "Post the incident note?" not in text(app))
        assert (await shop.case(app)).acts == (), "the key that opened it answers nothing"
        await pilot.press("s")
        await until(pilot, lambda: "Post the incident note?" in text(app))
        await pilot.press("y")
        await until(pilot, lambda: "C-1: posted the note on SHOP-1 at shop" in text(app))
    [line] = (shop.events / "writeback.jsonl").read_text().splitlines()
    assert json.loads(line)["text"].startswith("Incident note of C-1")


async def test_what_the_source_refuses_is_rolled_back_with_the_reason(shop: Shop) -> None:
    (shop.events / "writeback.jsonl").mkdir()
    app = shop.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, ready(app))
        await pilot.press("a")
        await until(pilot, lambda: "shop did not acknowledge, it is as it was: Cannot" in text(app))
        case = await shop.case(app)
        assert [record.state for record in case.acts] == ["failed"] and case.signals[0].substatus == ""


async def test_what_cannot_be_taken_back_asks_first(shop: Shop) -> None:
    """A source that can resolve and cannot reopen: the key opens a question, another one answers it."""
    app = shop.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, ready(app))
        state = await app.desk.store.source_state("shop")
        await app.desk.store.save_source_state(replace(state, acts=("resolve",)))
        await pilot.press("x")
        await until(
            pilot, lambda: "Resolve C-1 at shop?" in text(app) and "shop cannot take that back" in text(app)
        )
        await pilot.press("x", "escape")
        await pilot.pause(0.1)
        assert (await shop.case(app)).acts == ()
        await pilot.press("x")
        await until(pilot, lambda: "Resolve C-1 at shop?" in text(app))
        await pilot.press("y")
        await until(pilot, lambda: "resolved SHOP-1 at shop" in text(app))
        await pilot.press("a")
        await until(pilot, lambda: "a  acknowledge: shop cannot acknowledge" in text(app))


async def test_the_case_shows_its_acts_and_undoes_the_later_of_act_and_decision(shop: Shop) -> None:
    app = shop.app(case="C-1")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, CaseScreen) and bool(app.screen.able))
        await until(pilot, lambda: "100% on 2.14.0, production" in text(app))
        await pilot.press("i")
        await until(pilot, lambda: "√ assigned to you SHOP-1 at shop" in text(app))
        await pilot.press("u")
        await until(pilot, lambda: "√ no longer assigned SHOP-1 at shop" in text(app))


async def test_a_page_that_no_sync_has_seen_opens_when_it_is_there(shop: Shop) -> None:
    shop.happens(crash("7", "OSError", function="send"))
    app = shop.app(name="shop:7")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "fetching" in text(app) or isinstance(app.screen, CaseScreen))
        await until(pilot, lambda: isinstance(app.screen, CaseScreen) and "OSError" in text(app))


async def test_a_page_that_leads_nowhere_says_what_to_configure(shop: Shop) -> None:
    app = shop.app(name="https://acme.sentry.io/issues/9/")
    async with app.run_test(size=SIZE) as pilot:
        await until(
            pilot, lambda: "acme.sentry.io is not one of your sources. Add it in config.yaml" in text(app)
        )
        assert isinstance(app.screen, InboxScreen) and "fetching" not in text(app)


async def test_sources_whose_time_has_come_are_read_by_themselves(shop: Shop) -> None:
    shop.happens(crash("3", "ValueError", function="total"))
    app = shop.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, ready(app))
        await pilot.pause(0.3)
        assert "1 new, R shows it" not in text(app)
        state = await app.desk.store.source_state("shop")
        await app.desk.store.save_source_state(replace(state, tried_us=1, synced_us=1))
        inbox = app.screen_stack[0]
        assert isinstance(inbox, InboxScreen)
        inbox.sources = await app.desk.sources()
        await until(pilot, lambda: "1 new, R shows it" in text(app))


async def test_a_sync_that_nobody_asked_for_ends_with_the_screen_and_one_by_hand_does_not(shop: Shop) -> None:
    for due in (True, False):
        desk = Desk(
            shop.loaded, await open_store("sqlite", state=shop.loaded.folders.state), shop.environment
        )
        await desk.sync(due=due)
        [child] = desk._children
        await desk.close()
        assert await asyncio.wait_for(child.wait(), 60) == (-signal.SIGTERM if due else 0)


def header(width: int, *sources: SourceState, due_s: float = 0.0) -> str:
    refresh = (60.0, NOW_US + round(due_s * SECOND_US)) if due_s else (0.0, 0)
    line = inbox_header(sources, 1.84, 10.0, NOW_US, width, refresh)
    return "".join(seg.text for seg in (*line.segs, *line.right))


FINE = SourceState("sentry", synced_us=NOW_US - SECOND_US, reconciled_us=NOW_US - 2400 * SECOND_US)


def test_the_header_says_when_the_next_sync_is_and_how_old_the_last_comparison() -> None:
    assert "every 1 min, next in 20 s, all compared 40 min ago" in header(180, FINE, due_s=12)
    assert "every 1 min, next in 20 s" in header(120, FINE, due_s=12)
    assert "every" not in header(80, FINE, due_s=12) and "every" not in header(180, FINE)


def test_the_header_says_how_far_a_reading_is_and_forgets_one_that_died() -> None:
    reading = replace(FINE, reading_us=NOW_US - SECOND_US, read=1200, total=5000)
    assert "sentry ► 1,200 of 5,000" in header(180, reading)
    assert "sentry ► 24%" in header(120, reading) and "sentry ► 24%" in header(80, reading)
    assert "►" not in header(180, replace(reading, reading_us=NOW_US - 90 * SECOND_US))


def test_the_header_tells_a_pause_from_a_limit() -> None:
    paused = replace(FINE, fault="no answer", paused="paused", retry_us=NOW_US + 960 * SECOND_US)
    assert "sentry ! paused until 02:31" in header(180, paused)
    assert "sentry ! rate-limited until 02:31" in header(180, replace(paused, paused="rate-limited"))
    assert "sentry ! until 02:31" in header(120, paused)


@pytest.mark.parametrize("width", [80, 100, 120, 160, 180])
def test_the_header_fits_however_many_sources_there_are(width: int) -> None:
    sources = [replace(FINE, source=f"source-{n}") for n in range(3)]
    assert len(header(width, *sources, due_s=12)) <= width - 2


async def test_s_tells_what_each_source_lacks_and_why(shop: Shop) -> None:
    app = shop.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.has_desk and "KeyError" in text(app))
        state = await app.desk.store.source_state("shop")
        inbox = app.screen_stack[0]
        assert isinstance(inbox, InboxScreen)
        inbox.sources = (
            replace(state, note="its end is near", limited="older ones are left out"),
            replace(state, source="dog", fault="[/x] asks us to slow down", hint="It asks to wait 40 s.", failures=2,
                    paused="rate-limited", retry_us=app.clock() + 960 * SECOND_US),
            replace(state, source="bugs", partial="events of 3 could not be read"),
        )  # fmt: skip
        await pilot.press("S")
        await until(pilot, lambda: "Sources  those in trouble first" in text(app))
        shown = text(app)
        assert shown.index("! dog") < shown.index("~ bugs") < shown.index("√ shop")
        assert "rate-limited until" in shown and ", 2 failures in a row" in shown
        for words in ("[/x] asks us to slow down", "It asks to wait 40 s.", "events of 3 could not be read",
                      "older ones are left out", "its end is near", "all compared"):  # fmt: skip
            assert words in shown
        await pilot.press("G", "x", "escape")
        await until(pilot, lambda: app.screen is inbox)
        assert (await shop.case(app)).acts == (), "its keys do nothing to the case beneath"
