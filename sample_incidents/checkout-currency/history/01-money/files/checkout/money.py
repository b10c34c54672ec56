"""Amounts of money: a decimal and a currency, rounded half up to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from checkout.errors import CurrencyMismatch

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Money:
    """An amount in one currency, for example ``Money(Decimal("9.90"), "EUR")``."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", self.amount.quantize(CENT, ROUND_HALF_UP))

    def __add__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.amount - other.amount, self.currency)

    def times(self, factor: Decimal | int) -> Money:
        """The amount multiplied, rounded once at the end."""
        return Money(self.amount * factor, self.currency)

    def at_least_zero(self) -> Money:
        """The amount, or nothing where it is negative."""
        return self if self.amount >= 0 else Money(Decimal(0), self.currency)

    def _same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} in one sum")


def total(amounts: list[Money], currency: str) -> Money:
    """The sum of amounts; an empty list is nothing in ``currency``."""
    result = Money(Decimal(0), currency)
    for amount in amounts:
        result = result + amount
    return result
