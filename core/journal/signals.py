"""The side tables of what sources hand us: newest counts, kept samples, how each source was read."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from rootcase.core.journal.codec import encode_value
from rootcase.core.journal.store import KnownSignal, SourceState
from rootcase.core.model.events import Event
from rootcase.core.model.places import is_guessed
from rootcase.core.model.signals import Signal

KEPT_PER_RELEASE = 10
VARIABLES = 500


def save(connection: sqlite3.Connection, case: str, signal: Signal) -> None:
    connection.execute(
        "INSERT INTO signal VALUES (?, ?, ?, ?) ON CONFLICT (source, id) DO UPDATE SET"
        " journal = excluded.journal, body = excluded.body",
        (signal.source, signal.id, case, encode_value(signal)),
    )


def of(connection: sqlite3.Connection, case: str) -> tuple[Signal, ...]:
    decode = msgspec.json.Decoder(Signal).decode
    rows = connection.execute("SELECT body FROM signal WHERE journal = ? ORDER BY source, id", (case,))
    return tuple([decode(body) for (body,) in rows])


def holder(connection: sqlite3.Connection, source: str, id: str) -> str:
    """The case that a signal belongs to, "" where it is not held."""
    found = connection.execute(
        "SELECT journal FROM signal WHERE source = ? AND id = ?", (source, id)
    ).fetchone()
    return str(found[0]) if found else ""


def known(connection: sqlite3.Connection, source: str, ids: Sequence[str]) -> dict[str, KnownSignal]:
    """What is held of a source: of those ids, or of all that it still has for none."""
    decode = msgspec.json.Decoder(Signal).decode
    query = "SELECT id, journal, body FROM signal WHERE source = ?"
    if ids:
        found: dict[str, KnownSignal] = {}
        for start in range(0, len(ids), VARIABLES):
            part = ids[start : start + VARIABLES]
            marks = ",".join("?" * len(part))
            rows = connection.execute(f"{query} AND id IN ({marks})", (source, *part))
            found.update((id, KnownSignal(case, decode(body))) for id, case, body in rows)
        return found
    rows = connection.execute(
        f"{query} AND json_extract(body, '$.status') <> 'gone'"
        " AND coalesce(json_extract(body, '$.merged_into'), '') = ''",
        (source,),
    )
    return {id: KnownSignal(case, decode(body)) for id, case, body in rows}


def lone_pages(connection: sqlite3.Connection, since_us: int) -> dict[str, Signal]:
    """By case, the newest signal of those that hold no error and were first seen since then."""
    decode = msgspec.json.Decoder(Signal).decode
    rows = connection.execute(
        "SELECT journal, body FROM signal AS page WHERE json_extract(body, '$.kind') <> 'error'"
        " AND json_extract(body, '$.status') <> 'gone' AND coalesce(nullif(json_extract(body, '$.first_seen_us'), 0),"
        " json_extract(body, '$.last_seen_us')) >= ?"
        " AND NOT EXISTS (SELECT 1 FROM signal AS other WHERE other.journal = page.journal"
        " AND coalesce(json_extract(other.body, '$.kind'), 'error') = 'error')"
        " ORDER BY json_extract(body, '$.last_seen_us')",
        (since_us,),
    )
    return {case: decode(body) for case, body in rows}


def save_samples(connection: sqlite3.Connection, case: str, events: Sequence[Event]) -> int:
    """Keep the newest ten of each release; returns how many of `events` are new and kept."""
    before = _sample_ids(connection, case)
    for event in events:
        connection.execute(
            "INSERT INTO sample VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (case, event.id, event.release, event.at_us, encode_value(event)),
        )
    for release in {event.release for event in events}:
        connection.execute(
            "DELETE FROM sample WHERE journal = ? AND release = ? AND event NOT IN (SELECT event FROM sample"
            " WHERE journal = ? AND release = ? ORDER BY at_us DESC, event LIMIT ?)",
            (case, release, case, release, KEPT_PER_RELEASE),
        )
    return len(_sample_ids(connection, case) - before)


def copy_samples(connection: sqlite3.Connection, case: str, into: str) -> None:
    """The samples of a case that is merged away; it keeps its own for the day it comes back."""
    connection.execute(
        "INSERT INTO sample SELECT ?, event, release, at_us, body FROM sample WHERE journal = ?"
        " ON CONFLICT DO NOTHING",
        (into, case),
    )


def move_samples(connection: sqlite3.Connection, case: str, to: str, alias: str) -> None:
    """The samples of one signal, when it leaves a case for another."""
    connection.execute(
        "UPDATE OR IGNORE sample SET journal = ? WHERE journal = ? AND json_extract(body, '$.signal') = ?",
        (to, case, alias),
    )


def forget_copies(connection: sqlite3.Connection, kept: str, gone: str) -> None:
    """What `kept` had from a case that has come back out of it."""
    connection.execute(
        "DELETE FROM sample WHERE journal = ? AND event IN (SELECT event FROM sample WHERE journal = ?)",
        (kept, gone),
    )


def _sample_ids(connection: sqlite3.Connection, case: str) -> set[str]:
    return {event for (event,) in connection.execute("SELECT event FROM sample WHERE journal = ?", (case,))}


def samples(connection: sqlite3.Connection, case: str) -> tuple[Event, ...]:
    decode = msgspec.json.Decoder(Event).decode
    rows = connection.execute("SELECT body FROM sample WHERE journal = ? ORDER BY at_us DESC, event", (case,))
    found = [decode(body) for (body,) in rows]
    return tuple(sorted(found, key=is_guessed))


def source_state(connection: sqlite3.Connection, source: str) -> SourceState:
    found = connection.execute("SELECT body FROM source WHERE source = ?", (source,)).fetchone()
    return msgspec.json.decode(found[0], type=SourceState) if found else SourceState(source)


def save_source_state(connection: sqlite3.Connection, state: SourceState) -> None:
    connection.execute(
        "INSERT INTO source VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET body = excluded.body",
        (state.source, encode_value(state)),
    )
