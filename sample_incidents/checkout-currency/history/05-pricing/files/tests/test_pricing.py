from decimal import Decimal

import pytest

from checkout.errors import UnknownSku
from checkout.money import Money
from checkout.pricing import price_for
from checkout.regions import region_for

ROWS = {
    "MUG": {"sku": "MUG", "amount": "8.00", "currency": "EUR"},
    "LAMP": {"sku": "LAMP", "amount": "400.00", "currency": "SEK"},
}


def test_tax_is_part_of_the_price_where_the_region_shows_it():
    assert price_for("MUG", ROWS, region_for("DE")) == Money(Decimal("9.52"), "EUR")


def test_an_item_keeps_the_currency_it_is_sold_in():
    assert price_for("LAMP", ROWS, region_for("SE")) == Money(Decimal("500.00"), "SEK")


def test_an_unknown_item_has_no_price():
    with pytest.raises(UnknownSku, match="no item GONE"):
        price_for("GONE", ROWS, region_for("DE"))
