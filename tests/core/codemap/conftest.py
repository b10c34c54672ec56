"""Real git repositories, and their read-only clones, for the map."""

import os
import subprocess

import pytest

from rootcase.core.config.settings import RepositorySettings
from rootcase.core.workspace.repository import open_repository


class Checkout:
    """A repository in the making; every commit is a day after the one before."""

    def __init__(self, path):
        self.path = path
        self.days = 0
        path.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments, author="jonas"):
        stamp = f"2026-03-{1 + self.days:02d}T12:00:00+0000"
        environment = {
            "PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": str(self.path),
            "GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": f"{author}@example.com", "GIT_COMMITTER_NAME": author,
            "GIT_COMMITTER_EMAIL": f"{author}@example.com", "GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp,
        }  # fmt: skip
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, message, files=None, *, author="jonas", tag="", remove=()):
        """Write the files in full (None stands for no change), commit, and return the sha."""
        self.days += 1
        for name, text in (files or {}).items():
            target = self.path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        for name in remove:
            (self.path / name).unlink()
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message, author=author)
        if tag:
            self.git("tag", tag)
        return self.git("rev-parse", "HEAD")

    def read(self, name):
        return (self.path / name).read_text()


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path / "shop")


@pytest.fixture
def opened(checkout, tmp_path):
    """Opens the checkout as it stands; settings by keyword."""

    async def open_(**changes):
        settings = RepositorySettings(path=str(checkout.path), **changes)
        return await open_repository(settings, tmp_path / "state"), settings

    return open_
