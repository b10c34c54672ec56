"""Money is held before a call and settled after; caps are exact."""

from __future__ import annotations

import pytest

from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.errors import BudgetExceeded, StoreError
from rootcase.core.model.ports import Reservation

DAY_US = 86_400_000_000


@pytest.fixture
async def store(path, new_case):
    """Two cases, so that there is something to spend on."""
    store = await opened(path, new_case)
    yield store
    await store.close()


async def opened(path, new_case, **options):
    store = await SqliteStore.open(path, **options)
    for _ in range(2):
        await store.open_case([new_case], actor="x", aliases=())
    return store


async def hold(store, usd, *, case="C-1", tokens=10, cap=1.0, day=10.0, token_cap=1000):
    return await store.reserve(
        case, usd=usd, tokens=tokens, case_cap_usd=cap, day_cap_usd=day, token_cap=token_cap
    )


async def test_what_is_not_settled_counts_in_full(store):
    first = await hold(store, 0.6)
    assert await store.spent("C-1") == (0.0, 0.6, 10)
    with pytest.raises(BudgetExceeded, match=r"cap of \$1.00 for C-1"):
        await hold(store, 0.5)
    await store.settle(first, usd=0.2, tokens=4)
    assert await store.spent("C-1") == (0.2, 0.0, 4)
    await hold(store, 0.5)
    assert await store.spent_today() == pytest.approx(0.7)


async def test_a_cap_may_be_reached_exactly_and_not_passed_by_a_fraction(store):
    for _ in range(10):
        await hold(store, 0.1)
    with pytest.raises(BudgetExceeded):
        await hold(store, 0.000000001)
    await hold(store, 0.0)


async def test_the_cap_of_the_day_counts_all_cases_of_today_in_utc(path, new_case):
    now = [DAY_US - 1]
    store = await opened(path, new_case, now_us=lambda: now[0])
    await hold(store, 0.9, case="C-1", day=1.0)
    with pytest.raises(BudgetExceeded, match="for today"):
        await hold(store, 0.2, case="C-2", day=1.0)
    now[0] += 1
    await hold(store, 0.2, case="C-2", day=1.0)
    assert await store.spent_today() == 0.2
    await store.close()


async def test_tokens_have_a_cap_of_their_own(store):
    await hold(store, 0.0, tokens=900)
    with pytest.raises(BudgetExceeded, match="1,000 tokens"):
        await hold(store, 0.0, tokens=101)


async def test_settling_again_changes_nothing_and_a_stranger_is_refused(store):
    held = await hold(store, 0.5)
    await store.settle(held, usd=0.1, tokens=1)
    await store.settle(held, usd=0.4, tokens=9)
    assert await store.spent("C-1") == (0.1, 0.0, 1)
    with pytest.raises(StoreError, match="cannot be settled"):
        await store.settle(Reservation("nobody's", 1, 1), usd=1, tokens=1)


async def test_a_refused_call_holds_nothing(store):
    with pytest.raises(BudgetExceeded):
        await hold(store, 2.0)
    assert await store.spent("C-1") == (0.0, 0.0, 0)


async def test_nothing_is_spent_on_a_case_that_is_not_there(store):
    with pytest.raises(StoreError, match="no such case"):
        await hold(store, 0.1, case="C-99")


@pytest.mark.parametrize("usd", [float("inf"), float("nan"), -1.0])
async def test_a_price_that_is_not_known_is_never_held(store, usd):
    with pytest.raises(BudgetExceeded, match="price is not known"):
        await hold(store, usd, cap=float("inf"), day=float("inf"))
    await hold(store, 5.0, cap=float("inf"), day=float("inf"))
