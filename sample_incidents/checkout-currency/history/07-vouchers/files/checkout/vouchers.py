"""Vouchers: a share of the goods, for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from checkout.errors import CheckoutError
from checkout.money import Money


@dataclass(frozen=True)
class Voucher:
    """A code that takes ``share`` (0 to 1) off the goods until ``last_day``, that day included."""

    code: str
    share: Decimal
    last_day: date


VOUCHERS = {
    voucher.code: voucher
    for voucher in (
        Voucher("WELCOME", Decimal("0.10"), date(2099, 12, 31)),
        Voucher("STAFF", Decimal("0.30"), date(2099, 12, 31)),
        Voucher("SPRING", Decimal("0.15"), date(2025, 4, 30)),
    )
}


def voucher_for(code: str) -> Voucher:
    """The voucher of that code; CheckoutError where there is none."""
    voucher = VOUCHERS.get(code.strip().upper())
    if voucher is None:
        raise CheckoutError(f"no voucher {code}")
    return voucher


def discount(voucher: Voucher, goods: Money) -> Money:
    """What the voucher takes off."""
    return goods.times(min(voucher.share, Decimal(1)))
