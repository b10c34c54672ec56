import io
import json

from checkout.api import Application


class Shelf:
    def load_prices(self, skus):
        return {sku: {"sku": sku, "amount": "10.00", "currency": "EUR"} for sku in skus if sku != "GONE"}

    def grams(self, sku):
        return 200


def post(body, path="/checkout/quote"):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(raw)),
        "wsgi.input": io.BytesIO(raw),
    }
    seen = {}
    payload = b"".join(Application(Shelf())(environ, lambda status, headers: seen.update(status=status)))
    return seen["status"], json.loads(payload)


def test_a_quote_adds_goods_and_shipping():
    status, answer = post({"region": "DE", "items": [{"sku": "MUG", "quantity": 2}]})
    assert status == "200 OK"
    assert answer["goods"] == {"amount": "23.80", "currency": "EUR"}
    assert answer["total"] == {"amount": "27.70", "currency": "EUR"}


def test_a_voucher_is_taken_off_the_goods_alone():
    _, answer = post({"region": "DE", "items": [{"sku": "MUG"}], "voucher": "WELCOME"})
    assert answer["discount"] == {"amount": "1.19", "currency": "EUR"}


def test_an_unknown_item_is_not_found():
    status, answer = post({"region": "DE", "items": [{"sku": "GONE"}]})
    assert status == "404 UnknownSku"
    assert answer["error"] == "no item GONE"


def test_a_body_that_is_not_json_is_refused():
    assert post(b"{")[0] == "400 CheckoutError"


def test_other_pages_are_not_there():
    assert post({}, path="/admin")[0] == "404 Not Found"
