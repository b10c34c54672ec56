"""Which store an address names, and opening it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from rootcase.core.model.errors import StoreError

if TYPE_CHECKING:
    from rootcase.core.journal.store import Store

FILE_NAME = "rootcase.db"


def store_path(url: str, *, state: Path | None = None) -> Path:
    """The file that `sqlite`, `sqlite:///path` or a bare path names; `~` and relative paths are resolved.

    `sqlite` alone is `ROOTCASE_STORE` where that is set, else a file in the folder `state`, the user's
    state folder where that is not given.
    """
    if url in ("", "sqlite"):
        named = os.environ.get("ROOTCASE_STORE", "")
        return store_path(named) if named not in ("", "sqlite") else (state or _state_folder()) / FILE_NAME
    scheme, separator, rest = url.partition("://")
    if not separator:
        return Path(url).expanduser().absolute()
    if scheme != "sqlite":
        raise StoreError(
            f"The store {scheme}:// cannot be opened",
            "This version keeps one SQLite file.",
            "Write store: sqlite, or name a file.",
        )
    return Path(rest.removeprefix("/") if rest.startswith("/~") else rest).expanduser().absolute()


def _state_folder() -> Path:
    home = os.environ.get("ROOTCASE_HOME")
    if home:
        return Path(home).expanduser().absolute() / "state"
    import platformdirs

    return platformdirs.user_state_path("rootcase", appauthor=False)


async def open_store(url: str, *, create: bool = True, state: Path | None = None) -> Store:
    """Open the store that the address names. StoreError where it cannot be, with what to do."""
    path = store_path(url, state=state)
    from rootcase.core.journal.sqlite import SqliteStore

    return await SqliteStore.open(path, create=create)
