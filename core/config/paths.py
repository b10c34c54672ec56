"""Where Rootcase keeps things on this machine: configuration, state, cache and logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Folders:
    """config: the user's files; state: journals, clones, worktrees; logs: one file per process kind."""

    config: Path
    state: Path
    cache: Path
    logs: Path


def folders(environment: Mapping[str, str]) -> Folders:
    """The folders by the platform's rules; `ROOTCASE_HOME` puts all of them under one folder."""
    home = environment.get("ROOTCASE_HOME")
    if home:
        root = Path(home).expanduser()
        return Folders(root / "config", root / "state", root / "cache", root / "logs")
    dirs = platformdirs.PlatformDirs("rootcase", appauthor=False)
    return Folders(dirs.user_config_path, dirs.user_state_path, dirs.user_cache_path, dirs.user_log_path)
