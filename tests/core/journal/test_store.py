"""The store within one process: cases, entries, side tables, blobs, the chain."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from dataclasses import replace

import pytest

from rootcase.core.journal.fold import fold
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.journal.store import SourceState
from rootcase.core.model.entries import (
    Commented,
    GateDecided,
    Merged,
    ModelCalled,
    PauseAsked,
    RunStarted,
    SignalSeen,
    Unknown,
    Unmerged,
)
from rootcase.core.model.errors import LeaseLost, StoreError
from rootcase.core.model.events import Event, ExceptionInfo, Frame
from rootcase.core.model.signals import Signal
from rootcase.core.model.verdicts import GateDecision

SENTRY = Signal("sentry", "4507", "CHECKOUT-8K2", events=10, users=3, last_seen_us=7, trend=(1, 2, 3))


async def open_one(store, body, *aliases):
    return await store.open_case([body], actor="rootcase", aliases=aliases)


async def test_one_error_class_is_one_case(store, new_case):
    first = await open_one(store, new_case, "fp1:ab", "sentry:1")
    again = await open_one(store, new_case, "fp1:other", "sentry:1")
    other = await open_one(store, new_case, "fp1:cd")
    assert (first, again, other) == ("C-1", "C-1", "C-2")
    assert await store.case_of("fp1:ab") == "C-1"
    assert await store.case_of("fp1:other") is None
    assert await store.add_aliases("C-2", ["sentry:1", "sentry:2"]) == ("sentry:1",)
    assert await store.case_of("sentry:2") == "C-2"


async def test_entries_come_back_as_they_were_written_and_chained(store, new_case):
    key = await open_one(store, new_case)
    written = await store.append(key, [Commented("a"), PauseAsked()], actor="human:ada", trace="t" * 32)
    read = await store.entries(key)
    assert read[1:] == written
    assert [e.seq for e in read] == [1, 2, 3]
    assert [e.prev for e in read[1:]] == [read[0].hash, read[1].hash]
    assert await store.entries(key, after=2) == read[2:]
    assert await store.verify() == ()


async def test_a_case_that_was_never_opened_takes_no_entries(store):
    with pytest.raises(StoreError, match="no case C-9"):
        await store.append("C-9", [Commented("lost")], actor="human:ada")
    assert await store.entries("C-9") == ()
    (entry,) = await store.append("@store", [Commented("policy stop")], actor="human:ada")
    assert (entry.case, entry.seq) == ("@store", 1)
    assert await store.inbox() == ()


async def test_a_key_that_is_taken_is_refused(store, new_case):
    await open_one(store, replace(new_case, key="C-1"))
    with pytest.raises(StoreError, match="C-1 is there already"):
        await open_one(store, replace(new_case, key="C-1"))
    assert await open_one(store, new_case) == "C-2"


async def test_an_entry_of_an_unknown_kind_is_kept_and_the_chain_is_sound(store, new_case):
    key = await open_one(store, new_case)
    await store.append(key, [Unknown("dreamed", '{"x": 1}')], actor="rootcase")
    assert (await store.entries(key))[1].body == Unknown("dreamed", '{"x": 1}')
    assert fold(await store.entries(key)).unknown_kinds == ("dreamed",)
    assert await store.verify() == ()


async def test_time_never_runs_backwards_in_a_journal(path, new_case):
    times = iter([50, 20, 60])
    store = await SqliteStore.open(path, now_us=lambda: next(times))
    key = await open_one(store, new_case)
    await store.append(key, [PauseAsked()], actor="human:a")
    await store.append(key, [PauseAsked()], actor="human:a")
    assert [e.at_us for e in await store.entries(key)] == [50, 50, 60]
    await store.close()


async def test_the_inbox_row_follows_the_entries_and_the_counts(store, new_case):
    key = await open_one(store, new_case)
    version = await store.inbox_version()
    await store.append(
        key,
        [SignalSeen(SENTRY), GateDecided(GateDecision("before", "fix", "nobody has it", "P1"))],
        actor="x",
    )
    await store.save_signal(key, replace(SENTRY, events=4812, users=311, trend=(1, 2, 30)))
    row = await store.inbox_row(key)
    assert (row.events, row.users, row.trend, row.signals) == (4812, 311, (1, 2, 30), 1)
    assert (row.state, row.group, row.verdict, row.because) == ("new", "needs_you", "fix", "nobody has it")
    assert (row.type, row.function, row.ladder) == ("KeyError", "price_for", "E0")
    assert "checkout-8k2" in row.search and "gate:fix" in row.search
    assert await store.inbox() == (row,)
    assert await store.inbox_version() > version


async def test_the_most_urgent_case_comes_first(store, new_case):
    for verdict, priority in (("ignore", "P1"), ("wait", "P1"), ("fix", "P3"), ("fix", "P1")):
        key = await open_one(store, new_case)
        await store.append(
            key, [GateDecided(GateDecision("before", verdict, "", priority))], actor="rootcase"
        )
    assert [row.key for row in await store.inbox()] == ["C-4", "C-3", "C-2", "C-1"]


async def test_a_merged_case_leaves_the_inbox_and_its_names_go_along(store, new_case):
    fingerprint = replace(new_case.fingerprint, key="cd" * 16)
    a = await open_one(store, new_case, new_case.fingerprint.alias)
    b = await open_one(store, replace(new_case, fingerprint=fingerprint), fingerprint.alias, "datadog:1")
    await store.append(b, [Merged(into=a, reason="same loader")], actor="human:ada")
    assert [row.key for row in await store.inbox()] == [a]
    assert await store.case_of(fingerprint.alias) == a
    assert await store.case_of("datadog:1") == a
    assert {case for case, _ in await store.fingerprints()} == {a}
    assert len(await store.fingerprints()) == 2


async def test_an_unmerged_signal_stays_apart_after_the_next_sync(store, new_case):
    a = await open_one(store, new_case, new_case.fingerprint.alias, "sentry:4507")
    await store.save_signal(a, SENTRY)
    b = await open_one(store, new_case)
    await store.append(a, [Unmerged("sentry", "4507", b)], actor="human:ada")
    assert await open_one(store, new_case, "sentry:4507") == b
    assert (await store.signals(a), await store.signals(b)) == ((), (SENTRY,))


async def test_a_failed_transaction_leaves_nothing_behind(store, new_case):
    key = await open_one(store, new_case)
    with pytest.raises(StoreError, match="no case C-77"):
        await store.append(key, [Commented("first"), Merged(into="C-77")], actor="human:ada")
    assert len(await store.entries(key)) == 1
    await store.append(key, [Commented("second")], actor="human:ada")
    assert [s.text for s in fold(await store.entries(key)).said] == ["second"]
    assert (await store.inbox_row(key)).state == "new"
    assert await store.verify() == ()


async def test_a_name_that_is_not_unicode_is_a_message(store, new_case):
    with pytest.raises(StoreError, match="cannot be kept"):
        await open_one(store, new_case, "sentry:\ud800")


async def test_a_case_that_was_rolled_back_is_not_remembered(store, path, new_case):
    with sqlite3.connect(path) as other:
        other.execute(
            "CREATE TRIGGER full BEFORE INSERT ON alias BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    with pytest.raises(StoreError, match="cannot be used"):
        await open_one(store, replace(new_case, title="first try"), "sentry:1")
    assert await store.entries("C-1") == ()
    assert await open_one(store, replace(new_case, title="second try")) == "C-1"
    assert (await store.inbox_row("C-1")).title == "second try"


async def test_the_row_counts_each_call_once_however_often_it_is_written(store, new_case):
    key = await open_one(store, new_case)
    for _ in range(3):
        await store.append(key, [ModelCalled("plan", "fast", "m", "r", 1, 1, 0.25)], actor="rootcase")
    assert (await store.inbox_row(key)).cost_usd == 0.75


async def test_ten_samples_a_release_are_kept_the_newest(store, new_case):
    key = await open_one(store, new_case)
    event = Event("", exceptions=(ExceptionInfo("KeyError", frames=(Frame("f", line=3),)),), release="1")
    many = [replace(event, id=f"e{n:02}", at_us=n) for n in range(25)]
    assert await store.save_samples(key, many) == 10
    assert await store.save_samples(key, many) == 0
    assert (
        await store.save_samples(key, [replace(event, id="z", at_us=99), replace(event, id="q", release="2")])
        == 2
    )
    kept = await store.samples(key)
    assert [e.id for e in kept] == ["z", *(f"e{n}" for n in range(24, 15, -1)), "q"]
    assert kept[0].exceptions[0].frames[0].line == 3


async def test_how_a_source_was_read_is_remembered(store):
    assert await store.source_state("sentry") == SourceState("sentry")
    state = SourceState("sentry", "cursor", 5, "rate-limited", "wait", 9)
    await store.save_source_state(state)
    assert await store.source_state("sentry") == state


async def test_what_is_forgotten_is_gone_from_the_file_and_the_chain_stays_sound(store, path):
    secret = "customer 4711 lives in Rosenweg"
    blob = await store.blob_put(secret)
    assert (await store.blob_put(secret)).hash != blob.hash, "the hash says nothing about the content"
    assert await store.blob_get(blob) == secret
    other = await store.blob_put("kept")
    assert await store.forget(blob)
    assert not await store.forget(blob)
    assert await store.blob_get(blob) is None
    assert await store.blob_get(other) == "kept"
    assert await store.verify() == ()


async def test_forgotten_text_is_not_left_in_any_of_the_files(store, path):
    blob = await store.blob_put("Rosenweg 12")
    assert await store.forget(blob)
    assert all(
        b"Rosenweg" not in file.read_bytes() for file in path.parent.glob("rootcase.db*") if file.is_file()
    )


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ('UPDATE entry SET body = \'{"text":"b"}\' WHERE seq = 2', "C-1: entry 2 (commented) was changed"),
        ("UPDATE entry SET actor = 'human:eve' WHERE seq = 2", "C-1: entry 2 (commented) was changed"),
        ("DELETE FROM entry WHERE seq = 2", "C-1: entry 2 is missing"),
        ("DELETE FROM entry WHERE seq = 3", "C-1: the head says 3 entries"),
        ("UPDATE blob SET content = 'other'", "was changed after it was written"),
        ("UPDATE head SET hash = 'x'", "C-1: the head says 3 entries"),
    ],
)
async def test_the_audit_names_what_was_tampered_with(store, path, new_case, damage, words):
    key = await open_one(store, new_case)
    await store.append(key, [Commented("a"), Commented("c")], actor="human:ada")
    await store.blob_put("content")
    assert await store.verify() == ()
    with sqlite3.connect(path) as other:
        other.execute(damage)
    assert any(words in fault for fault in await store.verify())


async def test_a_lease_is_held_by_one_and_given_back(store, new_case):
    key = await open_one(store, new_case)
    assert await store.lease_holder(key) is None
    mine = await store.lease(key, "run 1")
    assert (mine.epoch, await store.lease(key, "run 2")) == (1, None)
    assert await store.lease_holder(key) == "run 1"
    (entry,) = await store.append(key, [Commented("x")], actor="rootcase", lease=mine)
    assert entry.epoch == 1
    await store.release(mine)
    assert await store.lease_holder(key) is None
    with pytest.raises(LeaseLost, match="no longer holds C-1"):
        await store.append(key, [Commented("late")], actor="rootcase", lease=mine)
    next_one = await store.lease(key, "run 2")
    assert next_one.epoch == 2
    with pytest.raises(LeaseLost, match="no longer holds"):
        await store.append(key, [Commented("later")], actor="rootcase", lease=mine)


async def test_a_human_decides_while_a_run_holds_the_case(store, new_case):
    key = await open_one(store, new_case)
    await store.append(key, [PauseAsked()], actor="human:ada")
    assert not fold(await store.entries(key)).pause_asked
    lease = await store.lease(key, "run 1")
    await store.append(key, [RunStarted("r1", "0" * 32, "propose", "host", 1)], actor="rootcase", lease=lease)
    await store.append(key, [PauseAsked()], actor="human:ada")
    assert fold(await store.entries(key)).pause_asked


async def test_the_live_stream_is_short_lived(path, new_case):
    now = [1_000_000]
    store = await SqliteStore.open(path, now_us=lambda: now[0])
    await store.publish("C-1", "model", "I will ")
    await store.publish("C-1", "model", "look")
    pieces = await store.live("C-1")
    assert [p.text for p in pieces] == ["I will ", "look"]
    assert await store.live("C-1", after=pieces[0].id) == pieces[1:]
    assert await store.live("C-2") == ()
    now[0] += 61_000_000
    await store.publish("C-1", "model", "later")
    assert [p.text for p in await store.live("C-1")] == ["later"]
    await store.close()


async def test_a_follower_in_the_same_process_hears_at_once(store, new_case):
    key = await open_one(store, new_case)
    heard: asyncio.Queue = asyncio.Queue()

    async def listen():
        async for batch in store.follow(key, after=1):
            heard.put_nowait([entry.body.text for entry in batch])

    task = asyncio.create_task(listen())
    await asyncio.sleep(0.3)
    for text in ("one", "two"):
        loop = asyncio.get_running_loop()
        began = loop.time()
        await store.append(key, [Commented(text)], actor="human:ada")
        assert await asyncio.wait_for(heard.get(), 2) == [text]
        assert loop.time() - began < 0.09, "it did not wait for its next look"
    task.cancel()


async def test_closing_ends_followers_and_leaves_no_thread(path, new_case):
    before = set(threading.enumerate())
    store = await SqliteStore.open(path)
    key = await open_one(store, new_case)

    async def listen():
        return [batch async for batch in store.follow(key)]

    task = asyncio.create_task(listen())
    await asyncio.sleep(0.1)
    await store.close()
    await store.close()
    batches = await asyncio.wait_for(task, 2)
    assert [entry.seq for batch in batches for entry in batch] == [1]
    assert set(threading.enumerate()) == before
    with pytest.raises(StoreError, match="closed"):
        await store.inbox()


async def test_many_tasks_write_at_once_and_nothing_is_lost(store, new_case):
    key = await open_one(store, new_case)
    await asyncio.gather(*(store.append(key, [Commented(str(n))], actor="human:a") for n in range(50)))
    entries = await store.entries(key)
    assert [e.seq for e in entries] == list(range(1, 52))
    assert {e.body.text for e in entries[1:]} == {str(n) for n in range(50)}
    assert await store.verify() == ()
