"""Inbox rows: what they say, and reading them without the store."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from rootcase.core.journal.inbox import inbox_ids, read_inbox_keys, read_inbox_rows
from rootcase.core.journal.inbox_row import row_of
from rootcase.core.model.code import CodePath, MappedFrame
from rootcase.core.model.entries import (
    CodeMapped,
    EffectDone,
    GateDecided,
    ModelCalled,
    PhaseStarted,
    RunEnded,
    RunStarted,
    SignalSeen,
    WorkFound,
)
from rootcase.core.model.signals import Actor, Signal, Work
from rootcase.core.model.verdicts import GateDecision


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("src/checkout/pricing.py", "pricing.py:88"),
        ("orders/store.py", "orders/store.py:88"),
        ("app.py", "app.py:88"),
        ("a/very/deep/folder/of/things/model_definitions.py", "model_definitions.py:88"),
    ],
)
def test_a_path_keeps_its_end(script, path, where):
    frame = MappedFrame(0, "price_for", "Pricing.price_for", path, 88, "confirmed")
    script.add(CodeMapped(CodePath("checkout", "2.14.0", "7c1e2aa", "tag", "b81f0d3", frames=(frame,))))
    row = row_of(script.case())
    assert (row.where, row.function, row.ladder) == (where, "price_for", "E1")


def test_trends_of_several_sources_add_up_from_the_newest_bucket_back(script):
    script.add(
        SignalSeen(Signal("a", "1", trend=(1, 2, 3), users=5)),
        SignalSeen(Signal("b", "2", trend=(10,), users=9)),
    )
    row = row_of(script.case())
    assert (row.trend, row.users, row.signals) == ((1, 2, 13), 9, 2)


def test_the_because_of_a_row_is_what_matters_in_its_state(script):
    script.add(GateDecided(GateDecision("before", "fix", "nobody has it yet", "P1")))
    assert row_of(script.case()).because == "nobody has it yet"
    script.add(RunStarted("r", "t", "propose", "h", 1), PhaseStarted("reproduce"))
    script.add(ModelCalled("reproduce", "strong", "m", "res", 1, 1, 0.18))
    assert row_of(script.case()).because == "reproduce, $0.18"
    script.add(RunEnded("r", "budget", "budget of $1.00 reached"))
    row = row_of(script.case())
    assert (row.because, row.group, row.cost_usd) == ("budget of $1.00 reached", "needs_you", 0.18)
    script.add(EffectDone("k", "pull_request", "https://x/1841", "1841"))
    row = row_of(script.case())
    assert (row.because, row.owner, row.group) == ("our PR", "PR #1841", "waiting")


def test_a_humans_ticket_shows_who_has_it(script):
    script.add(
        WorkFound(
            (Work("ticket", "PAY-9", by=Actor("bot", bot=True)), Work("ticket", "PAY-123", by=Actor("lena")))
        )
    )
    assert row_of(script.case()).owner == "PAY-123 lena"


def test_long_and_multi_line_reasons_stay_on_their_row(script):
    script.add(GateDecided(GateDecision("before", "wait", "line\nbreak " + "x" * 500, "P1")))
    row = row_of(script.case())
    assert len(row.because) == 120 and "\n" not in row.because
    assert len(row.search) <= 600


async def test_rows_can_be_read_without_the_store_a_page_at_a_time(store, path, new_case):
    for n in range(5):
        key = await store.open_case([replace(new_case, title=f"case {n}")], actor="x", aliases=())
        await store.save_signal(key, Signal("s", str(n), last_seen_us=n + 1))
    rows = await store.inbox()
    assert [row.key for row in rows] == ["C-5", "C-4", "C-3", "C-2", "C-1"]
    assert read_inbox_rows(path, 2, 1) == rows[1:3]
    assert inbox_ids(path) == [(row.key, row.search) for row in rows]
    assert read_inbox_keys(path, ["C-2", "gone", "C-5"]) == (rows[3], rows[0])


def test_before_there_is_a_store_the_inbox_is_empty(path):
    assert read_inbox_rows(path) == ()
    assert inbox_ids(path) == []
    path.parent.mkdir()
    path.touch()
    assert inbox_ids(path) == []
    assert not list(path.parent.glob("*-wal"))


def test_reading_the_inbox_loads_neither_asyncio_nor_the_model():
    heavy = "[m for m in sys.modules if m == 'asyncio' or '.model.' in m]"
    code = f"import sys, rootcase.core.journal.inbox; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_journal_loads_nothing_heavy():
    heavy = "{'litellm', 'httpx', 'git', 'pydantic', 'tree_sitter', 'mcp', 'textual', 'rich', 'yaml'}"
    code = f"import sys, rootcase.core.journal.sqlite, rootcase.core.journal.open; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
