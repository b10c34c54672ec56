"""Which theme a widget draws in: the app's."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.widget import Widget

from rootcase.tui.theme import Theme

if TYPE_CHECKING:
    from rootcase.tui.app import RootcaseApp


def look_of(widget: Widget) -> Theme:
    return cast("RootcaseApp", widget.app).look
