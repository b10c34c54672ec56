"""What it costs to send a parcel: bands of weight, per region."""

from __future__ import annotations

from decimal import Decimal

from checkout.cart import Cart
from checkout.catalog import Catalog
from checkout.money import Money
from checkout.regions import Region

# Up to so many grams, so much in the region's own currency.
BANDS: dict[str, tuple[tuple[int, str], ...]] = {
    "DE": ((500, "3.90"), (2000, "5.90"), (10000, "9.90")),
    "FR": ((500, "4.90"), (2000, "7.90"), (10000, "13.90")),
    "SE": ((500, "59"), (2000, "89"), (10000, "149")),
    "US": ((500, "9.00"), (2000, "17.00"), (10000, "39.00")),
}
PARCEL_GRAMS = 80


def weight(cart: Cart, catalog: Catalog) -> int:
    """The weight of the parcel in grams, its box included."""
    return PARCEL_GRAMS + sum(catalog.grams(item.sku) * item.quantity for item in cart.items)


def shipping(cart: Cart, catalog: Catalog, region: Region) -> Money:
    """The price of the parcel; what is heavier than the last band goes as several parcels."""
    bands = BANDS[region.code]
    heaviest, dearest = bands[-1]
    parcels, rest = divmod(weight(cart, catalog), heaviest)
    price = Decimal(dearest) * parcels
    if rest:
        price += next(Decimal(cost) for grams, cost in bands if rest <= grams)
    return Money(price, region.currency)
