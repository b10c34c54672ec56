"""`rootcase watch`: sync and look at sent pull requests, round after round; no terminal needed, no run is started.

Each round is a `rootcase sync` of its own: one that fails, or is killed, ends nothing but itself.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import time
from dataclasses import dataclass
from typing import Literal

from rootcase.core.commands.casefile import opened, resolved
from rootcase.core.commands.output import say, say_json
from rootcase.core.commands.sync import afterwards, needs_sources
from rootcase.core.config.load import Loaded
from rootcase.core.model.errors import UsageError
from rootcase.core.pipeline.outcomes import Looked, SourceOutcome, SyncOutcome

SCHEMA: Literal["rootcase.watch/1"] = "rootcase.watch/1"
LEAST_S = 1.0
# A round that was told to end has so long; everything it wrote so far stays, however it ends.
PATIENCE_S = 10.0


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
    if args.case:
        return await _named(args, loaded)
    needs_sources(loaded)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    every_s = args.interval or loaded.settings.interface.refresh_s or 60.0
    while True:
        done = await _round(loaded, stop, due=not args.once)
        if done is not None:
            _say(done, as_json=args.json)
        if args.once:
            return _code(done)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(stop.wait(), every_s)
        if stop.is_set():
            return 0


def _code(done: WatchRound | None) -> int:
    """As a sync's: 6 where a source was not read whole, 1 where none was."""
    if done is None or done.fault or (done.sources and all(source.fault for source in done.sources)):
        return 1
    return 6 if any(source.fault or source.partial for source in done.sources) else 0


async def _named(args: argparse.Namespace, loaded: Loaded) -> int:
    """Look at these cases once, as the screen's key does."""
    from rootcase.core.pipeline.watching.rounds import look_at_sent

    async with opened(loaded) as store:
        keys = [await resolved(store, name) for name in args.case]
        looked = await look_at_sent(loaded, store, environment=dict(os.environ), only=keys)
    if args.json:
        say_json(WatchRound(SCHEMA, time.time_ns() // 1000, looked=looked))
        return 6 if any(each.fault for each in looked) else 0
    for each in looked:
        say(f"{each.case}  {each.said}" + (f"  ({each.fault})" if each.fault else ""))
    for key in keys:
        if key not in {each.case for each in looked}:
            say(f"{key}  no pull request of it is out, or a run has it")
    return 6 if any(each.fault for each in looked) else 0


async def _round(loaded: Loaded, stop: asyncio.Event, *, due: bool) -> WatchRound | None:
    """Read what is due and look at what was sent, in a process of its own; None where it was told to end."""
    at_us = time.time_ns() // 1000
    flags = ["--config", str(loaded.file)] if loaded.file else []
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "rootcase.core.cli", "sync", "--json", *(["--due"] if due else []), *flags,
        "--store", loaded.settings.store, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    read = asyncio.ensure_future(child.communicate())
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait({read, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not read.done():
        await _ended(child, read)
        return None
    return _told(at_us, (await read)[0], child.returncode)


async def _ended(child: asyncio.subprocess.Process, read: asyncio.Future[tuple[bytes, bytes]]) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    await asyncio.wait({read}, timeout=PATIENCE_S)
    if not read.done():
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await read


def _told(at_us: int, output: bytes, code: int | None) -> WatchRound:
    """What a sync printed; nothing where another process is reading, which looks as well."""
    import msgspec

    if not output.strip():
        return WatchRound(SCHEMA, at_us, fault="" if code == 0 else f"the sync ended with {code}")
    outcome = msgspec.json.decode(output, type=SyncOutcome)
    return WatchRound(SCHEMA, at_us, outcome.opened, outcome.regressed, outcome.sources, outcome.looked)


def _say(done: WatchRound, *, as_json: bool) -> None:
    """A line of JSON a round; for people only what is new."""
    if as_json:
        say_json(done, lines=True)
        return
    lines = [f"{key}  new" for key in done.opened] + [f"{key}  is back" for key in done.regressed]
    lines += [f"{source.source}  {source.fault}" for source in done.sources if source.fault]
    for line in (*lines, *afterwards(done.looked)):
        say(line)
    sys.stdout.flush()
