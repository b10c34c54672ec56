"""Opening the file: private, migrated, and clear about what is wrong with it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from rootcase.core.journal.open import open_store, store_path
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.errors import StoreError


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def test_the_files_are_for_their_owner_alone(store, path, new_case):
    key = await store.open_case([new_case], actor="x", aliases=())
    await store.lease(key, "run")
    assert mode(path.parent) == 0o700
    found = {file.name: mode(file) for file in path.parent.iterdir()}
    assert found == {
        "rootcase.db": 0o600, "rootcase.db-wal": 0o600, "rootcase.db-shm": 0o600, "rootcase.db.leases": 0o700
    }  # fmt: skip
    assert [mode(file) for file in (path.parent / "rootcase.db.leases").iterdir()] == [0o600]


async def test_a_folder_that_another_process_makes_at_that_moment_is_taken(path, monkeypatch):
    make = type(path).mkdir

    def made_by_another(folder, *arguments, **more):
        make(folder, parents=True, exist_ok=True)
        make(folder, *arguments, **more)

    monkeypatch.setattr(type(path), "mkdir", made_by_another)
    store = await SqliteStore.open(path)
    await store.close()
    assert mode(path) == 0o600


async def test_a_file_that_others_can_read_is_made_private(path):
    await (await SqliteStore.open(path)).close()
    path.chmod(0o644)
    await (await SqliteStore.open(path)).close()
    assert mode(path) == 0o600


async def test_a_newer_store_is_left_alone(path):
    await (await SqliteStore.open(path)).close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer Rootcase") as fault:
        await SqliteStore.open(path)
    assert "schema 99" in fault.value.detail and "Update" in fault.value.hint


async def test_another_programs_database_is_left_alone(path):
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE customers (name)")
    with pytest.raises(StoreError, match="no Rootcase store"):
        await SqliteStore.open(path)
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("customers",)]


async def test_a_file_that_is_no_database_says_so(path):
    path.parent.mkdir()
    path.write_bytes(b"these are notes, not a database, and long enough to be one" * 50)
    with pytest.raises(StoreError, match="cannot be used") as fault:
        await SqliteStore.open(path)
    assert "not a database" in fault.value.detail and "move this one away" in fault.value.hint


async def test_a_damaged_page_is_a_message_not_a_crash(path, new_case):
    store = await SqliteStore.open(path)
    for _ in range(40):
        await store.open_case([new_case], actor="x", aliases=())
    await store.close()
    raw = bytearray(path.read_bytes())
    raw[4096 * 2 :] = os.urandom(len(raw) - 4096 * 2)
    path.write_bytes(bytes(raw))
    with pytest.raises(StoreError, match="cannot be used"):
        store = await SqliteStore.open(path)
        try:
            await store.verify()
        finally:
            await store.close()


async def test_a_folder_that_cannot_be_made_is_a_message(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be used") as fault:
        await SqliteStore.open(tmp_path / "file" / "store.db")
    assert fault.value.hint


async def test_a_store_that_is_not_there_is_only_made_when_asked(path):
    with pytest.raises(StoreError, match="no store at"):
        await open_store(str(path), create=False)
    assert not path.parent.exists()
    await (await open_store(f"sqlite://{path}")).close()
    await (await open_store(str(path), create=False)).close()


async def test_postgresql_is_refused_by_name():
    with pytest.raises(StoreError, match="postgresql") as fault:
        await open_store("postgresql://db/rootcase")
    assert "one SQLite file" in fault.value.detail


def test_what_an_address_names(monkeypatch, tmp_path):
    monkeypatch.delenv("ROOTCASE_STORE", raising=False)
    monkeypatch.setenv("ROOTCASE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", "/home/ada")
    assert store_path("sqlite") == tmp_path / "state" / "rootcase.db"
    assert store_path("sqlite", state=tmp_path / "s") == tmp_path / "s" / "rootcase.db"
    assert store_path("sqlite:///var/x.db") == Path("/var/x.db")
    assert store_path("sqlite:///~/x.db") == Path("/home/ada/x.db")
    assert store_path("~/y.db") == Path("/home/ada/y.db")
    monkeypatch.setenv("ROOTCASE_STORE", "/tmp/z.db")
    assert store_path("sqlite") == Path("/tmp/z.db")
    assert store_path("/a/b.db") == Path("/a/b.db")
