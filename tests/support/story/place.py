"""When and where the story plays: its clock, its code, its commits."""

from __future__ import annotations

from rootcase.core.model.code import (
    Commit,
)

SECOND = 1_000_000

MINUTE = 60 * SECOND

# 3 November 2026, 02:01 UTC
START = 1_793_671_260 * SECOND

RELEASE, HEAD = "7c1e2aa" + "0" * 33, "b81f0d3" + "0" * 33

HUMAN = "human:dana"

PRICING = '''"""Prices of items and carts."""

from decimal import Decimal

from .catalog import Catalog
from .money import Money


class UnknownSku(LookupError):
    """The catalogue has no such item."""


def price_for(sku: str, rows, region) -> Money:
    """The price of one item, in its currency."""
    row = rows.get(sku)
    if row is None:
        raise UnknownSku(sku)

    amount = Decimal(row["amount"])
    if region.tax_included and not region.hides_tax:
        amount = region.without_tax(amount)
    return Money(amount, row["currency"])


def prices_for(cart, region):
    """Price all items of a cart with one query."""
    rows = catalog.load_prices(cart.skus)
    out = {}
    for it in cart.items:
        # one price an item; bundles are split before
        out[it.sku] = price_for(it.sku, rows, region)
    return out
'''.splitlines()

FAIL = PRICING.index('    return Money(amount, row["currency"])') + 1

CATALOG = '''"""Price rows of the catalogue."""


def load_prices(skus):
    rows = PriceRow.objects.filter(sku__in=skus)
    rows = rows.values("sku", "amount")
    return {r["sku"]: r for r in rows}
'''.splitlines()


def commit(sha: str, author: str, days: float, subject: str, *files: str) -> Commit:
    return Commit(
        sha + "0" * 33, author, f"{author}@acme.test", START - int(days * 86_400 * SECOND), subject, files
    )


BULK = commit("a3d90be", "jonas", 2, "Load price rows in bulk", "src/checkout/catalog.py")

TAX = commit("77b0c1e", "mira", 9, "Regions may hide tax", "src/checkout/pricing.py")

BUMP = commit("19fd3aa", "omar", 3, "Bump django 5.1.2", "requirements.txt")

RENAME = commit("4fe21c0", "omar", 0.5, "a rename")
