"""Copying through the terminal: OSC 52, also inside tmux and screen."""

from __future__ import annotations

import base64
from collections.abc import Mapping

# xterm's default limit for one OSC 52 is 75,000 bytes of base64; terminals drop longer ones silently.
MAX_BYTES = 50_000


def copy_sequence(text: str, environment: Mapping[str, str]) -> str:
    """The escape sequence that puts text on the clipboard of the terminal one sits at."""
    data = text.encode("utf-8", "replace")[:MAX_BYTES]
    sequence = f"\x1b]52;c;{base64.b64encode(data).decode()}\x07"
    if environment.get("TMUX"):
        # tmux passes it on inside its own envelope where `allow-passthrough` is on, and takes a plain
        # one into its buffer (and on, with `set-clipboard`) where it is not.
        return sequence + "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environment.get("TERM", "").startswith("screen") and environment.get("STY"):
        return f"\x1bP{sequence}\x1b\\"
    return sequence
