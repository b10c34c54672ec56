import json
from datetime import time

import pytest

from dispatch.errors import BadOrder
from dispatch.model import Window
from dispatch.orders import WHOLE_DAY, read_order


def test_an_order_becomes_a_stop():
    stop = read_order(json.dumps({"id": "7", "address": "Quay 1", "window": ["09:00", "11:30"], "kilos": 4}))
    assert (stop.order, stop.kilos) == ("7", 4)
    assert stop.window == Window(time(9), time(11, 30))


def test_without_a_window_the_customer_is_at_home_all_day():
    assert read_order('{"id": "7", "address": "Quay 1"}').window == WHOLE_DAY


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ({}, "no id"),
        ({"id": "7"}, "no address"),
        ({"id": "7", "address": "Quay 1", "kilos": 0}, "no weight"),
        ({"id": "7", "address": "Quay 1", "window": ["12:00", "09:00"]}, "before it opens"),
        ({"id": "7", "address": "Quay 1", "window": "noon"}, "no window"),
    ],
)
def test_odd_orders_say_what_is_odd(order, why):
    with pytest.raises(BadOrder, match=why):
        read_order(json.dumps(order))
