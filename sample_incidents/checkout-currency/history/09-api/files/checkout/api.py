"""The HTTP face of the checkout: POST /checkout/quote takes a cart and answers a quote."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import Any

from checkout.cart import cart_of
from checkout.catalog import Catalog
from checkout.errors import CheckoutError
from checkout.money import Money
from checkout.quotes import quote
from checkout.regions import region_for
from checkout.shipping import shipping
from checkout.vouchers import discount, voucher_for

log = logging.getLogger("checkout.api")
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Application:
    """A WSGI application over one catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        status, body = self.answer(environ)
        payload = json.dumps(body).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(payload)))])
        return [payload]

    def answer(self, environ: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The status line and the body of the answer."""
        route = (environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if route != ("POST", "/checkout/quote"):
            return "404 Not Found", {"error": "no such page"}
        try:
            return "200 OK", self.post_quote(_body(environ))
        except CheckoutError as error:
            return f"{error.status} {type(error).__name__}", {"error": str(error)}
        except Exception:
            log.exception("POST /checkout/quote failed")
            return "500 Internal Server Error", {"error": "this is on us"}

    def post_quote(self, body: dict[str, Any]) -> dict[str, Any]:
        """Quote the cart of a request body."""
        region = region_for(body["region"])
        cart = cart_of((line["sku"], line.get("quantity", 1)) for line in body["items"])
        result = quote(cart, self.catalog, region)
        parcel = shipping(cart, self.catalog, region)
        answer = {
            "lines": [{"sku": line.sku, "quantity": line.quantity, "amount": _shown(line.amount)} for line in result.lines],
            "goods": _shown(result.goods),
            "shipping": _shown(parcel),
        }
        due = result.goods + parcel
        if body.get("voucher"):
            off = discount(voucher_for(body["voucher"]), result.goods)
            answer["discount"] = _shown(off)
            due = due - off
        answer["total"] = _shown(due)
        return answer


def _body(environ: dict[str, Any]) -> dict[str, Any]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    try:
        return json.loads(environ["wsgi.input"].read(length))
    except ValueError as error:
        raise CheckoutError(f"the body is not JSON: {error}") from None


def _shown(money: Money) -> dict[str, str]:
    return {"amount": str(money.amount), "currency": money.currency}
