"""The application: the stack of screens over one desk, the theme, copying and leaving."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.driver import Driver
from textual.geometry import Size
from textual.screen import Screen

from rootcase.core.config.load import Loaded
from rootcase.core.journal.open import store_path
from rootcase.core.model.errors import ConfigError, RootcaseError
from rootcase.tui.browser import open_address, opens_here
from rootcase.tui.clipboard import copy_sequence
from rootcase.tui.editor import edit_file, edit_text, editor_command
from rootcase.tui.inbox_reader import InboxReader
from rootcase.tui.leaving import leave
from rootcase.tui.overlays import Overlays
from rootcase.tui.screens.base import RootScreen
from rootcase.tui.screens.inbox import InboxScreen
from rootcase.tui.screens.too_small import TooSmall, is_too_small
from rootcase.tui.theme import Theme, depth_of, theme_or_default

if TYPE_CHECKING:
    from rootcase.core.desk import Desk
    from rootcase.tui.screens.finder import Finder


KEPT_CASE = "case"


def now_us() -> int:
    return time.time_ns() // 1000


class RootcaseApp(App[int], inherit_bindings=False):
    """Screens over a desk. It reads journals and appends decisions; runs are processes of their own.

    case: key of the case to open at once; name: what a source calls one that has to be fetched first.
    desk: opened after the first paint where not given.
    clock: microseconds since 1970, for pictures that stay the same.
    """

    TITLE = "rootcase"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    CSS = "Screen { background: transparent; overflow: hidden hidden; } * { scrollbar-size: 0 0; }"

    def __init__(
        self, loaded: Loaded, environment: Mapping[str, str], *, case: str = "", name: str = "",
        desk: Desk | None = None, clock: Callable[[], int] = now_us,
    ) -> None:  # fmt: skip
        self.loaded = loaded
        self.environment = dict(environment)
        self.clock = clock
        self.first_case = case
        self.first_name = name
        self._desk = desk
        self._opening = asyncio.Lock()
        self._drawn_size = Size(0, 0)
        self.when_settled: Callable[[], None] = lambda: None
        self.when_at_rest: Callable[[], None] = lambda: None
        self.theme_fault: ConfigError | None
        self.look, self.theme_fault = theme_or_default(
            loaded.settings.interface.theme, depth_of(environment), loaded.folders.config / "themes"
        )
        self.inbox = InboxReader(store_path(loaded.settings.store, state=loaded.folders.state))
        self.overlays = Overlays(self)
        super().__init__(ansi_color=self.look.depth != "full")

    # -- the desk

    @property
    def desk(self) -> Desk:
        """The desk; screens other than the Inbox open only once it is there."""
        if self._desk is None:
            raise RootcaseError(
                "The store is not open yet", "It opens right after the first paint.", "Try again."
            )
        return self._desk

    async def open_desk(self) -> Desk:
        """The desk, its store opened when first asked for. StoreError where that fails."""
        async with self._opening:  # the first screens all ask for it at once
            if self._desk is None:
                from rootcase.core.desk import Desk
                from rootcase.core.journal.open import open_store

                store = await open_store(self.loaded.settings.store, state=self.loaded.folders.state)
                self._desk = Desk(self.loaded, store, self.environment)
            return self._desk

    @property
    def has_desk(self) -> bool:
        return self._desk is not None

    async def close_desk(self) -> None:
        """Close the store; runs go on by themselves."""
        if self._desk is not None:
            desk, self._desk = self._desk, None
            await desk.close()

    # -- screens

    def get_default_screen(self) -> Screen[None]:
        return InboxScreen()

    def on_mount(self) -> None:
        self.resized()

    def resized(self) -> None:
        """The terminal has another size: below the smallest one only that is said."""
        forget = getattr(self._driver, "forget_screen", None)
        if forget is not None and self.size != self._drawn_size:
            forget()
        self._drawn_size = self.size
        small = is_too_small(self.size.width, self.size.height)
        if small and not isinstance(self.screen, TooSmall):
            self.push_screen(TooSmall())
        elif not small and isinstance(self.screen, TooSmall):
            self.pop_screen()

    def open_case(self, key: str) -> None:
        """Go to a case, from the Inbox or by name."""
        from rootcase.tui.screens.case import CaseScreen

        kept = self.get_screen(KEPT_CASE) if self.is_screen_installed(KEPT_CASE) else None
        if isinstance(kept, CaseScreen) and kept.is_mounted and kept not in self.screen_stack:
            kept.put(key)
            self.push_screen(kept)
        else:
            self.push_screen(CaseScreen(key))

    async def keep_case_screen(self) -> None:
        """Make the Case screen ahead, once the first screen has been painted: then opening one only fills it."""
        from rootcase.tui.screens.case import CaseScreen

        if not self.is_screen_installed(KEPT_CASE):
            self.install_screen(CaseScreen(""), KEPT_CASE)
            _, made = self._get_screen(KEPT_CASE)
            await made
            self.get_screen(KEPT_CASE)._refresh_layout(self.size)

    def open_first_case(self) -> None:
        """The case that was named on the command line, once the store is open."""
        key, self.first_case = self.first_case, ""
        self.open_case(key)

    def take_first_name(self) -> str:
        """What was named on the command line and no case is called; once."""
        name, self.first_name = self.first_name, ""
        return name

    def open_draft(self, key: str) -> None:
        from rootcase.tui.screens.draft import DraftScreen

        self.push_screen(DraftScreen(key))

    def open_proposal(self, key: str) -> None:
        from rootcase.tui.screens.proposal import ProposalScreen

        self.push_screen(ProposalScreen(key))

    async def do_stats(self) -> None:
        """The statistics, over the screen that they were asked from."""
        from rootcase.tui.screens.stats import StatsScreen

        await self.open_desk()
        self.push_screen(StatsScreen())

    async def do_help(self) -> None:
        from rootcase.tui.screens.finder import HelpScreen

        await self._find_in(HelpScreen)

    async def do_palette(self) -> None:
        from rootcase.tui.screens.finder import PaletteScreen

        await self._find_in(PaletteScreen)

    async def _find_in(self, kind: type[Finder]) -> None:
        below = self.screen
        if isinstance(below, RootScreen):
            finder = self.overlays.take(kind)
            finder.look_at(below.context())
            await self.overlays.open(finder, below.chosen)

    # -- terminal

    async def do_copy(self) -> None:
        """What the screen says is worth copying, through the terminal."""
        screen = self.screen
        text = screen.copy_text() if isinstance(screen, RootScreen) else ""
        if text and self._driver is not None and isinstance(screen, RootScreen):
            self._driver.write(copy_sequence(text, self.environment))
            screen.notice(f"Copied: {text.splitlines()[0][:60]}", "good")

    async def do_browser(self) -> None:
        """Open the address of what is selected; over SSH it is copied instead."""
        screen = self.screen
        url = screen.browser_url() if isinstance(screen, RootScreen) else ""
        if not isinstance(screen, RootScreen):
            return
        if not url.startswith(("https://", "http://")):
            screen.notice("Its source gave no address to open")
        elif opens_here(self.environment):
            await open_address(url)
            screen.notice(f"Opened {url}", "good")
        elif self._driver is not None:
            self._driver.write(copy_sequence(url, self.environment))
            screen.notice(f"Copied, there is no browser here: {url}", "good")

    async def edit(self, text: str, suffix: str = ".txt", line: int = 1) -> str | None:
        """Edit a text in the engineer's editor; None where it was left as it is. RootcaseError."""
        command = editor_command(self.environment, self.loaded.settings.interface.editor)
        return edit_text(self, command, text, suffix, line)

    async def edit_file(self, path: Path, line: int = 1) -> None:
        """Open a file of the engineer's own checkout in the editor. RootcaseError."""
        edit_file(self, editor_command(self.environment, self.loaded.settings.interface.editor), path, line)

    @property
    def terminal_is_behind(self) -> bool:
        """Frames are under way that the terminal has not drawn yet."""
        return bool(getattr(self._driver, "is_behind", False))

    def get_driver_class(self) -> type[Driver]:
        from rootcase.tui.terminal_driver import driver_for  # where it can run, it is imported anyway

        return driver_for(super().get_driver_class())

    def use_theme(self, look: Theme) -> None:
        """Draw everything in another theme."""
        self.look = look
        for screen in self.screen_stack:
            screen.refresh()

    async def do_quit(self) -> None:
        await leave(self)
