import pytest

from dispatch.addresses import cleaned, place_of
from dispatch.errors import BadOrder


@pytest.mark.parametrize(
    "typed",
    ["Quay 1", "  Quay   1 ", "c/o Berg, Quay 1", "Quay 1, 3rd floor", "c/o Berg, Quay 1, ground floor"],
)
def test_what_customers_add_is_left_out(typed):
    assert cleaned(typed) == "Quay 1"


def test_an_unknown_address_is_a_bad_order(geohub):
    with pytest.raises(BadOrder, match="Nowhere 9"):
        place_of("Nowhere 9", geohub)
