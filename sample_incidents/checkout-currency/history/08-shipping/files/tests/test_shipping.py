from decimal import Decimal

from checkout.cart import cart_of
from checkout.money import Money
from checkout.regions import region_for
from checkout.shipping import shipping, weight


def test_the_box_is_weighed_too(catalog):
    assert weight(cart_of([("MUG", 1)]), catalog) == 430


def test_a_light_parcel_is_in_the_first_band(catalog):
    assert shipping(cart_of([("MUG", 1)]), catalog, region_for("SE")) == Money(Decimal(59), "SEK")


def test_what_is_too_heavy_goes_as_several_parcels(catalog):
    assert shipping(cart_of([("MUG", 30)]), catalog, region_for("DE")) == Money(Decimal("15.80"), "EUR")
