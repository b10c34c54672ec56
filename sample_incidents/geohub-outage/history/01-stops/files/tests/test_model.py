from datetime import time

import pytest

from dispatch.model import Stop, Tour, Van, Window

MORNING = Window(time(8), time(12))


@pytest.mark.parametrize(("moment", "inside"), [(time(8), True), (time(12), True), (time(12, 1), False)])
def test_a_window_holds_its_ends(moment, inside):
    assert MORNING.holds(moment) is inside


def test_a_window_knows_its_length():
    assert Window(time(9, 30), time(11)).minutes == 90


def test_a_van_takes_no_more_than_it_carries():
    tour = Tour(Van("A", 10), [Stop("1", "Quay 1", MORNING, 8)])
    assert tour.fits(Stop("2", "Quay 2", MORNING, 2))
    assert not tour.fits(Stop("3", "Quay 3", MORNING, 3))
