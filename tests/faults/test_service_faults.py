"""What a service, or what stands in front of it, can do to the client: a fault with a name each, and nothing leaks.

Each row is one scenario against real HTTP on loopback, and all are held to the same promises: the call ends, the
error says what failed, why and what to do, the token is in no text, another origin sees nothing of it, and a write
is sent once unless a repeat is harmless.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from email.utils import formatdate
from typing import Any

import pytest

from rootcase.core.model.errors import RateLimited, SourceError
from rootcase.core.signals import pace
from rootcase.core.signals.breaker import Circuit
from rootcase.core.signals.client import Client
from rootcase.core.signals.credentials import bearer
from rootcase.core.signals.faults import CircuitOpen, Forbidden, TooSlow, Unavailable
from tests.support.fault_server import FaultServer, Visit, Wire, fault_servers
from tests.support.service_rows import DEADLINE_S, HANGS_AFTER_S, OK, ROWS, TOKEN, Row, limited


@pytest.fixture
async def servers(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sequence[FaultServer]]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    async with fault_servers(2) as both:
        yield both


def made(home: FaultServer, **more: Any) -> Client:
    options = {"deadline_s": DEADLINE_S, "attempts": 2, "max_bytes": 2_000_000, **more}
    return Client("Acme", home.url, bearer(TOKEN), **options)


async def asked(client: Client, call: str) -> object:
    match call:
        case "pages":
            return [each async for page in client.pages("a/", list[int], most=8) for each in page.value]
        case "post":
            return await client.send("POST", "a/", {"x": 1}, list[int])
        case "put":
            return await client.send("PUT", "a/", {"x": 1}, list[int])
        case "put once":
            return await client.send("PUT", "a/", {"x": 1}, list[int], repeat=False)
        case "patch" | "delete":
            return await client.send(call.upper(), "a/", {"x": 1}, list[int])
        case "search":
            return (await client.search("a/", {"x": 1}, list[int])).value
        case _:
            return (await client.get("a/", list[int])).value


def tells(error: SourceError) -> None:
    """What every error owes its reader, and what it must never say."""
    assert error.title and error.detail and error.hint, repr(error)
    said = f"{error}{error!r}{error.__cause__!r}{error.args!r}"
    assert TOKEN not in said
    assert not {"\x1b", "\u202e", "\x07"} & set(said)
    assert error.__suppress_context__ or error.__context__ is None or TOKEN not in repr(error.__context__)


def test_there_are_enough_scenarios_and_each_has_a_name_of_its_own():
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names) >= 60


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_a_service_that_misbehaves(servers: Sequence[FaultServer], row: Row) -> None:
    home, other = servers
    script = row.script(home, other) if callable(row.script) else row.script
    home.answers(*script)
    client = made(home, pace=row.pace)
    try:
        async with asyncio.timeout(HANGS_AFTER_S):
            if row.fault is None:
                assert await asked(client, row.call) == row.value
            else:
                with pytest.raises(row.fault, match=f"(?is){row.words}") as error:
                    await asked(client, row.call)
                tells(error.value)
                if row.waits_s:
                    assert isinstance(error.value, RateLimited)
                    assert row.waits_s[0] <= error.value.retry_after_s <= row.waits_s[1]
    finally:
        await client.close()
    assert other.visits == []
    assert all(visit.headers.get("authorization") == f"Bearer {TOKEN}" for visit in home.visits)
    if row.visits:
        assert len(home.visits) == row.visits
    writes = [visit for visit in home.visits if visit.method in ("POST", "PATCH", "DELETE")]
    assert len(writes) <= 1 or row.call == "search"


# -- what takes more than one call to see


async def test_a_wait_that_was_asked_for_is_kept_by_the_calls_that_follow(servers):
    home, _ = servers
    home.answers(*limited(Retry_After="600"))
    client = made(home)
    for _ in range(3):
        with pytest.raises(RateLimited) as error:
            await client.get("a/", list[int])
        tells(error.value)
    assert len(home.visits) == 1
    await client.close()


async def test_sentrys_limit_of_one_endpoint_leaves_the_others_alone(servers):
    home, _ = servers

    def answer(visit: Visit) -> Wire:
        return Wire({}, 429, {"Retry-After": "600"}) if visit.path == "/a/" else OK

    home.answers(answer)
    client = made(home, pace=pace.SENTRY)
    with pytest.raises(RateLimited):
        await client.get("a/", list[int])
    assert (await client.get("b/", list[int])).value == [1, 2]
    await client.close()


async def test_a_service_that_keeps_failing_is_left_alone_and_tried_again_later(servers):
    home, _ = servers
    home.answers(Wire({}, 500))
    client = made(home, attempts=1)
    for _ in range(4):
        with pytest.raises(Unavailable):
            await client.get("a/", list[int])
    assert client.circuit.state == "open"
    assert client.circuit.until_us > time.time() * 1e6
    assert "500" in client.circuit.why
    with pytest.raises(CircuitOpen) as error:
        await client.get("a/", list[int])
    tells(error.value)
    assert len(home.visits) == 4
    await client.close()


async def test_a_rested_service_gets_one_call_as_the_test(servers):
    home, _ = servers
    home.answers(Wire({}, 500))
    client = made(home, attempts=1, rest_s=0.0)
    for number in (4, 5):
        while len(home.visits) < number:
            with pytest.raises(Unavailable):
                await client.get("a/", list[int])
        assert client.circuit.state == "half-open", "its rest is over at once"
    home.answers(OK)
    assert (await client.get("a/", list[int])).value == [1, 2]
    assert client.circuit == Circuit()
    await client.close()


async def test_many_calls_to_a_dead_service_end_with_the_first_few(servers):
    home, _ = servers
    home.answers(Wire(silent=True))
    client = made(home, attempts=1, deadline_s=1.0)
    async with asyncio.timeout(HANGS_AFTER_S):
        answers = await asyncio.gather(
            *(client.get("a/", list[int]) for _ in range(200)), return_exceptions=True
        )
    kinds = [type(each) for each in answers]
    # Four run at once and four failures open the circuit; three may have started when the fourth one failed.
    assert 4 <= kinds.count(TooSlow) <= 7
    assert kinds.count(TooSlow) + kinds.count(CircuitOpen) == 200
    assert len(home.visits) == kinds.count(TooSlow)
    await client.close()


async def test_waiting_for_ones_turn_is_no_fault_of_the_service(servers):
    home, _ = servers
    home.answers(Wire([1, 2], drip_s=0.002))
    client = made(home, attempts=1, pace=pace.PAGERDUTY)
    # Together they take longer than one may, and each of them a tenth of that.
    answers = await asyncio.gather(*(client.get("a/", list[int]) for _ in range(12)))
    assert [each.value for each in answers] == [[1, 2]] * 12
    assert client.circuit == Circuit()
    await client.close()


async def test_refusals_never_open_the_circuit(servers):
    home, _ = servers
    home.answers(Wire({}, 403))
    client = made(home, attempts=1)
    for _ in range(9):
        with pytest.raises(Forbidden):
            await client.get("a/", list[int])
    assert (client.circuit.state, len(home.visits)) == ("closed", 9)
    await client.close()


async def test_fewer_at_once_is_what_sentry_gets_when_it_asks_for_it(servers):
    home, _ = servers
    busy = Wire({}, 429, {"X-Sentry-Rate-Limit-ConcurrentRemaining": "0"})
    home.answers(busy, OK)
    client = made(home, pace=pace.SENTRY)
    before = client.lanes
    await client.get("a/", list[int])
    assert client.lanes == before // 2
    await client.close()


async def test_our_clock_against_theirs_and_the_calls_that_are_left(servers):
    home, _ = servers
    home.answers(Wire([1], headers={"Date": formatdate(time.time() + 7200, usegmt=True),
                                    "X-Sentry-Rate-Limit-Remaining": "37"}))  # fmt: skip
    client = made(home, pace=pace.SENTRY)
    await client.get("a/", list[int])
    assert -7203 < client.pulse.skew_s < -7100
    assert client.pulse.rate_left == 37
    await client.close()
