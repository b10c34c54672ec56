"""The overlays of the application, each made once and kept: opening one is a paint, not its making."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from rootcase.tui.app import RootcaseApp
    from rootcase.tui.screens.overlay import Overlay

T = TypeVar("T", bound="Overlay")


class Overlays:
    """Making an overlay and its widgets takes Textual longer than a key may wait for what it opens."""

    def __init__(self, app: RootcaseApp) -> None:
        self._app = app

    async def make(self) -> None:
        """Make all of them ahead, once the first screen has been painted."""
        from rootcase.tui.screens.confirm import ConfirmScreen
        from rootcase.tui.screens.finder import HelpScreen, PaletteScreen
        from rootcase.tui.screens.posting import PostingScreen
        from rootcase.tui.screens.sources import SourcesScreen

        for kind in (HelpScreen, PaletteScreen, ConfirmScreen, SourcesScreen, PostingScreen):
            overlay = self.take(kind)
            if not overlay.is_running:
                _, made = self._app._get_screen(overlay)
                await made
                overlay._refresh_layout(self._app.size)

    def take(self, kind: type[T]) -> T:
        """The one that is kept; another where that one is open already."""
        if not self._app.is_screen_installed(kind.__name__):
            self._app.install_screen(kind(), kind.__name__)
        kept = cast("T", self._app.get_screen(kind.__name__))
        return kind() if kept in self._app.screen_stack else kept

    async def open(self, overlay: Overlay, ended: Callable[[str | None], None]) -> None:
        """Put it over the screen that shows; `ended` gets its word."""
        await self._app.push_screen(overlay, ended)
        overlay.show()
