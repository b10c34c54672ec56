"""The local forge's view of the bare repository behind it."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Bare:
    """path: the bare repository that branches are pushed to."""

    path: Path

    def branches(self) -> dict[str, str]:
        """Branch → commit, sorted by name."""
        lines = self._git(
            "for-each-ref", "--format=%(refname:strip=2) %(objectname)", "refs/heads"
        ).splitlines()
        return dict(line.split(" ", 1) for line in lines if " " in line)

    def default_branch(self) -> str:
        return self._git("symbolic-ref", "--short", "HEAD").strip() or "main"

    def ahead(self, base: str, head: str) -> int:
        count = self._git("rev-list", "--count", f"{base}..{head}").strip()
        return int(count) if count.isdigit() else 0

    def changed(self, base: str, head: str) -> tuple[int, int, int]:
        """(files, additions, deletions) of the head since it left the base."""
        rows = [r.split("\t") for r in self._git("diff", "--numstat", f"{base}...{head}").splitlines()]
        numbers = [(int(r[0]), int(r[1])) for r in rows if len(r) == 3 and r[0].isdigit() and r[1].isdigit()]
        return len(rows), sum(a for a, _ in numbers), sum(d for _, d in numbers)

    def forked(self, owner: str) -> Bare:
        """Where a fork lies: `OWNER/NAME.git` beside the folder of this one's owner."""
        return Bare(self.path.parent.parent / owner / self.path.name)

    def copy_to(self, other: Bare) -> None:
        shutil.copytree(self.path, other.path)

    def take(self, other: Bare, branch: str) -> None:
        """Have a fork's commits here too, as a forge keeps them together."""
        self._git("fetch", "-q", "--no-write-fetch-head", str(other.path), branch)

    def _git(self, *arguments: str) -> str:
        environment = {
            "PATH": os.environ.get("PATH", os.defpath), "HOME": "/nonexistent", "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
        }  # fmt: skip
        done = subprocess.run(
            ["git", f"--git-dir={self.path}", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=20,
        )
        return done.stdout if done.returncode == 0 else ""
