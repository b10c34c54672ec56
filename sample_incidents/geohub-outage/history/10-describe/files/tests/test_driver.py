from dispatch.driver import minutes_to, where
from dispatch.geohub import Point
from dispatch.model import Stop
from dispatch.orders import WHOLE_DAY


def test_a_driver_reads_the_nearest_address(geohub):
    assert where(Point(57.70, 11.96), geohub) == "near Quay 1"


def test_a_driver_reads_whole_minutes(geohub):
    assert minutes_to(Stop("1", "Hill 2", WHOLE_DAY), Point(57.70, 11.96), geohub) == 10
