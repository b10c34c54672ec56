from decimal import Decimal

import pytest

from checkout.errors import CheckoutError
from checkout.regions import region_for


def test_a_region_is_found_whatever_the_case():
    assert region_for("se").currency == "SEK"


def test_tax_is_added_where_prices_are_shown_with_it():
    assert region_for("DE").with_tax(Decimal("10")) == Decimal("11.90")


def test_tax_is_left_out_where_prices_are_shown_without_it():
    assert region_for("US").with_tax(Decimal("10")) == Decimal("10")


def test_an_unknown_region_is_refused():
    with pytest.raises(CheckoutError, match="do not sell to XX"):
        region_for("XX")
