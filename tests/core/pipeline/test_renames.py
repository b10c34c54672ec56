"""A renamed function's error is proposed as the case it was, by git's own history; nothing is joined by itself."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rootcase.core.config.settings import RepositorySettings
from rootcase.core.journal.fold import fold
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.code import CodePath, MappedFrame
from rootcase.core.model.entries import CaseOpened, CodeMapped, JoinDeclined
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.pipeline.renames import renamed
from rootcase.core.workspace.repository import GitRepository, open_repository

BODY = '    row = rows[sku]\n    amount = row["amount"]\n    return amount, row["currency"]\n'
OLD = f'"""Prices."""\n\n\ndef price_for(sku, rows):\n{BODY}'
NEW = f'"""Prices."""\n\nLIMIT = 3\n\n\ndef quoted_price(sku, rows):\n{BODY}'


def git(folder: Path, *arguments: str) -> str:
    names = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    done = subprocess.run(["git", *names, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


class Releases:
    """2.0.0 with `price_for`; 2.1.0 renames it and moves it into another file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "shop"
        self.path.mkdir()
        git(self.path, "init", "-q", "-b", "main")
        self.old = self._commit("app/pricing.py", OLD)
        git(self.path, "mv", "app/pricing.py", "app/quotes.py")
        self.new = self._commit("app/quotes.py", NEW)

    def _commit(self, path: str, text: str) -> str:
        file = self.path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        git(self.path, "add", "-A")
        git(self.path, "commit", "-qm", path)
        return git(self.path, "rev-parse", "HEAD")


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[tuple[Releases, GitRepository, SqliteStore]]:
    releases = Releases(tmp_path)
    repository = await open_repository(RepositorySettings(path=str(releases.path)), tmp_path / "state")
    store = await SqliteStore.open(tmp_path / "s.db")
    yield releases, repository, store
    await store.close()


def mapped(release: str, commit: str, path: str, function: str, line: int) -> CodePath:
    frame = MappedFrame(0, function, function, path, line, "confirmed", text='return amount, row["currency"]')
    return CodePath("shop", release, commit, "tag", commit, "main", (frame,))


async def opened(store: SqliteStore, mark: str, code: CodePath, kind: str = "KeyError") -> str:
    fingerprint = Fingerprint(2, mark * 16, type=kind, anchor=f"app.{code.frames[0].function}")
    bodies = [CaseOpened("", f"{kind} in it", "shop", fingerprint, "shop"), CodeMapped(code)]
    return await store.open_case(bodies, actor="rootcase", aliases=[fingerprint.alias])


async def proposals(store: SqliteStore, key: str, repository: GitRepository) -> list[tuple[str, str]]:
    case = fold(await store.entries(key))
    assert case.code is not None
    return [(p.other, p.because) async for p in renamed(case, case.code, repository, store)]


async def test_the_line_that_git_follows_into_another_function_is_proposed(place) -> None:
    releases, repository, store = place
    old = await opened(store, "a1", mapped("2.0.0", releases.old, "app/pricing.py", "price_for", 7))
    new = await opened(store, "b2", mapped("2.1.0", releases.new, "app/quotes.py", "quoted_price", 9))
    [(other, because)] = await proposals(store, new, repository)
    assert other == old and "price_for of 2.0.0 is quoted_price since 2.1.0" in because


@pytest.mark.parametrize(
    ("kind", "line"), [("TypeError", 9), ("KeyError", 8)], ids=["another error", "another line"]
)
async def test_another_error_or_line_is_not(place, kind: str, line: int) -> None:
    releases, repository, store = place
    await opened(store, "a1", mapped("2.0.0", releases.old, "app/pricing.py", "price_for", 7))
    new = await opened(
        store, "b2", mapped("2.1.0", releases.new, "app/quotes.py", "quoted_price", line), kind
    )
    assert await proposals(store, new, repository) == []


async def test_what_a_human_declined_is_not_proposed_again(place) -> None:
    releases, repository, store = place
    old = await opened(store, "a1", mapped("2.0.0", releases.old, "app/pricing.py", "price_for", 7))
    new = await opened(store, "b2", mapped("2.1.0", releases.new, "app/quotes.py", "quoted_price", 9))
    await store.append(new, [JoinDeclined(old)], actor="human:ada")
    assert await proposals(store, new, repository) == []
