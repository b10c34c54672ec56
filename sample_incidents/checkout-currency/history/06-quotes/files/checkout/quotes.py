"""A quote: every line of a cart with its price, and the sum."""

from __future__ import annotations

from dataclasses import dataclass

from checkout.cart import Cart
from checkout.catalog import Catalog
from checkout.money import Money, total
from checkout.pricing import prices_for
from checkout.regions import Region


@dataclass(frozen=True)
class Line:
    """One item of a quote."""

    sku: str
    quantity: int
    each: Money

    @property
    def amount(self) -> Money:
        return self.each.times(self.quantity)


@dataclass(frozen=True)
class Quote:
    """What the customer would pay."""

    lines: tuple[Line, ...]
    goods: Money


def quote(cart: Cart, catalog: Catalog, region: Region) -> Quote:
    """Price every line of the cart and add them up in the region's currency."""
    prices = prices_for(cart, catalog, region)
    lines = tuple(Line(item.sku, item.quantity, prices[item.sku]) for item in cart.items)
    return Quote(lines, total([line.amount for line in lines], region.currency))
