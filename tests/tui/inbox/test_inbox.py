"""The Inbox by keys: moving, filtering, sorting, following, leaving."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from rootcase.core.journal.open import open_store
from rootcase.core.model.entries import (
    CaseOpened,
    GateDecided,
    OwnershipMarked,
    RunStarted,
    SignalSeen,
    StopAsked,
)
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.signals import Signal
from rootcase.core.model.verdicts import GateDecision
from rootcase.tui.app import RootcaseApp
from rootcase.tui.screens.confirm import ConfirmScreen
from rootcase.tui.screens.finder import HelpScreen
from rootcase.tui.screens.inbox import InboxScreen
from rootcase.tui.screens.too_small import TooSmall
from rootcase.tui.widgets.field import Field

Start = Callable[..., RootcaseApp]
SIZE = (120, 36)


def inbox(app: RootcaseApp) -> InboxScreen:
    screen = app.screen_stack[0]
    assert isinstance(screen, InboxScreen)
    return screen


def text(app: RootcaseApp) -> str:
    """What the whole screen says."""
    return "\n".join(
        "".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()
    )


async def until(pilot: Pilot[int], true: Callable[[], bool], seconds: float = 20.0) -> None:
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        await pilot.pause(0.02)
    raise AssertionError("it did not happen; the screen says:\n" + text(pilot.app))  # type: ignore[arg-type]


async def typed(pilot: Pilot[int], words: str) -> None:
    await pilot.press(*("space" if letter == " " else letter for letter in words))


async def settled(pilot: Pilot[int], app: RootcaseApp) -> None:
    await until(pilot, lambda: app.has_desk and "of $10" in text(app) and "Latest event" in text(app))


async def test_the_list_is_there_before_the_store_is_open(acme: Path, start: Start) -> None:
    app = start(acme)
    async with app.run_test(size=SIZE):
        assert not app.has_desk
        assert inbox(app).list_pane.cursor_id == "C-412"
        assert "Needs you 3" in text(app)


async def test_cases_are_grouped_by_who_must_act(acme: Path, start: Start) -> None:
    app = start(acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        said = text(app)
    order = [said.index(word) for word in ("Needs you 3", "Running 2", "Waiting on others 3", "Quiet 3")]
    assert order == sorted(order)
    assert "TypeError None + De" in said and "in apply_voucher" in said


async def test_the_preview_follows_the_cursor_once_it_rests(acme: Path, start: Start) -> None:
    app = start(acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await until(pilot, lambda: "Why these are one case" in text(app))
        await pilot.press("j", "j")
        await until(pilot, lambda: "C-405  IntegrityError" in text(app))


async def test_typing_narrows_and_esc_brings_all_back(acme: Path, start: Start) -> None:
    app = start(acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("slash")
        await typed(pilot, "gate:wait payments")
        await until(pilot, lambda: "1 of 11" in text(app))
        assert inbox(app).list_pane.cursor_id == "C-390"
        await pilot.press("enter")
        assert inbox(app).focused is inbox(app).list_pane
        assert "1 of 11" in text(app)
        await pilot.press("slash", "escape")
        await until(pilot, lambda: "11 of 11" in text(app))


async def test_letters_typed_into_the_filter_are_not_commands(acme: Path, start: Start) -> None:
    app = start(acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("slash", "Q", "s", "v", "question_mark", "down")
        assert inbox(app).query_one("#filter", Field).text == "Qsv?"
        assert app.screen is inbox(app)


async def test_a_filter_that_matches_nothing_says_what_was_meant(acme: Path, start: Start) -> None:
    app = start(acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("slash")
        await typed(pilot, "service:chekout-api")
        await until(pilot, lambda: "Did you mean service:checkout-api? It has 2 cases." in text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "2 of 11" in text(app))


async def test_sorting_and_views_by_keys(acme: Path, start: Start) -> None:
    app = start(acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("s", "s")
        await until(pilot, lambda: "sort events" in text(app))
        keys = inbox(app).state.index.keys
        assert keys.index("C-412") < keys.index("C-409") < keys.index("C-405")
        await pilot.press("v")
        await until(pilot, lambda: "view Needs you" in text(app))
        assert "3 of 11" in text(app)


async def test_a_new_case_waits_until_it_is_asked_for(own_acme: Path, start: Start) -> None:
    app = start(own_acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("j")
        store = await open_store(str(own_acme / "store.db"))
        opened = CaseOpened(
            "C-500", "ValueError in parse_row", "api", Fingerprint(1, "f" * 32, type="ValueError")
        )
        gated = GateDecided(GateDecision("before", "fix", "nobody has it yet", "P1"))
        await store.open_case(
            [opened, SignalSeen(Signal("sentry", "9", events=3)), gated], actor="x", aliases=["n"]
        )
        await store.close()
        await until(pilot, lambda: "1 new, R shows it" in text(app))
        assert inbox(app).list_pane.cursor_id == "C-409"
        assert "parse_row" not in text(app)
        await pilot.press("R")
        await until(pilot, lambda: "parse_row" in text(app))
        assert inbox(app).list_pane.cursor_id == "C-409"


async def test_a_run_started_elsewhere_shows_in_its_row_which_stays_where_it_is(
    own_acme: Path, start: Start
) -> None:
    app = start(own_acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        row = inbox(app).list_pane._source.index_of("C-409")
        store = await open_store(str(own_acme / "store.db"))
        await store.append("C-409", [RunStarted("r9", "cd" * 16, "propose", "box", 1)], actor="rootcase")
        await store.close()
        await until(pilot, lambda: "1 moved, R regroups" in text(app))
        assert inbox(app).list_pane._source.index_of("C-409") == row
        line = inbox(app).list_pane._source.line_at(row)
        assert "► running" in "".join(seg.text for seg in line.segs)


async def test_saying_who_has_it_is_an_entry(own_acme: Path, start: Start) -> None:
    app = start(own_acme, USER="dana")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("j", "m")
        await typed(pilot, "lena")
        await pilot.press("enter")
        await until(pilot, lambda: inbox(app).state.row("C-409").owner == "lena")  # type: ignore[union-attr]
        entries = await app.desk.store.entries("C-409")
        assert entries[-1].body == OwnershipMarked("lena")
        assert inbox(app).focused is inbox(app).list_pane


async def test_help_is_narrowed_by_typing_and_does_what_is_chosen(acme: Path, start: Start) -> None:
    app = start(acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await typed(pilot, "next view")
        await pilot.press("enter")
        await until(pilot, lambda: "view Needs you" in text(app))
        assert app.screen is inbox(app)


async def test_an_overlay_is_made_once_and_begins_anew_each_time(acme: Path, start: Start) -> None:
    app = start(acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        seen = []
        for _ in range(2):
            await pilot.press("question_mark")
            await until(
                pilot, lambda: isinstance(app.screen, HelpScreen) and "filter as you type" in text(app)
            )
            seen.append(app.screen)
            await typed(pilot, "zoom")
            await until(
                pilot, lambda: "filter as you type" not in text(app) and "zoom this pane" in text(app)
            )
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is inbox(app))
        assert seen[0] is seen[1]


async def test_a_notice_goes_with_a_key_that_acts_all_the_same(
    acme: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rootcase.tui.screens.base.NOTICE_S", 60)
    app = start(acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        for key in ("j", "v"):
            before = (inbox(app).list_pane.cursor_id, inbox(app).state.view)
            inbox(app).notice("the run is starting", "accent")
            await until(pilot, lambda: "the run is starting" in text(app))
            await pilot.press(key)
            await until(pilot, lambda: "the run is starting" not in text(app))
            assert (inbox(app).list_pane.cursor_id, inbox(app).state.view) != before


async def test_a_notice_goes_by_itself_but_a_failure_stays(
    acme: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rootcase.tui.screens.base.NOTICE_S", 0.1)
    app = start(acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        inbox(app).notice("the run is starting", "accent")
        await until(pilot, lambda: "the run is starting" in text(app))
        await until(pilot, lambda: "the run is starting" not in text(app))
        inbox(app).notice("the store is locked", "bad")
        await pilot.pause(0.3)
        assert "the store is locked" in text(app)


async def test_a_word_taken_back_shows_what_showed_before_it(acme: Path, start: Start) -> None:
    app = start(acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        state = inbox(app).state
        shown = []
        for words in ("", "k", "ke", "key", "key is:ignored", "key", "mira", "mira k", "k", ""):
            state.set_text(words)
            found = [
                n for n, search in enumerate(state.index.searches) if all(w in search for w in words.split())
            ]
            assert list(state.shown) == found
            shown.append(len(found))
        assert shown[0] == shown[-1] == state.total and shown[3] == shown[5] < state.total


async def test_quitting_with_a_live_run_asks_and_its_own_key_does_not_answer(
    own_acme: Path, start: Start
) -> None:
    app = start(own_acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        other = await open_store(str(own_acme / "store.db"))
        lease = await other.lease("C-398", "another run")
        assert lease is not None
        await pilot.press("Q")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        assert "A run is live: C-398" in text(app)
        await pilot.press("Q", "Q", "y")
        assert isinstance(app.screen, ConfirmScreen)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is inbox(app))
        await pilot.press("Q")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("s")
        await until(pilot, lambda: not app.is_running or app._exit)
        stopped = [entry.body for entry in await other.entries("C-398")]
        await other.close()
    assert StopAsked("asked at leaving") in stopped


async def test_below_80_by_20_only_q_works_and_the_place_is_kept(acme: Path, start: Start) -> None:
    app = start(acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("j", "j")
        await pilot.resize_terminal(72, 18)
        await until(pilot, lambda: isinstance(app.screen, TooSmall))
        assert "This window is 72×18." in text(app)
        await pilot.press("j", "question_mark")
        assert isinstance(app.screen, TooSmall)
        await pilot.resize_terminal(*SIZE)
        await until(pilot, lambda: app.screen is inbox(app))
        assert inbox(app).list_pane.cursor_id == "C-405"
        await pilot.resize_terminal(72, 18)
        await until(pilot, lambda: isinstance(app.screen, TooSmall))
        await pilot.press("Q")
        await until(pilot, lambda: app._exit)


async def test_resizing_keeps_the_cursor_and_the_filter(acme: Path, start: Start) -> None:
    app = start(acme)
    async with app.run_test(size=(180, 50)) as pilot:
        await settled(pilot, app)
        await pilot.press("slash")
        await typed(pilot, "gate:fix")
        await pilot.press("enter", "j")
        for size in ((80, 24), (120, 36), (180, 50)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert inbox(app).list_pane.cursor_id == "C-409"
            assert "4 of 11" in text(app)


async def test_at_80_the_preview_is_a_tab(acme: Path, start: Start) -> None:
    app = start(acme)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.has_desk)
        await pilot.pause(0.2)
        await pilot.press("2")
        await until(pilot, lambda: "Why these are one case" in text(app))
        await pilot.press("tab")
        await until(pilot, lambda: "Needs you 3" in text(app))


async def test_a_store_that_cannot_be_read_is_said_in_the_lists_place(tmp_path: Path, start: Start) -> None:
    (tmp_path / "store.db").write_bytes(b"this is no database at all" * 400)
    app = start(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        said = text(app)
        assert "cannot be read" in said and "why" in said and "next" in said
        await pilot.press("Q")
        await until(pilot, lambda: app._exit)


async def test_a_broken_theme_is_said_and_the_default_used(acme: Path, start: Start, tmp_path: Path) -> None:
    app = start(acme, theme="dusk")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert app.look.name == "dark"
        assert "No theme is called dusk" in text(app)


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"COLORTERM": "", "TERM": "linux"}])
async def test_without_colour_everything_is_still_said(
    acme: Path, start: Start, environment: dict[str, str]
) -> None:
    app = start(acme, **environment)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        assert "▌P1 ● new" in text(app)
        await until(pilot, lambda: "! until 02:31" in text(app))


async def test_hostile_titles_stay_text(tmp_path: Path, start: Start) -> None:
    store = await open_store(str(tmp_path / "store.db"))
    evil = "[/x] \x1b]52;c;eA==\x07 \u202efdp.exe [bold]"
    opened = CaseOpened(
        "C-1", f"{evil} in {evil}", evil, Fingerprint(1, "a" * 32, type=evil, anchor=f"m.{evil}")
    )
    signal = Signal("sentry", "1", evil, evil, service=evil, last_release=evil, events=1)
    await store.open_case([opened, SignalSeen(signal), OwnershipMarked(evil)], actor="x", aliases=["a"])
    await store.close()
    app = start(tmp_path)
    async with app.run_test(size=(180, 50)) as pilot:
        await until(pilot, lambda: "Evidence ladder" in text(app))
        said = text(app)
    assert "[/x]" in said
    assert not set(said) & {"\x1b", "\x07", "\u202e"}


async def test_nothing_runs_on_after_the_screen_is_left(acme: Path, start: Start) -> None:
    app = start(acme)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("Q")
        await until(pilot, lambda: app._exit)
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert [task for task in left if "follow" in task.get_name()] == []
    assert not app.has_desk
