from datetime import datetime

import pytest

from dispatch.geohub import Geohub, Point
from dispatch.worker import Worker


@pytest.fixture
def away():
    return Geohub("http://127.0.0.1:9", timeout_s=0.2)


def at_eight():
    return datetime(2026, 3, 2, 8)


def test_an_order_is_promised(geohub):
    worker = Worker(geohub, at_eight)
    worker.take("a.json", '{"id": "1", "address": "Quay 1"}')
    assert worker.promised["1"].earliest == datetime(2026, 3, 2, 7, 55)


def test_a_wrong_order_is_refused_with_the_reason(geohub):
    worker = Worker(geohub, at_eight)
    worker.take("a.json", '{"id": "1"}')
    assert worker.refused == {"a.json": "the order has no address"}


def test_an_order_waits_while_geohub_is_away(away):
    worker = Worker(away, at_eight)
    worker.take("a.json", '{"id": "1", "address": "Quay 1"}')
    assert worker.later == ["a.json"]


def test_a_position_is_shown_without_words_while_geohub_is_away(away):
    assert Worker(away, at_eight).position("north", Point(57.7, 11.96)) == "north at 57.70000,11.96000"
