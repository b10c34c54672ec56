"""`rootcase watch`: sync and look at sent pull requests, round after round; no terminal needed, no run is started."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from rootcase.core.commands.casefile import opened, resolved
from rootcase.core.commands.output import complain, say, say_json
from rootcase.core.commands.sync import afterwards, alone_in, needs_sources
from rootcase.core.config.load import Loaded
from rootcase.core.journal.store import Store
from rootcase.core.model.errors import RootcaseError, UsageError
from rootcase.core.pipeline.outcomes import Looked, SourceOutcome

if TYPE_CHECKING:
    from rootcase.core.pipeline.outcomes import SyncOutcome

SCHEMA: Literal["rootcase.watch/1"] = "rootcase.watch/1"
LEAST_S = 1.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WatchRound:
    """One round, a line of JSON each. opened, regressed: keys of cases that are new or came back; looked: at sent
    pull requests; fault: what ended the round early, "" for nothing."""

    schema: Literal["rootcase.watch/1"]
    at_us: int
    opened: tuple[str, ...] = ()
    regressed: tuple[str, ...] = ()
    sources: tuple[SourceOutcome, ...] = ()
    looked: tuple[Looked, ...] = ()
    fault: str = ""


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    if args.interval and args.interval < LEAST_S:
        raise UsageError("That is too often", f"--interval {args.interval:g}", "One second or more.")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with opened(loaded) as store:
        if args.case:
            return await _named(args, loaded, store)
        needs_sources(loaded)
        every_s = args.interval or loaded.settings.interface.refresh_s or 60.0
        failed = False
        while not stop.is_set():
            done = await _until(stop, _round(loaded, store, due=not args.once))
            if done is None:
                break
            failed = bool(done.fault)
            _say(done, as_json=args.json)
            if args.once:
                break
            await _until(stop, asyncio.sleep(every_s))
    return 1 if failed and args.once else 0


async def _named(args: argparse.Namespace, loaded: Loaded, store: Store) -> int:
    """Look at these cases once, as the screen's key does."""
    from rootcase.core.pipeline.watching.rounds import look_at_sent

    keys = [await resolved(store, name) for name in args.case]
    looked = await look_at_sent(loaded, store, environment=dict(os.environ), only=keys)
    if args.json:
        say_json(WatchRound(SCHEMA, time.time_ns() // 1000, looked=looked))
    else:
        for each in looked:
            say(f"{each.case}  {each.said}" + (f"  ({each.fault})" if each.fault else ""))
        for key in keys:
            if key not in {each.case for each in looked}:
                say(f"{key}  no pull request of it is out, or a run has it")
    return 6 if any(each.fault for each in looked) else 0


async def _round(loaded: Loaded, store: Store, *, due: bool) -> WatchRound:
    """Read what is due and look at what was sent; a fault is told, and the next round tries again."""
    from rootcase.core.pipeline.sync import sync

    at_us = time.time_ns() // 1000
    try:
        async with alone_in(loaded.folders.state, wait=not due) as alone:
            if not alone:
                return WatchRound(SCHEMA, at_us)  # another process is reading, and looks as well
            outcome: SyncOutcome = await sync(loaded, store, environment=dict(os.environ), due=due)
    except RootcaseError as fault:
        complain(fault)
        return WatchRound(SCHEMA, at_us, fault=fault.title)
    return WatchRound(SCHEMA, at_us, outcome.opened, outcome.regressed, outcome.sources, outcome.looked)


def _say(done: WatchRound, *, as_json: bool) -> None:
    """A line of JSON a round; for people only what is new."""
    if as_json:
        say_json(done, lines=True)
        return
    for key in done.opened:
        say(f"{key}  new")
    for key in done.regressed:
        say(f"{key}  is back")
    for source in done.sources:
        if source.fault:
            say(f"{source.source}  {source.fault}")
    for line in afterwards(done.looked):
        say(line)


async def _until(stop: asyncio.Event, work: Coroutine[object, object, T]) -> T | None:
    """The result of work, or None where a signal came first; the work is then ended cleanly."""
    task = asyncio.ensure_future(work)
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not task.done():
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return None
    return task.result()
