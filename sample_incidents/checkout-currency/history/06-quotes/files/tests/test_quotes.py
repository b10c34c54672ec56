from decimal import Decimal

import pytest

from checkout.cart import cart_of
from checkout.errors import CurrencyMismatch
from checkout.money import Money
from checkout.quotes import Line, quote
from checkout.regions import region_for


class Shelf:
    """A catalogue with fixed rows."""

    def __init__(self, **prices):
        self.rows = {
            sku: {"sku": sku, "amount": amount, "currency": currency} for sku, (amount, currency) in prices.items()
        }

    def load_prices(self, skus):
        return {sku: self.rows[sku] for sku in skus if sku in self.rows}

    def grams(self, sku):
        return 100


def test_lines_are_added_up_in_the_currency_of_the_region():
    shelf = Shelf(MUG=("8.00", "EUR"), TEE=("20.00", "EUR"))
    result = quote(cart_of([("MUG", 2), ("TEE", 1)]), shelf, region_for("DE"))
    assert result.lines[0] == Line("MUG", 2, Money(Decimal("9.52"), "EUR"))
    assert result.goods == Money(Decimal("42.84"), "EUR")


def test_an_item_of_another_currency_is_refused_rather_than_converted():
    with pytest.raises(CurrencyMismatch):
        quote(cart_of([("MUG", 1)]), Shelf(MUG=("8.00", "EUR")), region_for("SE"))
