"""What the project's own tests expect to be refused is no fault of the code that refuses it."""

import pytest

from tests.core.codemap.crashes import mapped

FILES = {
    "shop/check.py": """def net_price(amount):
    if amount < 0:
        raise ValueError("a price must not be negative")
    return amount
""",
    "shop/orders.py": """from shop.check import net_price


def priced(order):
    return {**order, "net": net_price(order["amount"])}


def refund(order):
    order["amount"] -= order["paid"]
    return priced(order)


def main(order):
    return refund(order)
""",
}
PLACES = [
    ("shop/orders.py", "return refund(order)"),
    ("shop/orders.py", "return priced(order)"),
    ("shop/orders.py", '"net": net_price'),
    ("shop/check.py", "raise ValueError"),
]
ASKS = """import pytest
from shop.orders import {name}


def test_a_negative_price_is_refused():
    with pytest.raises(ValueError, match="a price must not be negative"):
        {name}({given})
"""
REFUSES = "net_price", "-1"


async def crash(checkout, opened, test="", *, path="tests/test_prices.py", files=FILES):
    more = {path: test} if test else {}
    return await mapped(
        checkout, opened, {**files, **more}, PLACES, "ValueError", "a price must not be negative"
    )


def score(path, name):
    return next((item.score for item in path.candidates if item.qualified_name == name), 0.0)


def why(path, name):
    return " ".join(next(item.reasons for item in path.candidates if item.qualified_name == name))


async def test_who_raises_what_a_test_asks_for_stands_behind_its_callers(checkout, opened):
    path = await crash(checkout, opened, ASKS.format(name="net_price", given="-1"))
    assert "tests/test_prices.py:6 expects it to refuse that" in why(path, "net_price")
    assert score(path, "net_price") < score(path, "refund") and score(path, "net_price") < score(
        path, "priced"
    )


async def test_so_does_who_lets_it_through_where_the_test_calls_it(checkout, opened):
    asked = await crash(checkout, opened, ASKS.format(name="priced", given='{"amount": -1}'))
    assert "expects it" in why(asked, "priced") and score(asked, "priced") < score(asked, "refund")


async def test_the_way_in_is_never_as_it_should_be(checkout, opened):
    asked = await crash(checkout, opened, ASKS.format(name="main", given='{"amount": 1, "paid": 2}'))
    assert "expects it" in why(asked, "net_price") and "expects it" not in why(asked, "main")


@pytest.mark.parametrize(
    ("test", "path", "files"),
    [
        ("def test_words():\n    assert words() == 'a price must not be negative'\n", "tests/test_words.py", FILES),
        (ASKS.format(name="net_price", given="-1"), "shop/pricing.py", FILES),
        (
            ASKS.format(name="net_price", given="-1"),
            "tests/test_prices.py",
            FILES | {"shop/check.py": FILES["shop/check.py"].replace('"a price must not be negative"', "WORDS")},
        ),
    ],
    ids=["no refusal near", "no test", "words from elsewhere"],
)  # fmt: skip
async def test_words_alone_are_no_refusal_that_is_asked_for(checkout, opened, test, path, files):
    places = [*PLACES[:-1], ("shop/check.py", "raise ")]
    more = {**files, path: test}
    found = await mapped(checkout, opened, more, places, "ValueError", "a price must not be negative")
    assert "expects it" not in why(found, "net_price")
