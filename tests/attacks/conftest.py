"""A small repository with a crash, a remote, a local forge and a recorded agent, for attacks on all of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.depot import Depot, depot


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path / "depot") as made:
        yield made
