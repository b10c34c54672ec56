"""A case that waits is looked at anew when somebody starts a run: the ticket it waited for may be closed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from rootcase.core.config.load import load
from rootcase.core.journal.fold import fold
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.entries import CaseOpened, Faulted, GateDecided, SignalSeen, WorkFound
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.ports import FoundWork
from rootcase.core.model.signals import Actor, Signal, Work
from rootcase.core.model.verdicts import GateDecision
from rootcase.core.pipeline import fresh, stages
from rootcase.core.pipeline.fresh import look_again
from rootcase.core.pipeline.run import run_case

TICKET = Work("ticket", "PAY-1", state="open", by=Actor("lena"))
CLOSED = Work("ticket", "PAY-1", state="closed", by=Actor("lena"))
WAITS = GateDecision("before", "wait", "ticket PAY-1 by lena names it", "P3", waits_for="ticket PAY-1 lena")


@dataclass
class Place:
    """A forge that knows what it is told."""

    work: tuple[Work, ...] = (TICKET,)
    failed: tuple[str, ...] = ()

    async def find(self, case):
        return FoundWork(self.work, ("GitHub issues",), self.failed)


class Sources:
    """A house with that forge and no source."""

    def __init__(self, place):
        self.place = place
        self.settings = load({}, config="").settings
        self.redactor = None
        self.just_read = False


async def of_the_house(case, house):
    if isinstance(house.place, Exception):
        raise house.place
    return house.place


@pytest.fixture(autouse=True)
def work_is_asked_of_the_place(monkeypatch):
    monkeypatch.setattr(fresh, "existing_work", of_the_house)


@pytest.fixture
async def waiting(tmp_path: Path):
    store = await SqliteStore.open(tmp_path / "s.sqlite3")
    opened = CaseOpened("", "x", "shop", Fingerprint(1, "a" * 32))
    bodies = [opened, SignalSeen(Signal("sentry", "1")), WorkFound((TICKET,)), GateDecided(WAITS)]
    await store.open_case(bodies, actor="rootcase", aliases=())
    yield store
    await store.close()


async def seen(store, place):
    return [body async for body in look_again(fold(await store.entries("C-1")), Sources(place))]


async def test_nothing_is_written_where_nothing_has_changed(waiting):
    assert await seen(waiting, Place()) == []
    assert await seen(waiting, None) == []


async def test_a_closed_ticket_is_found_and_so_is_a_forge_that_stopped_answering(waiting):
    (found,) = await seen(waiting, Place((CLOSED,)))
    assert found.work == (CLOSED,)
    (found,) = await seen(waiting, Place(failed=("GitHub issues: down",)))
    assert found.failed == ("GitHub issues: down",)


async def test_without_a_checkout_it_is_said(waiting):
    (fault,) = await seen(waiting, RepositoryError("No checkout", "x", "y"))
    assert isinstance(fault, Faulted)


async def test_a_run_of_a_waiting_case_asks_the_gate_again_and_goes_on(waiting, tmp_path, monkeypatch):
    place = Place()

    async def existing_work(case, house):
        return place

    for asks in (fresh, stages):
        monkeypatch.setattr(asks, "existing_work", existing_work)
    loaded = load({"ROOTCASE_HOME": str(tmp_path)}, config="")
    await waiting.save_signal("C-1", Signal("sentry", "1"))

    async def run():
        return await run_case(loaded, waiting, "C-1", "gate", environment={}, attended=False)

    assert (await run()).exit_code == 3
    place.work = (CLOSED,)
    assert (await run()).exit_code == 0
    case = fold(await waiting.entries("C-1"))
    assert case.verdict == "investigate" and case.news == ()
    assert sum(isinstance(e.body, GateDecided) for e in await waiting.entries("C-1")) == 2
