import logging
from datetime import datetime, time

from dispatch.model import Stop, Van, Window
from dispatch.orders import WHOLE_DAY
from dispatch.planner import plan

EIGHT = datetime(2026, 3, 2, 8)


def test_every_stop_gets_a_promise(geohub):
    stops = [Stop("1", "Quay 1", WHOLE_DAY, 2), Stop("2", "Mill 3", WHOLE_DAY, 2)]
    promises = plan(stops, [Van("A", 10)], EIGHT, geohub)
    assert [(promise.order, promise.van) for promise in promises] == [("1", "A"), ("2", "A")]


def test_a_late_stop_is_logged(geohub, caplog):
    stops = [Stop("1", "Quay 1", Window(time(18), time(20)))]
    with caplog.at_level(logging.WARNING):
        plan(stops, [Van("A", 10)], EIGHT, geohub)
    assert "order 1 is late" in caplog.text
