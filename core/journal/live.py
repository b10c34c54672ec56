"""The live stream: pieces of text for whoever watches a run, kept for a minute."""

from __future__ import annotations

import sqlite3

from rootcase.core.journal.store import LivePiece

KEPT_US = 60_000_000


def publish(connection: sqlite3.Connection, case: str, channel: str, text: str, at_us: int) -> None:
    """Add a piece and drop what is too old, of any case."""
    connection.execute(
        "INSERT INTO live (journal, channel, text, at_us) VALUES (?, ?, ?, ?)", (case, channel, text, at_us)
    )
    connection.execute("DELETE FROM live WHERE at_us < ?", (at_us - KEPT_US,))


def pieces(connection: sqlite3.Connection, case: str, after: int) -> tuple[LivePiece, ...]:
    """The pieces after that id, oldest first."""
    rows = connection.execute(
        "SELECT id, journal, channel, text, at_us FROM live WHERE journal = ? AND id > ? ORDER BY id",
        (case, after),
    )
    return tuple([LivePiece(*row) for row in rows])


def is_live(connection: sqlite3.Connection, case: str, since_us: int) -> bool:
    """Whether a piece or an entry of the case is newer than that."""
    found = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM live WHERE journal = ? AND at_us > ?)"
        " OR EXISTS (SELECT 1 FROM head WHERE journal = ? AND at_us > ?)",
        (case, since_us, case, since_us),
    ).fetchone()
    return bool(found[0])
