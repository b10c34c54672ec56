"""What a customer wants to buy: items with quantities, bundles split into their parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from checkout.errors import CheckoutError

BUNDLES = {
    "GIFT-1": (("MUG", 1), ("POSTER", 1)),
    "GIFT-2": (("MUG", 2), ("TEE", 1)),
}
MOST_OF_ONE = 99


@dataclass(frozen=True)
class Item:
    """One line of a cart."""

    sku: str
    quantity: int = 1


@dataclass(frozen=True)
class Cart:
    """The lines of a cart, bundles already split, each item once."""

    items: tuple[Item, ...]

    @property
    def skus(self) -> list[str]:
        return [item.sku for item in self.items]

    @property
    def pieces(self) -> int:
        return sum(item.quantity for item in self.items)


def cart_of(lines: Iterable[tuple[str, int]]) -> Cart:
    """A cart from (item or bundle, quantity) pairs; CheckoutError for odd quantities."""
    counts: dict[str, int] = {}
    for sku, quantity in lines:
        if not 1 <= quantity <= MOST_OF_ONE:
            raise CheckoutError(f"{quantity} of {sku} cannot be ordered")
        for part, count in BUNDLES.get(sku, ((sku, 1),)):
            counts[part] = counts.get(part, 0) + count * quantity
    if not counts:
        raise CheckoutError("the cart is empty")
    return Cart(tuple(Item(sku, count) for sku, count in counts.items()))
