import pytest

from dispatch.errors import NoRoom
from dispatch.loading import load
from dispatch.model import Stop, Van
from dispatch.orders import WHOLE_DAY


def stops(*kilos):
    return [Stop(str(number), "Quay 1", WHOLE_DAY, weight) for number, weight in enumerate(kilos)]


def test_one_van_is_filled_before_the_next():
    tours = load(stops(3, 3, 3), [Van("A", 6), Van("B", 6)])
    assert [tour.load for tour in tours] == [6, 3]


def test_empty_vans_stay_at_home():
    assert len(load(stops(1), [Van("A", 6), Van("B", 6)])) == 1


def test_a_stop_without_room_is_named():
    with pytest.raises(NoRoom, match="order 0"):
        load(stops(9), [Van("A", 6)])
