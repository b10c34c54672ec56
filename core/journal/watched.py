"""Which cases are looked at after their pull request was sent, and when that was done last."""

from __future__ import annotations

import sqlite3


def begin(connection: sqlite3.Connection, case: str) -> None:
    """The case is looked at from now on, at once first."""
    connection.execute("INSERT OR REPLACE INTO watched VALUES (?, 0)", (case,))


def keys(connection: sqlite3.Connection, before_us: int, limit: int) -> tuple[str, ...]:
    """Cases that were last looked at before a moment, those longest ago first."""
    rows = connection.execute(
        "SELECT journal FROM watched WHERE looked_us <= ? ORDER BY looked_us, journal LIMIT ?",
        (before_us, limit),
    )
    return tuple([key for (key,) in rows])


def mark(connection: sqlite3.Connection, case: str, at_us: int, *, over: bool) -> None:
    """It was looked at; over: and never is again."""
    if over:
        connection.execute("DELETE FROM watched WHERE journal = ?", (case,))
    else:
        connection.execute("UPDATE watched SET looked_us = ? WHERE journal = ?", (at_us, case))
