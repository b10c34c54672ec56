"""Two cases that look like one: joined while nobody has seen them, asked about afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rootcase.core.journal.fold import fold
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.entries import CaseOpened, JoinDeclined, SignalSeen
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.signals import Signal
from rootcase.core.pipeline.joining import follow_source_merge, join, propose

ME = "human:ada"
MOVED = "the function moved from cart.py to basket.py"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(tmp_path / "s.sqlite3")
    for name in "ab":
        signal = Signal("sentry", name, events=1)
        mark = Fingerprint(1, name * 32)
        key = await store.open_case(
            [CaseOpened("", name, "shop", mark), SignalSeen(signal)],
            actor="rootcase", aliases=[mark.alias, f"sentry:{name}"],
        )  # fmt: skip
        await store.save_signal(key, signal)
    yield store
    await store.close()


async def case(store: SqliteStore, key: str):
    return fold(await store.entries(key))


async def test_cases_that_nobody_has_seen_become_one_in_the_older(store):
    assert await join(store, "C-2", "C-1", MOVED) == "merged"
    assert (await case(store, "C-2")).merged_into == "C-1"
    assert await join(store, "C-2", "C-1", MOVED) == "one"


@pytest.mark.parametrize("seen", ["C-1", "C-2"])
async def test_a_seen_case_is_asked_about_in_its_own_journal_once(store, seen):
    await store.mark_seen(seen, ME)
    assert await join(store, "C-1", "C-2", MOVED) == "proposed"
    assert await join(store, "C-2", "C-1", MOVED) == "proposed"
    (asked,) = (await case(store, seen)).joins
    assert asked.because == MOVED
    assert not any([(await case(store, key)).merged_into for key in ("C-1", "C-2")])
    assert len(await store.entries(seen)) == 3


async def test_what_was_declined_or_parted_is_never_asked_again(store):
    await store.mark_seen("C-1", ME)
    await join(store, "C-1", "C-2", MOVED)
    await store.append("C-1", [JoinDeclined("C-2")], actor=ME)
    assert await join(store, "C-1", "C-2", MOVED) == "apart"
    assert await follow_source_merge(store, "sentry:b", "sentry:a", "Sentry") == "apart"
    await store.merge("C-2", "C-1", actor=ME)
    await store.unmerge("C-1", "C-2", actor=ME)
    assert await join(store, "C-2", "C-1", MOVED) == "apart"


async def test_a_merge_at_the_source_is_followed_and_told(store):
    await store.mark_seen("C-1", ME)
    assert await follow_source_merge(store, "sentry:b", "sentry:a", "Sentry") == "merged"
    told = (await store.entries("C-1"))[-2]
    assert (told.body.took, told.body.reason, told.actor) == ("C-2", "Sentry merged b into a", "rootcase")
    assert await store.case_of("sentry:b") == "C-1"
    assert await follow_source_merge(store, "sentry:b", "sentry:a", "Sentry") == "one"


async def test_a_merge_at_the_source_of_a_part_or_of_a_case_that_runs_is_asked_about(store):
    lease = await store.lease("C-2", "run 1")
    assert await follow_source_merge(store, "sentry:b", "sentry:a", "Sentry") == "proposed"
    await store.release(lease)
    more = Signal("datadog", "9")
    await store.append("C-2", [SignalSeen(more)], actor="rootcase")
    await store.save_signal("C-2", more)
    assert await follow_source_merge(store, "sentry:b", "sentry:a", "Sentry") == "proposed"
    assert (await case(store, "C-2")).merged_into == ""


async def test_a_source_id_that_no_case_has_changes_nothing(store):
    assert await follow_source_merge(store, "sentry:x", "sentry:a", "Sentry") == "one"


@pytest.mark.parametrize(("seen", "asked_in"), [("", "C-1"), ("C-1", "C-1"), ("C-2", "C-2")])
async def test_what_only_looks_alike_is_asked_about_and_never_merged(store, seen, asked_in):
    if seen:
        await store.mark_seen(seen, ME)
    assert await propose(store, "C-2", "C-1", MOVED) == "proposed"
    (asked,) = (await case(store, asked_in)).joins
    assert asked.because == MOVED
    assert not any([(await case(store, key)).merged_into for key in ("C-1", "C-2")])
    await store.append(asked_in, [JoinDeclined(asked.other)], actor=ME)
    assert await propose(store, "C-1", "C-2", MOVED) == "apart"
