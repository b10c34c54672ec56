"""What a caller of the checkout can get wrong; each error knows its HTTP status."""


class CheckoutError(Exception):
    """A request that cannot be answered as it is."""

    status = 400


class UnknownSku(CheckoutError):
    """The catalogue has no such item."""

    status = 404

    def __init__(self, sku: str) -> None:
        super().__init__(f"no item {sku}")
        self.sku = sku


class CurrencyMismatch(CheckoutError):
    """Two amounts of different currencies were put together."""

    status = 500
