"""`rootcase sync`: read all sources once; new error classes become cases, gated and mapped."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import os
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from rootcase.core.commands.casefile import opened
from rootcase.core.commands.output import say, say_json, table, warn
from rootcase.core.config.load import Loaded
from rootcase.core.model.errors import ConfigError
from rootcase.core.safety.text import clean_line

if TYPE_CHECKING:
    from rootcase.core.journal.store import SourceState
    from rootcase.core.pipeline.outcomes import Looked, SourceOutcome, SyncOutcome

LOCK = "sync.lock"
WAIT_S = 0.2


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.pipeline.pulls import read_pulls
    from rootcase.core.pipeline.sync import sync

    needs_sources(loaded)
    async with alone_in(loaded.folders.state, wait=not args.due) as alone:
        if not alone:
            return 0  # another process is reading, and what it reads is what is due
        progress = Progress(quiet=args.json)
        async with opened(loaded) as store:
            outcome = await sync(
                loaded, store, environment=dict(os.environ), only=args.source, due=args.due,
                reconcile=args.reconcile, tell=progress.source, tell_map=progress.mapping,
            )  # fmt: skip
            await read_pulls(loaded, store, environment=dict(os.environ), due=args.due)
        progress.end()
    if args.json:
        say_json(outcome)
    else:
        _say(outcome)
    if any(s.fault for s in outcome.sources):
        return 1 if all(s.fault for s in outcome.sources) else 6
    return 6 if any(s.partial for s in outcome.sources) else 0


def needs_sources(loaded: Loaded) -> None:
    """ConfigError where there is nothing to read."""
    from rootcase.core.pipeline.configured import CAPTURES

    if not loaded.settings.sources and not (loaded.folders.state / CAPTURES).is_dir():
        raise ConfigError(
            "No source is configured",
            f"{loaded.file or loaded.folders.config / 'config.yaml'} names none under `sources`.",
            "Add one (README, “Your own Sentry”), or try rootcase demo.",
        )


@contextlib.asynccontextmanager
async def alone_in(state: Path, *, wait: bool) -> AsyncIterator[bool]:
    """Whether no other sync of this store's folder is under way; wait: until it has ended, so that none reads twice.

    The lock dies with its process.
    """
    with _lock_file(state) as file:
        told = False
        while not (alone := _locked(file)) and wait:
            if not told:
                warn("rootcase: another sync is reading; this one follows it")
                told = True
            await asyncio.sleep(WAIT_S)
        yield alone


def _lock_file(state: Path) -> IO[str]:
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    return (state / LOCK).open("a", encoding="utf-8")


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _say(outcome: SyncOutcome) -> None:
    heads = ("source", "signals", "new", "changed", "regressed", "gone", "merged", "events", "state")
    rows = [
        (
            s.source, f"{s.signals:,}", f"{s.new:,}", f"{s.changed:,}", f"{s.regressed:,}", f"{s.gone:,}",
            f"{s.merged:,}", f"{s.events:,}", _state(s),
        )
        for s in outcome.sources
    ]  # fmt: skip
    say(table(rows, heads))
    parts = [f"{len(outcome.opened)} new", f"{outcome.changed} changed"]
    parts += [f"{len(outcome.regressed)} regressed"] if outcome.regressed else []
    parts += [f"{len(outcome.joined)} joined by a page"] if outcome.joined else []
    parts += [f"{len(outcome.merged)} merged"] if outcome.merged else []
    say(", ".join(parts) + ".")
    for line in afterwards(outcome.looked):
        say(line)
    for source in outcome.sources:
        if source.limited:
            say(f"{source.source}: {source.limited}")
        if source.note:
            say(f"{source.source}: {source.note}")
        if source.hint:
            say(f"{source.source}: {source.hint}")


def afterwards(looked: Sequence[Looked]) -> list[str]:
    """What is new of sent pull requests, and which could not be looked at; a line each."""
    out = [f"{each.case}  {each.said}" for each in looked if each.news]
    return out + [f"{each.case}  could not be looked at: {each.fault}" for each in looked if each.fault]


def _state(source: SourceOutcome) -> str:
    if source.skipped:
        return f"{source.fault}; {source.skipped}"
    return source.fault or source.partial or ("reconciled" if source.reconciled else "complete")


class Progress:
    """One line on stderr that grows while sources are read; only where somebody looks at a terminal."""

    def __init__(self, *, quiet: bool) -> None:
        self._on = not quiet and sys.stderr.isatty()
        self._read: dict[str, str] = {}
        self._shown = ""

    def source(self, state: SourceState) -> None:
        of = f" of {state.total:,}" if state.total > state.read else ""
        self._read[state.source] = f"{state.source} {state.read:,}{of}"
        self._show("   ".join(self._read.values()))

    def mapping(self, done: int, total: int) -> None:
        self._show(f"mapping {done:,} of {total:,} new cases")

    def end(self) -> None:
        self._show("")

    def _show(self, text: str) -> None:
        if self._on and text != self._shown:
            self._shown = text
            sys.stderr.write("\r\x1b[2K" + clean_line(text))
            sys.stderr.flush()
