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
# How finely the time to the next sync is told: each step is a write to the terminal.
STEP_US = 10_000_000


class InboxFollow:
    """Follows the store for one Inbox."""

    def __init__(self, screen: InboxScreen) -> None:
        self._screen = screen
        self._wake = asyncio.Event()
        self._version = -1
        self._minute = 0
        self._step = 0
        self._started_us = 0

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
        elif screen.rootcase.first_name:
            screen.work(screen.fetch(screen.rootcase.take_first_name()), "fetching")
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

    @property
    def refresh(self) -> tuple[float, int]:
        """(seconds between looks at the sources by themselves, when the next one is), (0, 0) where there is none."""
        settings = self._screen.rootcase.loaded.settings
        every = {source.label: settings.refresh_of(source) for source in settings.sources}
        due = [state.due_us(every[state.source]) for state in self._screen.sources if every.get(state.source)]
        return (min(filter(None, every.values())), min(due)) if due else (0.0, 0)

    async def _look(self, desk: Desk) -> None:
        screen = self._screen
        now_us = screen.rootcase.clock()
        version = await desk.store.inbox_version()
        minute, step = now_us // MINUTE_US, now_us // STEP_US
        reading = any(source.is_read_now(now_us) for source in screen.sources)
        await self._sync_when_due(desk, now_us)
        if version == self._version and step == self._step and not reading:
            return
        first, ticked = self._version < 0, minute != self._minute
        moved = version != self._version
        self._version, self._minute, self._step = version, minute, step
        sources, able = await desk.sources(), await desk.able()
        screen.sources, screen.able = sources, able
        screen.today_usd = await desk.store.spent_today()
        if moved and not first:
            await self._take_in(ticked)
        elif ticked and not first:
            screen.list_pane.repaint()
        screen.refresh_chrome()

    async def _sync_when_due(self, desk: Desk, now_us: int) -> None:
        """Read the sources by themselves; whoever else is reading them has them read."""
        every_s, due_us = self.refresh
        if not every_s or now_us < due_us or now_us - self._started_us < STEP_US:
            return
        self._started_us = now_us
        await desk.sync(due=True)

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
