"""The alias tables: which case owns a fingerprint or a source's own name for an error."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from rootcase.core.journal.codec import encode_value
from rootcase.core.model.errors import StoreError
from rootcase.core.model.fingerprints import Fingerprint


def owner(connection: sqlite3.Connection, alias: str) -> str | None:
    found = connection.execute("SELECT journal FROM alias WHERE alias = ?", (alias,)).fetchone()
    return str(found[0]) if found else None


def add(connection: sqlite3.Connection, case: str, aliases: Sequence[str]) -> tuple[str, ...]:
    """Take the free ones; returns those that belong to another case."""
    taken = []
    for alias in dict.fromkeys(aliases):
        connection.execute("INSERT INTO alias VALUES (?, ?) ON CONFLICT DO NOTHING", (alias, case))
        if owner(connection, alias) != case:
            taken.append(alias)
    return tuple(taken)


def add_fingerprint(connection: sqlite3.Connection, case: str, fingerprint: Fingerprint) -> None:
    connection.execute(
        "INSERT INTO fingerprint VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (fingerprint.alias, case, encode_value(fingerprint)),
    )


def fingerprints(connection: sqlite3.Connection) -> tuple[tuple[str, Fingerprint], ...]:
    """(case key, fingerprint); a merged case's fingerprints stand under the case that took it in."""
    decode = msgspec.json.Decoder(Fingerprint).decode
    rows = connection.execute("SELECT journal, body FROM fingerprint ORDER BY journal, alias")
    return tuple([(case, decode(body)) for case, body in rows])


def move_all(connection: sqlite3.Connection, case: str, into: str) -> None:
    """All names of a case that was merged away."""
    _known(connection, into)
    for table in ("alias", "fingerprint", "signal"):
        connection.execute(f"UPDATE {table} SET journal = ? WHERE journal = ?", (into, case))


def names_of(connection: sqlite3.Connection, case: str) -> tuple[str, ...]:
    """All names that lead to a case."""
    rows = connection.execute("SELECT alias FROM alias WHERE journal = ? ORDER BY alias", (case,))
    return tuple([alias for (alias,) in rows])


def move_names(connection: sqlite3.Connection, case: str, to: str, names: Sequence[str]) -> None:
    """These names alone, with the fingerprints and signals that they name."""
    _known(connection, to)
    for name in names:
        for table in ("alias", "fingerprint"):
            connection.execute(
                f"UPDATE {table} SET journal = ? WHERE alias = ? AND journal = ?", (to, name, case)
            )
        connection.execute(
            "UPDATE signal SET journal = ? WHERE source || ':' || id = ? AND journal = ?", (to, name, case)
        )


def move_signal(connection: sqlite3.Connection, case: str, alias: str, to: str) -> None:
    """One signal's name and counts, when it leaves a case for another."""
    _known(connection, to)
    connection.execute("UPDATE alias SET journal = ? WHERE alias = ? AND journal = ?", (to, alias, case))
    connection.execute(
        "UPDATE signal SET journal = ? WHERE source || ':' || id = ? AND journal = ?", (to, alias, case)
    )


def _known(connection: sqlite3.Connection, case: str) -> None:
    if not connection.execute("SELECT 1 FROM head WHERE journal = ?", (case,)).fetchone():
        raise StoreError(
            f"There is no case {case}", "Nothing can be moved there.", "rootcase cases lists them."
        )
