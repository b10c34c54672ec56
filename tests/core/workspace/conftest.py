"""Real git repositories for these tests, deaf to the developer's own git configuration."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rootcase.core.config.settings import GuardrailSettings, RepositorySettings
from rootcase.core.workspace.opening import open_workspace
from rootcase.core.workspace.repository import open_repository

# The plugins of this test environment take a second to load, and the repositories here need none.
QUICK_PYTEST = (
    "python", "-m", "pytest", "-q", "-p", "no:asyncio", "-p", "no:hypothesispytest", "-p", "no:xdist",
    "-p", "no:xdist.looponfail", "-p", "no:textual-snapshot", "-p", "no:syrupy", "-p", "no:anyio",
)  # fmt: skip


class Origin:
    """A checkout that a test writes, as a user would."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = 1_700_000_000
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        self.clock += 60
        when = f"{self.clock} +0000"
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.path.parent), "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
            "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when,
        }  # fmt: skip
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def write(self, path: str, text: str | bytes) -> None:
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, message: str, files: dict[str, str] | None = None) -> str:
        for path, text in (files or {}).items():
            self.write(path, text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin(tmp_path / "checkout")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir()
    return folder


@pytest.fixture
def bench(origin, state):
    """Opens the case's workspace on the origin's main branch, with this test run's own interpreter."""

    async def make(case: str = "C-1", *, guardrails: GuardrailSettings | None = None, secrets=(), **settings):
        more = {"environment": sys.prefix, "test_command": QUICK_PYTEST} | settings
        if more["test_command"][:1] == ("pytest",):
            more["test_command"] += QUICK_PYTEST[4:]
        configured = RepositorySettings(path=str(origin.path), **more)
        repository = await open_repository(configured, state)
        base = await repository.resolve("main")
        return await open_workspace(
            case,
            repository,
            configured,
            guardrails or GuardrailSettings(),
            state,
            base_commit=base,
            secrets=secrets,
        )

    return make
