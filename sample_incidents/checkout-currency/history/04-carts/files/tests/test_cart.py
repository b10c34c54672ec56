import pytest

from checkout.cart import Item, cart_of
from checkout.errors import CheckoutError


def test_lines_of_one_item_are_added_up():
    assert cart_of([("MUG", 1), ("MUG", 2)]).items == (Item("MUG", 3),)


def test_a_bundle_is_split_into_its_parts():
    cart = cart_of([("GIFT-2", 2)])
    assert cart.items == (Item("MUG", 4), Item("TEE", 2))
    assert cart.pieces == 6


@pytest.mark.parametrize("quantity", [0, -1, 100])
def test_odd_quantities_are_refused(quantity):
    with pytest.raises(CheckoutError, match="cannot be ordered"):
        cart_of([("MUG", quantity)])


def test_an_empty_cart_is_refused():
    with pytest.raises(CheckoutError, match="empty"):
        cart_of([])
