"""Places for journeys: the demo of a sample incident, and a small repository of our own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.commandline import CommandLine, Done, command_line
from tests.support.depot import Depot, depot, git


@dataclass
class DemoPlace:
    """A folder that `rootcase demo --folder` uses."""

    folder: Path
    line: CommandLine

    def headless(self, incident: str) -> Done:
        return self.line.run("demo", "--headless", incident, "--folder", str(self.folder), "--json")

    def run(self, *arguments: str) -> Done:
        """A command on the demo's own configuration, as the engineer would give it."""
        extra = {
            "ROOTCASE_HOME": str(self.folder / "home"), "ROOTCASE_CONFIG": str(self.folder / "config.yaml"),
            "ROOTCASE_DEMO_TOKEN": "rootcase-demo-token",
        }  # fmt: skip
        return self.line.run(*arguments, **extra)

    @property
    def store(self) -> Path:
        return self.folder / "journal.sqlite3"

    def incident(self, name: str) -> Path:
        return self.folder / name

    def items(self, name: str) -> list[dict[str, Any]]:
        files = sorted((self.folder / name / "forge").glob("[0-9]*.json"))
        return [json.loads(file.read_text(encoding="utf-8")) for file in files]

    def branches(self, name: str) -> list[str]:
        remote = self.folder / name / "remote.git"
        names = git(remote, "for-each-ref", "--format=%(refname:short)", "refs/heads").splitlines()
        return [branch for branch in names if branch != "main"]

    def comments(self, name: str) -> list[str]:
        file = self.folder / name / "events" / "writeback.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [json.loads(line)["text"] for line in lines]

    def close(self) -> None:
        """End the forges that the demo started here, by the process ids that it wrote down."""
        for state in self.folder.glob("*/forge.json"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(json.loads(state.read_text(encoding="utf-8"))["pid"], signal.SIGTERM)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoPlace]:
    with command_line(tmp_path / "home") as line:
        place = DemoPlace(tmp_path / "demo", line)
        yield place
        place.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path / "depot") as made:
        yield made
