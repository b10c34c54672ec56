"""The Stats screen: figures and plots at each size, periods, one repository alone, and a store nobody counted yet."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from rootcase.core.config.load import load
from rootcase.tui.app import RootcaseApp
from rootcase.tui.screens.stats import StatsScreen
from tests.support.quarter import NOW_US, fill

Snap = Callable[..., bool]
SIZES = [(80, 24), (120, 36), (180, 50)]


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the store in it; read only."""
    folder = tmp_path_factory.mktemp("quarter")
    asyncio.run(fill(folder / "store.db"))
    return folder


@pytest.fixture
def start(quarter: Path, tmp_path: Path) -> Callable[..., RootcaseApp]:
    """The app over a copy of the store."""

    def make(*, theme: str = "dark", forget: bool = False, **environment: str) -> RootcaseApp:
        (tmp_path / "config").mkdir()
        for file in quarter.glob("store.db*"):
            shutil.copy(file, tmp_path / file.name)
        if forget:
            with sqlite3.connect(tmp_path / "store.db") as connection:
                connection.execute("DELETE FROM tally")
        (tmp_path / "config" / "config.yaml").write_text(
            f"store: {tmp_path}/store.db\ninterface: {{theme: {theme}}}\n"
        )
        told = {"ROOTCASE_HOME": str(tmp_path), "HOME": str(tmp_path), "TERM": "xterm-256color",
                "COLORTERM": "truecolor", "ROOTCASE_USER": "dana", **environment}  # fmt: skip
        return RootcaseApp(load(told), told, clock=lambda: NOW_US)

    return make


async def shown(pilot: Pilot[int]) -> StatsScreen:
    """The screen once its figures are there."""
    for _ in range(300):
        screen = pilot.app.screen
        if isinstance(screen, StatsScreen) and screen.stats is not None:
            await pilot.pause()
            return screen
        await pilot.pause(0.02)
    raise AssertionError("the figures never came")


def opened(*keys: str) -> Callable[[Pilot[int]], object]:
    async def run(pilot: Pilot[int]) -> None:
        await pilot.pause()
        await pilot.press("%")
        await shown(pilot)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.15)
        await pilot.pause(0.15)

    return run


def text(app: RootcaseApp) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_pictures(start: Callable[..., RootcaseApp], snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(start(), terminal_size=size, run_before=opened("v"))


@pytest.mark.parametrize("tab", ["2", "3", "4"])
def test_pictures_of_the_narrow_tabs(start: Callable[..., RootcaseApp], snap_compare: Snap, tab: str) -> None:
    assert snap_compare(start(), terminal_size=(80, 24), run_before=opened("v", tab))


def test_picture_of_one_repository_in_the_light(
    start: Callable[..., RootcaseApp], snap_compare: Snap
) -> None:
    app = start(theme="light")
    assert snap_compare(app, terminal_size=(120, 36), run_before=opened("v", "3", "enter"))


def test_picture_without_colour(start: Callable[..., RootcaseApp], snap_compare: Snap) -> None:
    assert snap_compare(start(NO_COLOR="1"), terminal_size=(120, 36), run_before=opened("v"))


async def test_periods_repositories_and_the_way_back(start: Callable[..., RootcaseApp]) -> None:
    app = start()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened()(pilot)
        screen = await shown(pilot)
        month = screen.stats.all.opened
        await opened_more(pilot, "v")
        assert screen.stats.all.opened > month and "the last 90 days" in text(app)
        everything = screen.stats.all.opened
        await opened_more(pilot, "3", "enter")
        assert screen.only == "checkout" and screen.stats.all.opened < everything
        assert screen.stats.all == screen._groups[0].measures, "what its row says is what is shown"
        assert len(screen._groups) > 1, "the others can still be chosen"
        await opened_more(pilot, "escape")
        assert screen.only == "" and screen.stats.all.opened == everything
        await opened_more(pilot, "b")
        assert "checkout-worker" in text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(app.screen, StatsScreen)


async def opened_more(pilot: Pilot[int], *keys: str) -> None:
    """Press the keys; the last one has the figures read anew, and they are there."""
    screen = pilot.app.screen
    assert isinstance(screen, StatsScreen)
    before = screen.stats
    await pilot.press(*keys)
    for _ in range(300):
        if screen.stats is not before:
            break
        await pilot.pause(0.02)
    await pilot.pause()


async def test_what_an_older_version_wrote_is_counted_by_a_process_of_its_own(
    start: Callable[..., RootcaseApp],
) -> None:
    app = start(forget=True)
    async with app.run_test(size=(120, 36)) as pilot:
        await opened()(pilot)
        screen = await shown(pilot)
        for _ in range(600):
            if not screen.stats.uncounted:
                break
            await pilot.pause(0.05)
        assert (screen.stats.uncounted, screen.stats.cases) == (0, 70)


async def test_the_palette_finds_it_from_the_inbox(start: Callable[..., RootcaseApp]) -> None:
    app = start()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("ctrl+p", *"statis", "enter")
        await shown(pilot)
