"""Reading one source: what is asked of it, what is kept when it fails, and where it goes on."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from rootcase.core.model.errors import RateLimited, SourceError
from rootcase.core.pipeline.reading import AT_ONCE
from rootcase.core.pipeline.sync import read_sources
from tests.core.pipeline.conftest import Ledger


async def test_a_second_sync_with_nothing_new_asks_for_the_listing_alone(make):
    desk = make()
    desk.source.holds(9, 8, 7, 6)
    first = await desk.read()
    assert (first.new, first.events) == (4, 4)
    desk.source.asked.clear()
    again = await desk.read()
    assert desk.source.asked == ["list"] and (again.new, again.events, again.changed) == (0, 0, 0)


async def test_events_are_asked_for_only_where_something_happened_and_few_at_a_time(make):
    desk = make()
    desk.source.page = 50
    desk.source.holds(*range(40, 0, -1))
    await desk.read()
    assert 1 < desk.source.most_at_once <= AT_ONCE
    desk.source.asked.clear()
    desk.source.signals[3] = replace(
        desk.source.signals[3], events=7, last_seen_us=desk.source.signals[3].last_seen_us + 5
    )
    desk.source.signals[5] = replace(desk.source.signals[5], status="resolved")
    await desk.store.save_source_state(replace(await desk.state(), cursor=""))
    outcome = await desk.read()
    assert [asked for asked in desk.source.asked if asked != "list"] == [
        f"events {desk.source.signals[3].id}"
    ]
    assert (outcome.changed, outcome.new) == (1, 0)


async def test_a_source_whose_events_all_fail_is_in_trouble_and_goes_on_where_it_stood(make):
    desk = make()
    desk.source.page = 4
    desk.source.holds(*range(20, 0, -1))
    desk.source.failing = {str(n): SourceError("gone away") for n in range(1, 17)}
    outcome = await desk.read()
    assert (outcome.fault, outcome.new) == ("gone away", 4)
    assert (await desk.state()).cursor in ("4", "8"), "not past what could not be read at all"
    desk.source.failing = {}
    await desk.forget_pause()
    await desk.read()
    held = await desk.store.known_signals("ledger")
    assert sorted(map(int, held)) == list(range(1, 21)), "nothing is lost"
    assert len(await desk.store.inbox()) == 20, "nothing is doubled"


async def test_one_signal_without_events_is_tried_again_and_holds_up_no_other(make):
    desk = make()
    desk.source.holds(9, 8, 7)
    desk.source.failing = {"8": SourceError("Sentry answered 500")}
    first = await desk.read()
    assert (first.new, first.fault) == (2, "")
    assert first.partial == "events of 1 could not be read and are tried again: Sentry answered 500"
    assert (await desk.state()).owed == ("8",)
    desk.source.failing = {}
    second = await desk.read()
    assert (second.new, second.partial) == (1, "")
    assert (await desk.state()).owed == ()


async def test_a_service_that_asks_us_to_wait_is_not_asked_before(make):
    desk = make()
    desk.source.holds(9)
    desk.source.list_fault = RateLimited("ledger is rate-limited", hint="wait", retry_after_s=900)
    assert (await desk.read()).fault == "ledger is rate-limited"
    state = await desk.state()
    assert state.paused == "rate-limited" and state.retry_us - state.tried_us >= 900_000_000
    desk.source.asked.clear()
    assert (await desk.read()).skipped and desk.source.asked == []
    await desk.forget_pause()
    desk.source.list_fault = None
    assert (await desk.read()).new == 1
    assert ((await desk.state()).paused, (await desk.state()).failures) == ("", 0)


async def test_the_cursor_moves_only_past_what_is_in_the_store(make):
    desk = make()
    desk.source.holds(*range(9, 0, -1))
    await desk.read()
    for state in desk.states:
        if state.cursor:
            assert int(state.cursor) - desk.source.page <= state.read
    moved = [state.cursor for state in desk.states if state.cursor]
    assert moved == sorted(moved, key=int) and moved[-1] == "9"
    assert [state.total for state in desk.states][-1] == 9, "progress says of how many"
    assert (await desk.state()).newest_us == desk.source.signals[0].last_seen_us


async def test_a_first_sync_stops_at_its_limit_and_leaves_the_rest_out(make):
    desk = make(backfill=4)
    desk.source.holds(*range(9, 0, -1))
    outcome = await desk.read()
    assert outcome.limited == "the newest 4 were read; older ones are left out (backfill: 4)"
    assert sorted(map(int, await desk.store.known_signals("ledger"))) == [6, 7, 8, 9]
    state = await desk.state()
    assert (state.cursor, state.limited) == ("enough", outcome.limited) and state.complete_us


async def test_what_is_compared_follows_deletions_and_merges(make):
    desk = make()
    desk.source.holds(9, 8, 7)
    await desk.read()
    merged = replace(desk.source.signals[1], merged_into="7")
    desk.source.signals = [merged, desk.source.signals[2]]
    outcome = await desk.read(reconcile=True)
    assert (outcome.gone, outcome.merged, outcome.reconciled) == (1, 1, True)
    held = await desk.store.known_signals("ledger")
    assert list(held) == ["7"], "what is gone or counted to another is not asked about again"
    assert (await desk.read(reconcile=True)).merged == 0


async def test_a_signal_merged_into_one_that_we_do_not_hold_has_that_one_fetched(make):
    desk = make(backfill=1)
    desk.source.holds(9, 8)
    await desk.read()
    desk.source.signals[0] = replace(desk.source.signals[0], merged_into="8")
    await desk.read(reconcile=True)
    assert "signal 8" in desk.source.asked
    rows = {row.key: row.state for row in await desk.store.inbox()}
    assert rows == {"C-2": "new"}


async def test_a_comparison_that_fails_keeps_what_was_listed_and_its_old_age(make):
    desk = make(reconcile_s=0.000001)
    desk.source.holds(9)
    await desk.read()
    before = (await desk.state()).reconciled_us

    async def broken(known):
        raise SourceError("no answer")
        yield

    desk.source.reconcile = broken
    desk.source.holds(10, 9)
    await desk.store.save_source_state(replace(await desk.state(), cursor=""))
    outcome = await desk.read()
    assert (outcome.new, outcome.fault) == (1, "no answer")
    assert (await desk.state()).reconciled_us == before


async def test_sources_are_read_at_the_same_time(make):
    """Each lists only once the other has begun to: one after the other they would wait for ever."""
    desk = make()
    begun = [asyncio.Event(), asyncio.Event()]
    ledgers = [Ledger("one"), Ledger("two")]

    def listing(ledger, mine, other):
        async def listed(cursor=""):
            mine.set()
            await other.wait()
            async for batch in Ledger.list(ledger, cursor):
                yield batch

        return listed

    opened = []
    for ledger, mine, other in zip(ledgers, begun, reversed(begun), strict=True):
        ledger.holds(9)
        ledger.list = listing(ledger, mine, other)
        opened.append((replace(desk.settings, name=ledger.name), ledger))
    async with asyncio.timeout(20):
        outcomes = await read_sources(desk.intake, opened, lambda state: None, reconcile=False)
    assert [(each.source, each.new) for each in outcomes] == [("one", 1), ("two", 1)]


async def test_one_error_seen_by_two_sources_at_once_is_one_case(make):
    desk = make()
    ledgers = [Ledger("one"), Ledger("two")]
    for ledger in ledgers:
        ledger.holds(*range(20, 0, -1))
    opened = [(replace(desk.settings, name=ledger.name), ledger) for ledger in ledgers]
    await read_sources(desk.intake, opened, lambda state: None, reconcile=False)
    rows = await desk.store.inbox()
    assert len(rows) == 20 and {row.signals for row in rows} == {2}
