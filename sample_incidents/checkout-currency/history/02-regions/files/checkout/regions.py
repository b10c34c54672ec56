"""The regions that we sell to: currency, tax rate, and how prices are shown there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from checkout.errors import CheckoutError


@dataclass(frozen=True)
class Region:
    """A market. ``tax_included``: prices are shown with tax, as the law there wants it."""

    code: str
    currency: str
    tax_rate: Decimal
    tax_included: bool = True

    def with_tax(self, net: Decimal) -> Decimal:
        """A net amount as this region shows it."""
        return net * (1 + self.tax_rate) if self.tax_included else net


REGIONS = {
    region.code: region
    for region in (
        Region("DE", "EUR", Decimal("0.19")),
        Region("FR", "EUR", Decimal("0.20")),
        Region("SE", "SEK", Decimal("0.25")),
        Region("US", "USD", Decimal("0"), tax_included=False),
    )
}


def region_for(code: str) -> Region:
    """The region of that two-letter code; CheckoutError where we do not sell."""
    try:
        return REGIONS[code.upper()]
    except KeyError:
        raise CheckoutError(f"we do not sell to {code}") from None
