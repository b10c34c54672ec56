"""The glyph, word and colour of each state, so that every screen says it the same way."""

from __future__ import annotations

from typing import NamedTuple


class Mark(NamedTuple):
    """A glyph with its word and the theme token of both."""

    glyph: str
    word: str
    style: str


CLAIM = {
    "supported": Mark("√", "supported", "good"),
    "refuted": Mark("×", "refuted", "bad"),
    "assumed": Mark("?", "assumed", "warn"),
}
VERDICT = {
    "fix": Mark("√", "fix", "good"),
    "investigate": Mark("?", "investigate", "accent"),
    "ticket": Mark("!", "ticket", "warn"),
    "wait": Mark("○", "wait", "warn"),
    "ignore": Mark("–", "ignore", "muted"),
}
MAPPED = {
    "confirmed": Mark("√", "confirmed", "good"),
    "probable": Mark("~", "probable", "muted"),
    "guessed": Mark("?", "guessed", "warn"),
    "not ours": Mark("·", "not ours", "faint"),
}
STATE = {
    "new": Mark("●", "new", "accent"),
    "regressed": Mark("▲", "regressed", "bad"),
    "running": Mark("►", "running", "accent"),
    "asks": Mark("?", "asks", "warn"),
    "ready": Mark("■", "ready", "good"),
    "waiting": Mark("○", "waiting", "muted"),
    "sent": Mark("→", "sent", "good"),
    "verified": Mark("√", "verified", "good"),
    "ignored": Mark("–", "ignored", "muted"),
    "resolved": Mark("√", "resolved", "good"),
    "merged": Mark("=", "merged", "muted"),
}
SEVERITY = {
    "block": Mark("×", "stops it", "bad"),
    "warn": Mark("!", "finding", "warn"),
    "info": Mark("·", "note", "muted"),
}
STEP = {
    "ok": Mark("√", "", "good"),
    "failed": Mark("×", "", "bad"),
    "skipped": Mark("–", "", "muted"),
    "cancelled": Mark("~", "", "warn"),
}
PRIORITY = {"P1": "bad bold", "P2": "warn bold", "P3": "muted", "P4": "faint"}


def mark_of(table: dict[str, Mark], name: str) -> Mark:
    """The mark of a state; one this version does not know is shown by its own name."""
    return table.get(name, Mark("?", name, "muted"))
