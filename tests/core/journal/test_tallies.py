"""What the statistics count of journals, each by the moment it happened, and whom it is counted for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.aftermath import Landing, Pull, Recurrence, Reverted
from rootcase.core.model.entries import (
    CaseOpened,
    ClaimMade,
    EffectDone,
    FixLanded,
    FixRecurred,
    FixReverted,
    GateDecided,
    PullSeen,
    Redone,
    SignalSeen,
    Undone,
    VerdictOverridden,
)
from rootcase.core.model.evidence import Citation, Claim
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.signals import Signal
from rootcase.core.model.stats import Measures, RuleStats, Stats
from rootcase.core.model.verdicts import GateDecision

HUMAN = "human:ada"
HOUR = 3_600_000_000
DAY = 24 * HOUR
START = 1_800_000_000_000_000
SENT = EffectDone("k", "pull_request", "https://x/1", "1")
CAUSE = ClaimMade(Claim("k1", "the column is gone", "supported", (Citation("s1", ok=True),), "cause"))


class Book:
    """A store whose clock stands where a test puts it."""

    def __init__(self) -> None:
        self.now_us = START
        self.store: SqliteStore
        self.number = 0

    async def case(self, repository: str = "shop", service: str = "api") -> str:
        self.number += 1
        opened = CaseOpened("", "x", service, Fingerprint(1, f"{self.number:032x}"), repository)
        signal = SignalSeen(Signal("sentry", str(self.number)))
        return await self.store.open_case([opened, signal], actor="rootcase", aliases=())

    async def add(self, key: str, *bodies, actor: str = "rootcase", after_us: int = 0):
        self.now_us += after_us
        return await self.store.append(key, bodies, actor=actor)

    async def stats(self, days: float = 0, **where: str) -> Stats:
        since = self.now_us - round(days * DAY) if days else 0
        return await self.store.stats(since_us=since, until_us=self.now_us, **where)

    async def all(self, days: float = 0, **where: str) -> Measures:
        return (await self.stats(days, **where)).all


@pytest.fixture
async def book(path):
    made = Book()
    made.store = await SqliteStore.open(path, now_us=lambda: made.now_us)
    yield made
    await made.store.close()


def gate(verdict: str, rule: str) -> GateDecided:
    return GateDecided(GateDecision("before", verdict, "x", "P3", rule=rule))


def merged(at_us: int, *, edited: bool = False) -> PullSeen:
    return PullSeen(Pull("1", "https://x/1", "merged", "c" * 40, at_us, "lena", edited=edited))


async def test_from_opened_to_merged(book):
    key = await book.case()
    await book.add(key, CAUSE, after_us=2 * HOUR)
    await book.add(key, SENT, after_us=HOUR)
    await book.add(key, merged(book.now_us + DAY, edited=True), after_us=2 * DAY)
    it = await book.all()
    assert (it.opened, it.pulls, it.merged, it.edited, it.closed, it.wrong_rate) == (1, 1, 1, 1, 0, 0.0)
    assert (it.cause_s, it.pull_s) == (2 * 3600, 3 * 3600)


async def test_the_medians_are_of_those_that_came_so_far(book):
    for hours in (1, 2, 9):
        key = await book.case()
        await book.add(key, SENT, after_us=hours * HOUR)
    await book.case()
    assert (await book.all()).pull_s == 2 * 3600


async def test_each_counts_in_the_period_it_happened_in(book):
    key = await book.case()
    await book.add(key, SENT, after_us=40 * DAY)
    await book.add(key, merged(book.now_us + DAY), after_us=2 * DAY)
    it = await book.all(30)
    assert (it.opened, it.pulls, it.merged) == (0, 1, 1)
    book.now_us += 60 * DAY
    assert await book.all(30) == Measures(), "nothing happened since, and no rate is made of nothing"


async def test_closed_reverted_and_back_within_thirty_days_are_wrong(book):
    ends = (
        PullSeen(Pull("1", "", "closed", "", START + DAY, "lena", "not needed")),
        FixReverted(Reverted("d" * 40, START + 2 * DAY)),
        FixRecurred(Recurrence("sentry", "1", "2.1", START + 20 * DAY)),
        FixRecurred(Recurrence("sentry", "1", "2.1", START + 40 * DAY)),
        FixLanded(Landing("production", "2.1", START + 2 * DAY, "c" * 40)),
    )
    for end in ends:
        key = await book.case()
        first = () if isinstance(end, PullSeen) else (merged(START + DAY),)
        await book.add(key, SENT, *first, end)
    book.now_us += 41 * DAY
    it = await book.all()
    assert (it.merged, it.closed, it.wrong, it.wrong_rate) == (4, 1, 3, 0.6)


async def test_a_pull_request_that_was_opened_again_is_not_closed(book):
    key = await book.case()
    shut = Pull("1", "", "closed", "", START + DAY)
    await book.add(key, SENT, PullSeen(shut))
    assert (await book.all(9)).closed == 0, "in the future yet"
    book.now_us += 2 * DAY
    assert (await book.all(9)).closed == 1
    await book.add(key, PullSeen(replace(shut, state="open", at_us=0)))
    it = await book.all(9)
    assert (it.closed, it.wrong) == (0, 0)


async def test_a_fix_that_came_back_and_was_fixed_again_was_wrong_once(book):
    key = await book.case()
    await book.add(key, SENT, merged(START + DAY), FixRecurred(Recurrence("s", "1", "2", START + 3 * DAY)))
    await book.add(key, EffectDone("k2", "pull_request", "https://x/2", "2"))
    again = Pull("2", "https://x/2", "merged", "d" * 40, START + 5 * DAY)
    await book.add(key, PullSeen(again), after_us=6 * DAY)
    it = await book.all()
    assert (it.wrong, it.merged) == (1, 1)


async def test_cost_per_merged_fix_is_all_that_was_spent(book):
    one, other = await book.case(), await book.case()
    for key, usd in ((one, 0.3), (other, 0.5)):
        held = await book.store.reserve(key, usd=1, tokens=1, case_cap_usd=9, day_cap_usd=9, token_cap=9999)
        await book.store.settle(held, usd=usd, tokens=1)
    assert (await book.all()).cost_per_merge_usd is None
    await book.add(one, SENT, merged(START))
    it = await book.all()
    assert (it.cost_usd, it.cost_per_merge_usd) == (0.8, 0.8), "what led nowhere was spent too"


async def test_an_overruled_rule_is_the_one_that_stood_at_that_time(book):
    key = await book.case()
    await book.add(key, gate("ignore", "client_left"))
    await book.add(key, VerdictOverridden("fix", ""), actor=HUMAN)
    await book.add(key, gate("wait", "human_owns_it"))
    assert (await book.stats()).rules == (
        RuleStats("client_left", 1, 1, 1, 1), RuleStats("human_owns_it", 1, 0, 1, 0),
    )  # fmt: skip
    it = await book.all()
    assert (it.idle, it.idle_overruled) == (2, 1)


async def test_agreeing_and_taking_back_are_no_overruling_and_bringing_back_is(book):
    key = await book.case()
    await book.add(key, gate("ignore", "client_left"))
    await book.add(key, VerdictOverridden("ignore", ""), actor=HUMAN)
    assert (await book.stats()).rules[0].overruled == 0
    (entry,) = await book.add(key, VerdictOverridden("fix", ""), actor=HUMAN)
    assert (await book.stats()).rules[0].overruled == 1
    await book.add(key, Undone(entry.seq), actor=HUMAN)
    assert (await book.stats()).rules[0].overruled == 0
    await book.add(key, Redone(entry.seq), actor=HUMAN)
    assert (await book.stats()).rules[0].overruled == 1


async def test_a_rule_counts_once_a_case_and_one_that_no_rule_made_counts_too(book):
    for _ in range(2):
        key = await book.case()
        await book.add(key, gate("fix", ""), gate("fix", ""))
        await book.add(key, VerdictOverridden("wait", ""), actor=HUMAN)
    assert (await book.stats()).rules == (RuleStats("no rule objected", 2, 2),)


async def test_duplicates_are_cases_that_were_joined_or_left_to_who_has_them(book):
    one, other, third = await book.case(), await book.case(), await book.case()
    await book.store.merge(other, one, actor=HUMAN)
    await book.add(third, gate("wait", "human_owns_it"))
    assert (await book.all()).duplicates == 2
    await book.add(third, VerdictOverridden("fix", "she left"), actor=HUMAN)
    assert (await book.all()).duplicates == 1


async def test_by_repository_and_service(book):
    key = await book.case("shop", "api")
    await book.add(key, SENT)
    await book.case("shop", "worker")
    await book.case("web", "web")
    stats = await book.stats()
    assert [(g.name, g.measures.opened, g.measures.pulls) for g in stats.repositories] == [
        ("shop", 2, 1), ("web", 1, 0),
    ]  # fmt: skip
    assert [(g.name, g.measures.opened) for g in stats.services] == [("api", 1), ("web", 1), ("worker", 1)]
    only = await book.stats(repository="shop", service="worker")
    assert (only.all.opened, only.cases) == (1, 1)


async def test_the_buckets_add_up_to_the_whole_and_end_now(book):
    for days in (0, 3, 4, 20):
        key = await book.case()
        await book.add(key, SENT, merged(book.now_us), after_us=days * DAY)
    stats = await book.stats()
    assert len(stats.buckets) == 27 and stats.bucket_s == 86_400
    assert sum(b.opened for b in stats.buckets) == sum(b.merged for b in stats.buckets) == 4
    assert stats.buckets[-1].from_us + DAY == book.now_us
    assert [b.opened for b in stats.buckets[:8]] == [2, 0, 1, 0, 0, 0, 1, 0]
    book.now_us += 400 * DAY
    assert (await book.stats(365)).bucket_s == 7 * 86_400


async def test_what_an_older_version_wrote_is_counted_once_asked(book):
    key = await book.case()
    await book.add(key, SENT)
    await book.store._read(lambda: book.store._connection.execute("DELETE FROM tally"))
    stats = await book.stats()
    assert (stats.cases, stats.uncounted) == (0, 1)
    assert [await book.store.tally(10), await book.store.tally(10)] == [1, 0]
    assert (await book.all()).pulls == 1


async def test_no_case_is_no_fault(book):
    stats = await book.stats(30)
    assert (stats.all, stats.cases, stats.repositories) == (Measures(), 0, ())
