"""Keeps the Inbox true: looks for changed rows once a second, never moves one under a finger."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

from rootcase.core.journal.store import InboxRow
from rootcase.core.model.errors import RootcaseError

if TYPE_CHECKING:
    from rootcase.core.desk import Desk
    from rootcase.tui.screens.inbox import InboxScreen

LOOK_S = 1.0
MINUTE_US = 60_000_000


class InboxFollow:
    """Follows the store for one Inbox."""

    def __init__(self, screen: InboxScreen) -> None:
        self._screen = screen
        self._wake = asyncio.Event()
        self._version = -1
        self._minute = 0

    def start(self) -> None:
        """Begin; called once the first rows are on the screen."""
        self._screen.work(self._run(), "following the store")

    def look(self) -> None:
        """Look now and not at the next second."""
        self._wake.set()

    def come_back(self) -> None:
        """The Inbox is in front again: put the list in order, nothing is under a finger yet."""
        if self._version >= 0:
            self._screen.work(self._reorder(), "ordering the list")

    def is_stale(self, row: InboxRow) -> bool:
        """All sources failed at the last reading: what shows is old."""
        sources = self._screen.sources
        return bool(sources) and all(source.fault for source in sources)

    async def _run(self) -> None:
        screen = self._screen
        await screen.preview.make()
        try:
            desk = await screen.rootcase.open_desk()
        except RootcaseError:
            screen.work(self._fetch_screens(), "fetching the other screens")
            raise
        if not screen.state.complete:
            await screen.load()
        if screen.rootcase.first_case:
            screen.rootcase.open_first_case()
        screen.work(self._fetch_screens(), "fetching the other screens")
        while True:
            try:
                await self._look(desk)
            except RootcaseError as fault:
                screen.show_fault(fault)
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_S)
            except TimeoutError:
                continue

    async def _look(self, desk: Desk) -> None:
        screen = self._screen
        now_us = screen.rootcase.clock()
        version = await desk.store.inbox_version()
        minute = now_us // MINUTE_US
        if version == self._version and minute == self._minute:
            return
        first, ticked = self._version < 0, minute != self._minute
        moved = version != self._version
        self._version, self._minute = version, minute
        screen.sources = await desk.sources()
        screen.today_usd = await desk.store.spent_today()
        if moved and not first:
            await self._take_in(ticked)
        elif ticked and not first:
            screen.list_pane.repaint()
        screen.refresh_chrome()

    async def _take_in(self, ticked: bool) -> None:
        screen = self._screen
        if not screen.state.total:
            await screen.load()
            return
        changed = screen.state.catch_up()
        for key in changed:
            screen.list_pane.touch(key)
        if ticked:
            screen.list_pane.repaint()
        if screen.list_pane.cursor_id in changed:
            screen.preview.again()

    async def _reorder(self) -> None:
        if self._screen.state.waiting:
            await self._screen.load()
        self.look()

    async def _fetch_screens(self) -> None:
        """Import what the next keys need, in pieces between which keys are answered."""
        for name in ("finder", "case", "draft", "proposal"):
            await asyncio.sleep(0.05)
            import_module(f"rootcase.tui.screens.{name}")
        await self._screen.rootcase.overlays.make()
        await self._screen.rootcase.keep_case_screen()
        self._screen.rootcase.when_settled()
