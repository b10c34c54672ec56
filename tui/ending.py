"""What reaches a screen that is still being made while the application ends."""

from __future__ import annotations

from textual import events
from textual.app import App


def comes_too_late(app: App[object], event: events.Event) -> bool:
    """An application that ends mounts no more widgets, or waits for none, yet tells a new screen of its mount."""
    ends = app._exit or not app._running
    return ends and isinstance(event, events.Mount | events.Resize | events.ScreenResume)
