"""A home with two sources of files for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.signals.conftest import make_web, reply, web
from tests.support.shop import Shop, shop_in

# The recording server on loopback of the sources' own tests, for `doctor`.
__all__ = ["make_web", "reply", "web"]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with shop_in(tmp_path) as made:
        yield made
