"""Who the engineer is to git, read from their own configuration without touching it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rootcase.core.safety.text import clean_line


async def identity(checkout: str) -> tuple[str, str]:
    """(name, e-mail) as git would sign a commit in that checkout; "" for what is not set."""
    return await asyncio.to_thread(_read, checkout)


def _read(checkout: str) -> tuple[str, str]:
    import git

    try:
        repository = git.Repo(Path(checkout).expanduser(), search_parent_directories=False)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError):
        return "", ""
    try:
        with repository.config_reader() as config:
            return _value(config, "name"), _value(config, "email")
    finally:
        repository.close()


def _value(config: object, key: str) -> str:
    import git

    assert isinstance(config, git.GitConfigParser)
    return clean_line(str(config.get_value("user", key, default="")), limit=120)
