"""The SQLite file: opened safely, migrated by number, its faults told in words."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from rootcase.core.model.errors import StoreError

APPLICATION_ID = 0x526F6F74  # "Root", so that another program's file is never taken for ours
BUSY_S = 5.0
SCHEMA = Path(__file__).parent / "schema"


def connect(path: Path, *, create: bool = True) -> sqlite3.Connection:
    """Open the store's file for reading and writing, migrated; StoreError says what to do where it cannot be."""
    with told(path):
        _make_private(path, create=create)
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


def _make_private(path: Path, *, create: bool) -> None:
    """The file is for its owner alone before anything is in it; -wal and -shm take over its mode."""
    if not path.exists():
        if not create:
            raise StoreError(
                f"There is no store at {path}", "The file does not exist.", "Run rootcase sync first."
            )
        if not path.parent.exists():
            path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)  # another process may be as far
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if path.stat().st_mode & 0o077:
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + suffix).chmod(0o600)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    _turn_wal_on(connection)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    if _version(connection) < len(migrations()) or _application(connection) != APPLICATION_ID:
        _migrate(connection, path)
    if _version(connection) > len(migrations()):
        raise StoreError(
            f"{path} was written by a newer Rootcase",
            f"It has schema {_version(connection)}, this version knows {len(migrations())}.",
            "Update Rootcase, or name another file with --store.",
        )


def _turn_wal_on(connection: sqlite3.Connection) -> None:
    """Two processes that open a new file at once collide here, and SQLite's own waiting does not cover it."""
    until = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as fault:
            if "locked" not in str(fault) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def migrations() -> list[Path]:
    """The numbered schema files, oldest first; the number of a file is its place."""
    return sorted(SCHEMA.glob("[0-9][0-9][0-9][0-9].sql"))


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    with transaction(connection):
        if _application(connection) != APPLICATION_ID:
            if connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                raise StoreError(
                    f"{path} is no Rootcase store",
                    "It is a SQLite database of another program.",
                    "Name another file with --store.",
                )
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for number, file in enumerate(migrations(), 1):
            if number > _version(connection):
                for statement in _statements(file.read_text()):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one; executescript would commit behind our back."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _application(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA application_id").fetchone()[0])


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """A writing transaction, taken at once so that it never has to be tried again in the middle."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """SQLite's and the file system's faults as StoreError: what failed, why, what to do."""
    try:
        yield
    except sqlite3.Error as fault:
        raise _store_error(path, str(fault)) from fault
    except UnicodeEncodeError as fault:
        raise StoreError(
            f"Text cannot be kept in {path}",
            f"It is not Unicode: {fault.object[fault.start : fault.end]!r}.",
            "It came from outside and was not cleaned; report it.",
        ) from fault
    except OSError as fault:
        raise StoreError(
            f"The store {path} cannot be used",
            fault.strerror or str(fault),
            "Check that the folder exists and is yours, or name another file with --store.",
        ) from fault


HINTS = {
    "locked": "Another process is writing for long. Try again, or end the process that holds the file.",
    "not a database": "Name another file with --store, or move this one away.",
    "malformed": "The file is damaged. Move it away, or save what is readable with sqlite3's .recover.",
    "full": "Free space on the disk, then try again.",
    "readonly": "Make the file and its folder writable, or name another with --store.",
    "unable to open": "Check that the folder exists and is yours, or name another file with --store.",
}


def _store_error(path: Path, why: str) -> StoreError:
    if "FOREIGN KEY" in why:
        return StoreError(
            "There is no such case", "It was never opened in this store.", "rootcase cases lists them."
        )
    hint = next(
        (hint for word, hint in HINTS.items() if word in why), "rootcase audit verify says what is sound."
    )
    return StoreError(f"The store {path} cannot be used", f"SQLite says: {why}.", hint)
