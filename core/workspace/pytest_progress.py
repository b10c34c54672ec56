"""A pytest plugin, copied beside a test run: writes `done total` to a file, and nothing else."""

from __future__ import annotations

import os
import time
from typing import Protocol


class Session(Protocol):
    items: list[object]


class Progress:
    """Counts finished tests; writes at most five times a second."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.total = 0
        self.done = 0
        self.written = 0.0

    def pytest_collection_finish(self, session: Session) -> None:
        self.total = len(session.items)
        self.write()

    def pytest_runtest_logfinish(self) -> None:
        self.done += 1
        if time.monotonic() - self.written > 0.2:
            self.write()

    def pytest_sessionfinish(self) -> None:
        self.write()

    def write(self) -> None:
        self.written = time.monotonic()
        with open(self.path, "w") as file:
            file.write(f"{self.done} {self.total}")


class PluginManager(Protocol):
    def register(self, plugin: object, name: str) -> object: ...


class Config(Protocol):
    pluginmanager: PluginManager


def pytest_configure(config: Config) -> None:
    path = os.environ.get("ROOTCASE_PROGRESS", "")
    # Workers of pytest-xdist report to the first process, which counts for all.
    if path and "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Progress(path), "rootcase-progress-counter")
