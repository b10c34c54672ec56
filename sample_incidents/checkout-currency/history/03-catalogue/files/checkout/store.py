"""The database file of the service: schema, connection, and the nightly import of prices."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

SCHEMA = """
CREATE TABLE IF NOT EXISTS prices (
    sku      TEXT NOT NULL,
    amount   TEXT NOT NULL,
    currency TEXT NOT NULL,
    grams    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (sku)
);
"""

PriceRecord = tuple[str, str, str, int]


def connect(path: str = ":memory:") -> sqlite3.Connection:
    """A connection with the schema in place."""
    database = sqlite3.connect(path, check_same_thread=False)
    database.executescript(SCHEMA)
    return database


def import_prices(database: sqlite3.Connection, records: Iterable[PriceRecord]) -> int:
    """Replace or add prices as (sku, net amount, currency, grams); returns how many."""
    rows = list(records)
    with database:
        database.executemany("INSERT OR REPLACE INTO prices (sku, amount, currency, grams) VALUES (?, ?, ?, ?)", rows)
    return len(rows)
