import socket

import pytest

from dispatch.geohub import Geohub, GeohubUnavailable, Point


def test_an_address_has_coordinates(geohub):
    assert geohub.locate("Quay 1") == Point(57.70, 11.96)


def test_an_unknown_address_has_none(geohub):
    assert geohub.locate("Nowhere 9") is None


def test_a_geohub_that_does_not_answer_is_named():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(GeohubUnavailable, match="127.0.0.1 is unavailable"):
        Geohub(f"http://127.0.0.1:{port}").locate("Quay 1")
