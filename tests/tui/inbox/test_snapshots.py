"""Pictures of the Inbox and what lies over it, at every size it folds for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from rootcase.tui.app import RootcaseApp
from rootcase.tui.leaving import question
from rootcase.tui.screens.base import RootScreen
from rootcase.tui.screens.inbox import InboxScreen

Start = Callable[..., RootcaseApp]
Snap = Callable[..., bool]
SIZES = [(80, 24), (120, 36), (180, 50)]


def ready(*keys: str) -> Callable[[Pilot[int]], object]:
    """Wait until the store was read and the preview drawn; then press keys."""

    async def run(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, RootcaseApp)
        inbox = app.screen_stack[0]
        assert isinstance(inbox, InboxScreen)
        for _ in range(200):
            await pilot.pause(0.02)
            empty = not inbox.state.total
            if app.has_desk and inbox.sources and (empty or inbox.preview.url):
                break
        await pilot.press(*keys)
        await pilot.pause(0.2)

    return run


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_inbox(acme: Path, start: Start, snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(start(acme), terminal_size=size, run_before=ready())


@pytest.mark.parametrize("size", [(120, 36), (180, 50)], ids=str)
def test_inbox_in_the_light_theme(
    acme: Path, start: Start, snap_compare: Snap, size: tuple[int, int]
) -> None:
    assert snap_compare(start(acme, theme="light"), terminal_size=size, run_before=ready())


def test_inbox_without_colour(acme: Path, start: Start, snap_compare: Snap) -> None:
    assert snap_compare(start(acme, NO_COLOR="1"), terminal_size=(120, 36), run_before=ready())


def test_preview_as_a_tab(acme: Path, start: Start, snap_compare: Snap) -> None:
    assert snap_compare(start(acme), terminal_size=(80, 24), run_before=ready("2"))


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_filter_with_a_misspelt_word(
    acme: Path, start: Start, snap_compare: Snap, size: tuple[int, int]
) -> None:
    keys = ("slash", *"gate:fix", "space", *"service:chekout-api")
    assert snap_compare(start(acme), terminal_size=size, run_before=ready(*keys))


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_help(acme: Path, start: Start, snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(start(acme), terminal_size=size, run_before=ready("question_mark", *"s"))


def test_palette(acme: Path, start: Start, snap_compare: Snap) -> None:
    assert snap_compare(start(acme), terminal_size=(120, 36), run_before=ready("ctrl+p"))


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_confirm(acme: Path, start: Start, snap_compare: Snap, size: tuple[int, int]) -> None:
    async def ask(pilot: Pilot[int]) -> None:
        await ready()(pilot)  # type: ignore[misc]
        screen = pilot.app.screen
        assert isinstance(screen, RootScreen)
        screen.work(screen.confirm(question((("C-398", "C-398, prove, $0.38 of $1.00"),))), "ask")
        await pilot.pause(0.1)

    assert snap_compare(start(acme), terminal_size=size, run_before=ask)


def test_too_small(acme: Path, start: Start, snap_compare: Snap) -> None:
    assert snap_compare(start(acme), terminal_size=(72, 18))


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_nothing_needs_you(tmp_path: Path, start: Start, snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(start(tmp_path), terminal_size=size, run_before=ready())


def test_no_source_yet(tmp_path: Path, start: Start, snap_compare: Snap) -> None:
    app = start(tmp_path, sources=False)

    async def wait(pilot: Pilot[int]) -> None:
        await pilot.pause(0.3)

    assert snap_compare(app, terminal_size=(120, 36), run_before=wait)
