"""Which theme a widget draws in: the app's, or its dimmed one while something lies over its screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.widget import Widget

from rootcase.tui.theme import Theme

if TYPE_CHECKING:
    from rootcase.tui.app import RootcaseApp


def look_of(widget: Widget) -> Theme:
    app = cast("RootcaseApp", widget.app)
    return app.dim_look if getattr(widget.screen, "dimmed", False) else app.look
