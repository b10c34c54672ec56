"""The place that faults happen in, and `--soak` for as many kills as there are kinds of entries, in rounds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.depot import Depot, depot


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="kill at every kind of entry, in several rounds")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "soak: takes minutes; only with --soak")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without --soak its tests are left out, not skipped one by one."""
    if config.getoption("--soak", default=False):
        return
    soaks = [item for item in items if item.get_closest_marker("soak")]
    if soaks:
        config.hook.pytest_deselected(items=soaks)
        items[:] = [item for item in items if item not in soaks]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path / "depot") as made:
        yield made
