"""How the catalogue writes a key."""

from __future__ import annotations

from textual import events

NAMES = {"escape": "esc"}


def key_name(event: events.Key) -> str:
    """A key as people read it: `?`, `ctrl+p`, `space`, `esc`."""
    if event.is_printable and event.character and event.character != " ":
        return event.character
    return NAMES.get(event.key, event.key)
