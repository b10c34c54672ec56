"""The price of each item of a cart, in the currency that the catalogue sells it in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from checkout.cart import Cart
from checkout.catalog import Catalog, PriceRow
from checkout.errors import UnknownSku
from checkout.money import Money
from checkout.regions import Region


def price_for(sku: str, rows: Mapping[str, PriceRow], region: Region) -> Money:
    """The price of one piece as the region shows it."""
    row = rows.get(sku)
    if row is None:
        raise UnknownSku(sku)
    amount = region.with_tax(Decimal(row["amount"]))
    return Money(amount, row["currency"])


def prices_for(cart: Cart, catalog: Catalog, region: Region) -> dict[str, Money]:
    """The price of one piece of each item in the cart."""
    rows = catalog.load_prices(cart.skus)
    prices = {}
    for item in cart.items:
        prices[item.sku] = price_for(item.sku, rows, region)
    return prices
