"""Inbox rows read straight from the file, without asyncio: what the first paint and the list need."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from rootcase.core.journal.store import InboxRow

ORDER = "rank < 900 ORDER BY rank, last_seen_us DESC, key"


def read_inbox_rows(path: Path, limit: int = 100, offset: int = 0) -> tuple[InboxRow, ...]:
    """The most urgent rows from `offset` on; empty where there is no store yet. StoreError."""
    with _reading(path) as connection:
        return inbox_rows(connection, limit, offset)


def read_inbox_keys(path: Path, keys: Iterable[str]) -> tuple[InboxRow, ...]:
    """The rows of these cases in the order asked, those that are gone left out."""
    with _reading(path) as connection:
        found = [inbox_row(connection, key) for key in keys]
        return tuple(row for row in found if row is not None)


def inbox_ids(path: Path) -> list[tuple[str, str]]:
    """(case key, search string) of every row, most urgent first: all that filtering 100,000 cases needs."""
    with _reading(path) as connection:
        return connection.execute(f"SELECT key, search FROM inbox WHERE {ORDER}").fetchall()


# How a list may be ordered within its groups; the word is what the screen calls it.
ORDERS = {
    "priority": "rank, last_seen_us DESC, key",
    "seen": "rank / 100, last_seen_us DESC, key",
    "events": "rank / 100, json_extract(body, '$.events') DESC, key",
    "users": "rank / 100, json_extract(body, '$.users') DESC, key",
    "error": "rank / 100, json_extract(body, '$.title') COLLATE NOCASE, key",
}


def inbox_index(path: Path, order: str = "priority") -> Iterator[tuple[str, int, str]]:
    """(case key, rank, search string) of every row; rank // 100 is the group in its order.

    Yields as it reads, so that 100,000 rows need not be held twice.
    """
    with _reading(path) as connection:
        yield from connection.execute(
            f"SELECT key, rank, search FROM inbox WHERE rank < 900 ORDER BY {ORDERS[order]}"
        )


def inbox_group(path: Path, group: int, limit: int = 100) -> tuple[InboxRow, ...]:
    """The rows of one group, by its place in the order of groups."""
    decode = _decoder().decode
    query = "SELECT body FROM inbox WHERE rank BETWEEN ? AND ? ORDER BY rank LIMIT ?"
    with _reading(path) as connection:
        return tuple(
            [decode(b) for (b,) in connection.execute(query, (group * 100, group * 100 + 99, limit))]
        )


def inbox_count(path: Path) -> int:
    """How many rows there are to show."""
    with _reading(path) as connection:
        return int(connection.execute("SELECT count(*) FROM inbox WHERE rank < 900").fetchone()[0])


def inbox_rows(connection: sqlite3.Connection, limit: int = -1, offset: int = 0) -> tuple[InboxRow, ...]:
    """Rows over a connection at hand; all of them for a negative limit."""
    decode = _decoder().decode
    query = f"SELECT body FROM inbox WHERE {ORDER} LIMIT ? OFFSET ?"
    return tuple([decode(body) for (body,) in connection.execute(query, (limit, offset))])


def inbox_row(connection: sqlite3.Connection, key: str) -> InboxRow | None:
    found = connection.execute("SELECT body FROM inbox WHERE key = ?", (key,)).fetchone()
    return _decoder().decode(found[0]) if found else None


def unjudged(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Keys of the cases without a verdict, or with news since, the newest seen first."""
    rows = connection.execute(
        "SELECT key FROM inbox WHERE rank < 900 AND (json_extract(body, '$.unjudged') = 1"
        " OR json_extract(body, '$.verdict') = '')"
        " ORDER BY last_seen_us DESC, key"
    )
    return tuple([key for (key,) in rows])


def open_rows(connection: sqlite3.Connection, service: str) -> tuple[InboxRow, ...]:
    """The rows of a service that are not quiet."""
    decode = _decoder().decode
    rows = connection.execute(
        "SELECT body FROM inbox WHERE rank < 300 AND json_extract(body, '$.service') = ?", (service,)
    )
    return tuple([decode(body) for (body,) in rows])


def _decoder() -> msgspec.json.Decoder[InboxRow]:
    return msgspec.json.Decoder(InboxRow)


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write; an empty database where there is no file yet. StoreError where it fails."""
    try:
        with contextlib.closing(_connection(path)) as connection:
            yield connection
    except sqlite3.Error as fault:
        from rootcase.core.model.errors import StoreError

        raise StoreError(
            f"{path} cannot be read", str(fault), "Check the file; rootcase audit verify says more."
        ) from None


def _connection(path: Path) -> sqlite3.Connection:
    if not path.exists() or not path.stat().st_size:
        connection = sqlite3.connect(":memory:")
        connection.execute("CREATE TABLE inbox (key, rank, last_seen_us, search, body)")
        return connection
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1.0)
