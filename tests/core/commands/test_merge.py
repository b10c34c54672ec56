"""`rootcase merge` and `rootcase unmerge` as a user types them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from rootcase.core.cli import main
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.entries import CaseOpened, SignalSeen
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.signals import Signal


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two cases; the flags that name their store."""
    monkeypatch.setenv("ROOTCASE_USER", "ada")

    async def fill() -> None:
        store = await SqliteStore.open(tmp_path / "s.sqlite3")
        for name in "ab":
            signal = Signal("sentry", name, f"SHOP-{name.upper()}", events=1)
            mark = Fingerprint(1, name * 32)
            key = await store.open_case(
                [CaseOpened("", name, "shop", mark), SignalSeen(signal)],
                actor="rootcase", aliases=[mark.alias, f"sentry:{name}", signal.short_id],
            )  # fmt: skip
            await store.save_signal(key, signal)
        await store.close()

    asyncio.run(fill())
    config = tmp_path / "config.yaml"
    config.write_text("me: [ada]\n")
    return ["--config", str(config), "--store", str(tmp_path / "s.sqlite3")]


def said(capsys, *arguments: str) -> dict:
    assert main([*arguments, "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def test_two_cases_become_one_and_two_again(at, capsys):
    merged = said(capsys, "merge", "SHOP-B", "C-1", "--reason", "same cart", *at)
    assert merged == {"schema": "rootcase.merge/1", "merged": "C-2", "into": "C-1", "signals": 2}
    assert main(["show", "SHOP-B", *at]) == 0
    assert "C-1" in capsys.readouterr().out
    parted = said(capsys, "unmerge", "C-1", "SHOP-B", *at)
    assert parted["to"] == "C-2"


def test_a_merged_case_comes_out_by_its_key(at, capsys):
    said(capsys, "merge", "C-2", "C-1", *at)
    assert said(capsys, "unmerge", "C-1", "c-2", *at)["to"] == "C-2"


@pytest.mark.parametrize(
    "arguments",
    [("merge", "C-1", "C-1"), ("merge", "C-7", "C-1"), ("unmerge", "C-1", "sentry:a"), ("unmerge", "C-1", "x")],
)  # fmt: skip
def test_what_makes_no_sense_is_a_usage_error_with_a_next_step(at, capsys, arguments):
    assert main([*arguments, *at]) == 2
    assert "next" in capsys.readouterr().err
