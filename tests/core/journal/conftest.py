"""A journal written by hand, as entries one second apart, and stores in a temporary folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from rootcase.core.journal.fold import fold
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Hunk
from rootcase.core.model.entries import KINDS, Body, CaseOpened, DraftStarted, DraftWritten, Entry
from rootcase.core.model.fingerprints import Fingerprint

ME = "human:ada"
START_US = 1_800_000_000_000_000


class Script:
    """Entries in the order they are said; `case()` folds them."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.at_us = START_US

    def add(self, *bodies: Body, actor: str = "rootcase", trace: str = "", after_s: float = 1.0) -> int:
        """Append; returns the last entry's seq."""
        for body in bodies:
            self.at_us += int(after_s * 1e6)
            seq = len(self.entries) + 1
            self.entries.append(Entry("C-1", seq, self.at_us, actor, KINDS[type(body)], body, trace))
        return len(self.entries)

    def human(self, *bodies: Body) -> int:
        return self.add(*bodies, actor=ME)

    def case(self) -> Case:
        return fold(self.entries)


def opened(key: str = "", name: str = "ab") -> CaseOpened:
    fingerprint = Fingerprint(1, name * 16, type="KeyError", anchor="pricing.price_for")
    return CaseOpened(key, "KeyError 'currency' in price_for", "api", fingerprint)


def hunks() -> tuple[Hunk, ...]:
    return (
        Hunk("h1", "src/catalog.py", 3, ("a\n", "b\n"), ("A\n", "B\n")),
        Hunk("h2", "src/pricing.py", 9, ("c\n",), ("C\n",)),
        Hunk("h3", "tests/test_pricing.py", 1, (), ("def test_it(): ...\n",), "create", test=True),
    )


@pytest.fixture
def script() -> Script:
    """An opened case."""
    script = Script()
    script.add(opened("C-1"))
    return script


@pytest.fixture
def drafted(script: Script) -> Script:
    """A case with a draft of three hunks, the last its test."""
    script.add(DraftStarted(1, "base"), DraftWritten(1, hunks(), ("tests/test_pricing.py::test_it",)))
    return script


@pytest.fixture
def new_case() -> CaseOpened:
    return opened()


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "state" / "rootcase.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(path)
    yield store
    await store.close()
