"""Whether the journals are what was written: the chain, the head rows, the blobs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from rootcase.core.journal.blobs import salted_hash
from rootcase.core.journal.codec import chain_hash
from rootcase.core.journal.journals import COLUMNS


def faults(connection: sqlite3.Connection, case: str = "") -> tuple[str, ...]:
    """What does not hold, in words; empty when all is sound. All journals and blobs where case is ""."""
    if case:
        return tuple(_of_journal(connection, case))
    names = "SELECT journal FROM head UNION SELECT journal FROM entry ORDER BY journal"
    found = [
        fault for (name,) in connection.execute(names).fetchall() for fault in _of_journal(connection, name)
    ]
    return tuple([*found, *_of_blobs(connection)])


def _of_journal(connection: sqlite3.Connection, journal: str) -> Iterator[str]:
    expected, prev = 1, ""
    query = f"SELECT {COLUMNS} FROM entry WHERE journal = ? ORDER BY seq"
    for case, seq, at_us, actor, kind, text, trace, epoch, said_prev, said_hash in connection.execute(
        query, (journal,)
    ):
        if seq != expected:
            missing = (
                f"entry {expected} is" if seq == expected + 1 else f"entries {expected} to {seq - 1} are"
            )
            yield f"{journal}: {missing} missing"
        elif said_prev != prev:
            yield f"{journal}: entry {seq} does not follow entry {seq - 1}"
        computed = chain_hash(
            case=case, seq=seq, at_us=at_us, actor=actor, kind=kind, text=text, trace=trace, epoch=epoch,
            prev=said_prev,
        )  # fmt: skip
        if computed != said_hash:
            yield f"{journal}: entry {seq} ({kind}) was changed after it was written"
        expected, prev = seq + 1, said_hash
    head = connection.execute("SELECT seq, hash FROM head WHERE journal = ?", (journal,)).fetchone()
    if head is None:
        yield f"{journal}: its head row is missing"
    elif (head[0], head[1]) != (expected - 1, prev):
        yield f"{journal}: the head says {head[0]} entries, the journal ends at {expected - 1} otherwise"


def _of_blobs(connection: sqlite3.Connection) -> Iterator[str]:
    for digest, salt, content in connection.execute("SELECT hash, salt, content FROM blob"):
        if content is not None and salted_hash(salt or b"", content) != digest:
            yield f"blob {digest[:12]} was changed after it was written"
