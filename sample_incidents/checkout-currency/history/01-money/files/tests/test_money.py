from decimal import Decimal

import pytest

from checkout.errors import CurrencyMismatch
from checkout.money import Money, total


def test_amounts_are_rounded_half_up_to_the_cent():
    assert Money(Decimal("1.005"), "EUR").amount == Decimal("1.01")


def test_sums_keep_the_currency():
    assert total([Money(Decimal(1), "SEK"), Money(Decimal(2), "SEK")], "SEK") == Money(Decimal(3), "SEK")


def test_two_currencies_never_add_up():
    with pytest.raises(CurrencyMismatch):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "SEK")


def test_an_empty_sum_is_nothing():
    assert total([], "EUR").amount == 0


def test_a_negative_amount_can_be_cut_at_zero():
    assert Money(Decimal(-3), "EUR").at_least_zero() == Money(Decimal(0), "EUR")
