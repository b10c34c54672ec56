from datetime import datetime, time, timedelta

from dispatch.model import Stop, Window
from dispatch.orders import WHOLE_DAY
from dispatch.times import arrivals, late, promise

EIGHT = datetime(2026, 3, 2, 8)


def test_each_stop_adds_its_way_and_the_time_at_the_door(geohub):
    route = [Stop("1", "Quay 1", WHOLE_DAY), Stop("2", "Hill 2", WHOLE_DAY)]
    assert arrivals(route, EIGHT, geohub) == [EIGHT + timedelta(minutes=10), EIGHT + timedelta(minutes=24)]


def test_a_promise_is_a_quarter_of_an_hour_each_way():
    assert promise(EIGHT) == (datetime(2026, 3, 2, 7, 45), datetime(2026, 3, 2, 8, 15))


def test_a_stop_outside_its_window_is_late():
    stop = Stop("1", "Quay 1", Window(time(9), time(10)))
    assert late([stop], [EIGHT]) == [stop]
