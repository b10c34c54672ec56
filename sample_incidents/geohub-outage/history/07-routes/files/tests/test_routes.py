from dispatch.geohub import Point
from dispatch.model import Stop
from dispatch.orders import WHOLE_DAY
from dispatch.routes import in_order, km_between


def test_distances_are_in_kilometres():
    assert round(km_between(Point(57.70, 11.96), Point(57.80, 11.96)), 1) == 11.1


def test_the_nearest_stop_is_visited_first(geohub):
    stops = [Stop("far", "Mill 3", WHOLE_DAY), Stop("near", "Quay 1", WHOLE_DAY), Stop("mid", "Hill 2", WHOLE_DAY)]
    assert [stop.order for stop in in_order(stops, geohub)] == ["near", "mid", "far"]
