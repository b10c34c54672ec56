"""What can go wrong in dispatch, told apart by who can mend it."""


class DispatchError(Exception):
    """Anything that stops an order from being planned."""


class BadOrder(DispatchError):
    """The order itself is wrong; the shop has to correct it."""


class NoRoom(DispatchError):
    """No van has room for a stop today."""

    def __init__(self, order: str) -> None:
        super().__init__(f"no van has room for order {order}")
        self.order = order
