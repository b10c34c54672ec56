"""Orders as the shop hands them over: JSON in, stops out."""

from __future__ import annotations

import json
from datetime import time
from typing import Any

from dispatch.errors import BadOrder
from dispatch.model import Stop, Window

WHOLE_DAY = Window(time(8), time(20))


def read_order(text: str) -> Stop:
    """A stop from an order's JSON; BadOrder says what is missing or odd."""
    try:
        order = json.loads(text)
    except ValueError as error:
        raise BadOrder(f"not JSON: {error}") from None
    if not isinstance(order, dict):
        raise BadOrder("an order is an object")
    kilos = order.get("kilos", 1)
    if not isinstance(kilos, int) or kilos < 1:
        raise BadOrder(f"order {order.get('id')}: {kilos!r} is no weight")
    return Stop(_text(order, "id"), _text(order, "address"), _window(order.get("window")), kilos)


def _text(order: dict[str, Any], name: str) -> str:
    value = order.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadOrder(f"the order has no {name}")
    return value


def _window(value: Any) -> Window:
    if value is None:
        return WHOLE_DAY
    try:
        opens, closes = (time.fromisoformat(part) for part in value)
    except (TypeError, ValueError):
        raise BadOrder(f"{value!r} is no window") from None
    if opens >= closes:
        raise BadOrder(f"the window closes at {closes} before it opens")
    return Window(opens, closes)
