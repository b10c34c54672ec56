"""Merge, un-merge and never again, on a real store, by two processes at once, and killed in the middle."""

from __future__ import annotations

import asyncio
import signal as signals
import subprocess
import sys

import pytest

from rootcase.core.journal.fold import fold
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.entries import (
    CaseOpened,
    EffectDone,
    JoinDeclined,
    JoinProposed,
    Redone,
    SignalSeen,
    Undone,
)
from rootcase.core.model.errors import UsageError
from rootcase.core.model.events import Event
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.signals import Signal

ME = "human:ada"
MARKS = {name: Fingerprint(1, name * 32, type="KeyError", anchor=f"app.{name}") for name in "abc"}


async def add(store, name, *ids):
    """A case with the fingerprint of that letter and signals of those ids."""
    seen = [SignalSeen(Signal("sentry", each, f"SHOP-{each}", events=5)) for each in ids]
    key = await store.open_case(
        [CaseOpened("", f"case {name}", "shop", MARKS[name]), *seen],
        actor="rootcase",
        aliases=[MARKS[name].alias],
    )
    for body in seen:
        await store.add_aliases(key, [f"sentry:{body.signal.id}", body.signal.short_id])
        await store.save_signal(key, body.signal)
    await store.save_samples(key, [Event(f"event-{name}", at_us=1)])
    return key


async def case(store, key):
    return fold(await store.entries(key))


def ids(case):
    return {signal.id for signal in case.signals}


async def owners(store):
    names = ["sentry:1", "sentry:2", "SHOP-2", MARKS["a"].alias, MARKS["b"].alias]
    return {name: await store.case_of(name) for name in names}


@pytest.fixture
async def two(store):
    return await add(store, "a", "1"), await add(store, "b", "2")


async def test_a_merge_is_told_in_both_journals_and_in_the_stores_own(store, two):
    one, other = two
    await store.merge(other, one, actor=ME, reason="same lookup")
    gone, kept = await case(store, other), await case(store, one)
    assert (gone.state, gone.merged_into) == ("merged", one)
    assert kept.took == (other,) and ids(kept) == {"1", "2"}
    (told,) = await store.entries("@store")
    assert (told.body.into, told.body.took, told.actor) == (one, other, ME)
    assert [row.key for row in await store.inbox()] == [one]
    assert (await store.inbox_row(one)).events == 10
    assert {event.id for event in await store.samples(one)} == {"event-a", "event-b"}
    assert await store.verify() == ()


async def test_the_next_events_follow_a_merge(store, two):
    one, other = two
    await store.merge(other, one, actor=ME)
    assert set((await owners(store)).values()) == {one}
    assert {key for key, _ in await store.fingerprints()} == {one}
    assert await store.standing(other) == one


async def test_undo_gives_back_exactly_what_came(store, two):
    one, other = two
    before = await owners(store)
    await store.merge(other, one, actor=ME)
    await store.append(one, [Undone((await case(store, one)).undoable)], actor=ME)
    assert await owners(store) == before
    gone, kept = await case(store, other), await case(store, one)
    assert gone.merged_into == "" and gone.state != "merged" and ids(gone) == {"2"}
    assert ids(kept) == {"1"} and kept.took == ()
    assert {event.id for event in await store.samples(one)} == {"event-a"}
    assert not await store.apart(one, other)
    await store.append(one, [Redone(kept.redoable)], actor=ME)
    assert set((await owners(store)).values()) == {one}
    assert await store.verify() == ()


async def test_an_unmerged_signal_stays_apart_after_its_next_events(store, two):
    one, other = two
    await store.merge(other, one, actor=ME)
    assert await store.unmerge(one, "sentry:2", actor=ME, reason="another cart") == other
    assert (await owners(store))["sentry:2"] == other
    assert (await owners(store))[MARKS["b"].alias] == other
    assert await store.apart(one, other) and await store.apart(other, one)
    left = (await case(store, one)).said[-1]
    assert left.what == "unmerged" and "another cart" in left.text


async def test_a_signal_of_the_same_fingerprint_gets_a_case_of_its_own(store):
    one = await add(store, "a", "1", "2")
    fresh = await store.unmerge(one, "sentry:2", actor=ME)
    assert fresh != one
    assert ids(await case(store, one)) == {"1"} and ids(await case(store, fresh)) == {"2"}
    named = await owners(store)
    assert (named["sentry:2"], named["SHOP-2"], named[MARKS["a"].alias]) == (fresh, fresh, one)
    marks = dict(await store.fingerprints())
    assert marks[fresh].key != marks[one].key and not marks[fresh].reasons[-1].joins
    assert await store.apart(one, fresh)


async def test_taking_a_signal_out_can_be_taken_back(store):
    one = await add(store, "a", "1", "2")
    fresh = await store.unmerge(one, "sentry:2", actor=ME)
    await store.append(one, [Undone((await case(store, one)).undoable)], actor=ME)
    assert ids(await case(store, one)) == {"1", "2"}
    assert (await case(store, fresh)).merged_into == one
    assert not await store.apart(one, fresh)


async def test_a_later_merge_by_hand_overrules_an_earlier_parting(store, two):
    one, other = two
    await store.merge(other, one, actor=ME)
    await store.unmerge(one, "sentry:2", actor=ME)
    await store.merge(other, one, actor=ME)
    assert not await store.apart(one, other)


async def test_chains_of_merges_end_at_the_case_that_stands(store, two):
    one, other = two
    third = await add(store, "c", "3")
    await store.merge(other, one, actor=ME)
    await store.merge(third, other, actor=ME)
    assert await store.standing(third) == one
    assert ids(await case(store, one)) == {"1", "2", "3"}
    assert await store.unmerge(one, "sentry:3", actor=ME) == third


@pytest.mark.parametrize(
    ("gone", "into"), [("C-1", "C-1"), ("C-9", "C-1"), ("C-1", "C-9"), ("@store", "C-1")]
)
async def test_what_cannot_be_merged_is_refused_and_changes_nothing(store, two, gone, into):
    before = [await store.entries(key) for key in (*two, "@store")]
    with pytest.raises(UsageError):
        await store.merge(gone, into, actor=ME)
    assert [await store.entries(key) for key in (*two, "@store")] == before


async def test_a_case_is_merged_once_and_never_in_a_circle(store, two):
    one, other = two
    await store.merge(other, one, actor=ME)
    with pytest.raises(UsageError, match="merged already"):
        await store.merge(other, one, actor=ME)
    with pytest.raises(UsageError, match="that case already"):
        await store.merge(one, other, actor=ME)


async def test_the_last_signal_and_an_unknown_one_stay(store, two):
    with pytest.raises(UsageError, match="only signal"):
        await store.unmerge(two[0], "sentry:1", actor=ME)
    with pytest.raises(UsageError, match="no signal"):
        await store.unmerge(two[0], "sentry:77", actor=ME)


async def test_a_case_with_a_live_run_is_not_merged_away(store, two):
    one, other = two
    lease = await store.lease(other, "run 7")
    with pytest.raises(UsageError, match="live"):
        await store.merge(other, one, actor=ME)
    await store.release(lease)
    await store.merge(other, one, actor=ME)


async def test_a_proposal_stays_open_until_it_is_merged_or_declined(store, two):
    one, other = two
    await store.append(one, [JoinProposed(other, "the same lines, moved")], actor="rootcase")
    assert [(j.other, j.because) for j in (await case(store, one)).joins] == [
        (other, "the same lines, moved")
    ]
    await store.append(one, [JoinDeclined(other, "two carts")], actor=ME)
    assert (await case(store, one)).joins == () and (await case(store, one)).declined == (other,)
    assert await store.apart(other, one)


async def test_seen_is_a_look_a_decision_or_a_write_outside(store, two):
    one, other = two
    third = await add(store, "c", "3")
    assert not await store.seen(one)
    await store.mark_seen(one, ME)
    await store.append(other, [JoinDeclined(one)], actor=ME)
    await store.append(third, [EffectDone("k", "ticket")], actor="rootcase")
    assert [await store.seen(key) for key in (one, other, third)] == [True, True, True]
    await store.mark_seen("C-99", ME)
    assert not await store.seen("C-99")


MERGER = """
import asyncio, sys
from pathlib import Path
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.errors import UsageError
async def main(path, gone, into, die):
    store = await SqliteStore.open(Path(path))
    if die:
        import os, signal
        from rootcase.core.journal import signals
        signals.copy_samples = lambda *a: os.kill(os.getpid(), signal.SIGKILL)
    print("ready", flush=True); sys.stdin.readline()
    try:
        await store.merge(gone, into, actor="human:" + gone)
        print("merged")
    except UsageError as fault:
        print("refused:", fault.title)
    await store.close()
asyncio.run(main(*sys.argv[1:4], sys.argv[4] == "die"))
"""


def process(path, gone, into, how="live"):
    return subprocess.Popen(
        [sys.executable, "-c", MERGER, str(path), gone, into, how],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


async def test_two_processes_that_merge_two_cases_into_each_other_leave_one(store, two, path):
    both = [process(path, "C-1", "C-2"), process(path, "C-2", "C-1")]
    for each in both:
        assert each.stdout.readline() == "ready\n"
    for each in both:
        each.stdin.write("\n")
        each.stdin.flush()
    said = sorted([await asyncio.to_thread(lambda e=e: e.communicate(timeout=60)[0].strip()) for e in both])
    assert said[0] == "merged" and said[1].startswith("refused"), said
    assert sorted([(await case(store, key)).merged_into != "" for key in two]) == [False, True]
    assert len(await store.entries("@store")) == 1
    assert await store.verify() == ()


async def test_a_merge_killed_in_the_middle_has_not_happened(store, two, path):
    one, other = two
    before = await owners(store)
    victim = process(path, other, one, "die")
    assert victim.stdout.readline() == "ready\n"
    await asyncio.to_thread(lambda: victim.communicate("\n", timeout=60))
    assert victim.returncode == -signals.SIGKILL
    assert await owners(store) == before and await store.entries("@store") == ()
    assert (await case(store, other)).merged_into == "" and ids(await case(store, one)) == {"1"}
    again = await SqliteStore.open(path)
    await again.merge(other, one, actor=ME)
    await again.close()
    assert ids(await case(store, one)) == {"1", "2"}
    assert await store.verify() == ()
