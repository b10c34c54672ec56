"""Reads prices and weights from the catalogue."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

PriceRow = dict[str, str]


class Catalog:
    """The catalogue as the checkout sees it: read only, one row per item."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def load_price(self, sku: str) -> PriceRow | None:
        """The price row of one item, or None where there is none."""
        cursor = self._database.execute("SELECT sku, amount, currency FROM prices WHERE sku = ?", (sku,))
        record = cursor.fetchone()
        if record is None:
            return None
        return {"sku": record[0], "amount": record[1], "currency": record[2]}

    def load_prices(self, skus: Sequence[str]) -> dict[str, PriceRow]:
        """The price rows of several items, by item; unknown items are left out."""
        rows = {}
        for sku in skus:
            row = self.load_price(sku)
            if row is not None:
                rows[sku] = row
        return rows

    def grams(self, sku: str) -> int:
        """The weight of one item, 0 where it is not known."""
        record = self._database.execute("SELECT grams FROM prices WHERE sku = ?", (sku,)).fetchone()
        return record[0] if record else 0
