"""Several processes on one file: races, leases and kill -9, following."""

from __future__ import annotations

import asyncio
import fcntl
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from rootcase.core.journal.fold import fold
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.entries import Commented
from rootcase.core.model.errors import LeaseLost

HEAD = """
import asyncio, sys, time
from pathlib import Path
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.entries import CaseOpened, Commented
from rootcase.core.model.fingerprints import Fingerprint
path, name = Path(sys.argv[1]), sys.argv[2]
"""


@pytest.fixture
def spawn(path):
    """Start a Python process with the body of an async main(); all of them are gone after the test."""
    children = []

    def start(name: str, body: str) -> subprocess.Popen:
        main = "async def main():\n" + textwrap.indent(textwrap.dedent(body), "    ")
        command = [sys.executable, "-c", f"{HEAD}\n{main}\nasyncio.run(main())", str(path), name]
        children.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        return children[-1]

    yield start
    for child in children:
        child.kill()
        child.wait()
        child.stdout.close()


def test_processes_that_open_one_error_at_once_make_one_case(spawn, path):
    body = """
        store = await SqliteStore.open(path)
        opened = CaseOpened("", "t", "api", Fingerprint(1, "ab"))
        for n in range(10):
            print(await store.open_case([opened], actor=name, aliases=[f"fp1:{n}"]), end=" ")
        await store.close()
    """
    children = [spawn(f"p{n}", body) for n in range(4)]
    answers = {child.communicate(timeout=60)[0] for child in children}
    assert answers == {" ".join(f"C-{n}" for n in range(1, 11)) + " "}
    assert all(child.returncode == 0 for child in children)


async def test_processes_that_append_at_once_queue_and_lose_nothing(spawn, store, new_case):
    key = await store.open_case([new_case], actor="x", aliases=())
    body = """
        store = await SqliteStore.open(path)
        for n in range(25):
            await store.append("C-1", [Commented(f"{name}-{n}")], actor="human:" + name)
        await store.close()
    """
    children = [spawn(f"p{n}", body) for n in range(3)]
    await store.append(key, [Commented("mine")], actor="human:ada")
    for child in children:
        assert await asyncio.to_thread(child.wait, 60) == 0
    assert len(fold(await store.entries(key)).said) == 76
    assert await store.verify() == ()
    await store.append(key, [Commented("after")], actor="human:ada")
    assert len(await store.entries(key)) == 78


HOLD = """
    store = await SqliteStore.open(path)
    lease = await store.lease("C-1", name)
    print(lease.epoch, flush=True)
    while True:
        await asyncio.sleep(0.05)
        await store.append("C-1", [Commented("working")], actor="rootcase", lease=lease)
"""


async def test_a_run_that_is_killed_frees_its_case(spawn, store, new_case):
    await store.open_case([new_case], actor="x", aliases=())
    child = spawn("run of process one", HOLD)
    assert await asyncio.to_thread(child.stdout.readline) == "1\n"
    assert await store.lease("C-1", "mine") is None
    assert await store.lease_holder("C-1") == "run of process one"
    child.send_signal(signal.SIGKILL)
    await asyncio.to_thread(child.wait)
    assert await store.lease_holder("C-1") is None
    mine = await store.lease("C-1", "mine")
    assert mine.epoch == 2
    await store.append("C-1", [Commented("taken over")], actor="rootcase", lease=mine)
    assert await store.verify() == ()


async def test_a_run_whose_lease_was_taken_over_cannot_write(store, path, new_case):
    await store.open_case([new_case], actor="x", aliases=())
    old = await store.lease("C-1", "old")
    (path.parent / "rootcase.db.leases" / "C-1.lock").unlink()  # what a copied or restored folder looks like
    other = await SqliteStore.open(path)
    new = await other.lease("C-1", "new")
    assert new.epoch == 2
    with pytest.raises(LeaseLost) as fault:
        await store.append("C-1", [Commented("stale")], actor="rootcase", lease=old)
    assert fault.value.detail == "new holds it now."
    await other.append("C-1", [Commented("fine")], actor="rootcase", lease=new)
    await other.close()


async def test_a_lease_is_taken_even_while_others_keep_looking_who_holds_it(spawn, store, new_case):
    await store.open_case([new_case], actor="x", aliases=())
    await store.release(await store.lease("C-1", "first"))
    looker = spawn("looker", """
        store = await SqliteStore.open(path)
        print("looking", flush=True)
        while True:
            await store.lease_holder("C-1")
    """)  # fmt: skip
    await asyncio.to_thread(looker.stdout.readline)
    for _ in range(100):
        lease = await store.lease("C-1", "me")
        assert lease is not None
        await store.release(lease)


async def test_somebody_looking_who_holds_a_case_does_not_make_it_look_taken(store, path, new_case):
    await store.open_case([new_case], actor="x", aliases=())
    await store.release(await store.lease("C-1", "first"))
    with (path.parent / "rootcase.db.leases" / "C-1.lock").open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        asyncio.get_running_loop().call_later(0.03, fcntl.flock, looking, fcntl.LOCK_UN)
        assert await store.lease("C-1", "me") is not None


async def test_a_follower_sees_what_another_process_appends(spawn, store, new_case):
    await store.open_case([new_case], actor="x", aliases=())
    child = spawn("other", """
        store = await SqliteStore.open(path)
        for n in range(5):
            await store.append("C-1", [Commented(str(time.monotonic_ns()))], actor="human:other")
            await asyncio.sleep(0.15)
        await store.close()
    """)  # fmt: skip
    delays = []
    async with asyncio.timeout(30):
        async for batch in store.follow("C-1", after=1):
            delays += [(time.monotonic_ns() - int(entry.body.text)) / 1e9 for entry in batch]
            if len(delays) == 5:
                break
    assert await asyncio.to_thread(child.wait, 30) == 0
    assert sorted(delays)[2] < 0.4, f"a live case is looked at ten times a second: {delays}"


async def test_spend_is_held_across_processes(spawn, store, new_case):
    await store.open_case([new_case], actor="x", aliases=())
    body = """
        from rootcase.core.model.errors import BudgetExceeded
        store = await SqliteStore.open(path)
        held = 0
        for _ in range(20):
            try:
                await store.reserve("C-1", usd=0.1, tokens=1, case_cap_usd=1.0, day_cap_usd=9, token_cap=999)
                held += 1
            except BudgetExceeded:
                pass
        print(held)
        await store.close()
    """
    children = [spawn(f"p{n}", body) for n in range(3)]
    held = [int((await asyncio.to_thread(child.communicate, timeout=60))[0]) for child in children]
    assert sum(held) == 10
    assert (await store.spent("C-1"))[1] == 1.0
