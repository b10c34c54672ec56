"""Function names as the runtimes print them lead to the name in the source."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.codemap.spoken import plain_name, same_function


@pytest.mark.parametrize(
    ("spoken", "plain"),
    [
        ("total", "total"),
        ("Cart.total", "total"),
        ("total.<locals>.<lambda>", "total"),
        ("<listcomp>", ""),
        ("<module>", ""),
        ("Object.<anonymous>", "Object"),
        ("new Cart", "Cart"),
        ("async Cart.total", "total"),
        ("Cart.total [as run]", "total"),
        ("(*Cart).Total", "Total"),
        ("main.(*Cart).Total.func1", "Total"),
        ("(*Stack[...]).Push", "Push"),
        ("github.com/acme/shop/cart.Total", "Total"),
        ("com.shop.Cart.total", "total"),
        ("com.shop.Cart.lambda$total$0", "total"),
        ("total$lambda$1", "total"),
        ("block (2 levels) in Shop::Cart#total", "total"),
        ("Shop::Cart.make", "make"),
        ("Shop\\Cart::total", "total"),
        ("shop::cart::Cart::total::{{closure}}::h0123456789abcdef", "total"),
        ("<shop::Cart as core::fmt::Display>::fmt", "fmt"),
        ("shop::Cart::total(int, char const*)", "total"),
        ("<Total>d__5.MoveNext", "Total"),
        ("<Total>b__0_1", "Total"),
        ("Shop.Cart.Total(System.Int32 a)", "Total"),
        ("", ""),
    ],
)
def test_a_spoken_name_becomes_the_plain_one(spoken, plain):
    assert plain_name(spoken) == plain


def test_constructors_have_many_names():
    assert same_function("Cart", "constructor", "Cart")
    assert same_function("<init>", "Cart", "Cart") and same_function("__init__", "__init__", "Cart")
    assert not same_function("total", "sum", "Cart") and not same_function("", "sum", "")


@given(st.text(max_size=3_000))
def test_any_name_is_read(text):
    assert len(plain_name(text)) <= 400
