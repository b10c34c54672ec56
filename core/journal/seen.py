"""Whether a human has seen a case: looked at it, decided something in it, or it went out to others.

From then on its name means something to somebody, so nothing joins it to another without asking.
"""

from __future__ import annotations

import sqlite3


def mark(connection: sqlite3.Connection, case: str, actor: str, at_us: int) -> None:
    """Somebody has it on a screen; the first time counts."""
    connection.execute(
        "INSERT INTO seen SELECT journal, ?, ? FROM head WHERE journal = ? ON CONFLICT DO NOTHING",
        (actor, at_us, case),
    )


def is_marked(connection: sqlite3.Connection, case: str) -> bool:
    return connection.execute("SELECT 1 FROM seen WHERE journal = ?", (case,)).fetchone() is not None


def by_human(connection: sqlite3.Connection, case: str) -> bool:
    found = connection.execute(
        "SELECT 1 FROM entry WHERE journal = ? AND (actor GLOB 'human:*' OR kind = 'effect_done') LIMIT 1",
        (case,),
    ).fetchone()
    return found is not None or is_marked(connection, case)
