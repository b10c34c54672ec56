from decimal import Decimal

import pytest

from checkout.errors import CheckoutError
from checkout.money import Money
from checkout.vouchers import discount, voucher_for


def test_a_voucher_takes_its_share_off_the_goods():
    assert discount(voucher_for("welcome"), Money(Decimal("50"), "EUR")) == Money(Decimal("5"), "EUR")


def test_an_unknown_voucher_is_refused():
    with pytest.raises(CheckoutError, match="no voucher NOPE"):
        voucher_for("NOPE")
