"""Leaving while screens are still being made ahead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.screen import Screen

from rootcase.tui.app import RootcaseApp
from rootcase.tui.screens.case import CaseScreen
from rootcase.tui.screens.sources import SourcesScreen


@pytest.mark.parametrize("screen", [lambda: CaseScreen(""), SourcesScreen])
async def test_a_screen_that_is_made_while_the_application_ends_says_nothing(
    acme: Path, start: Callable[[Path], RootcaseApp], screen: Callable[[], Screen[str]]
) -> None:
    app = start(acme)
    async with app.run_test():
        app._exit = True  # as after `Q`, before the application has stopped
        _, made = app._get_screen(screen())
        await made
    assert app._exception is None
