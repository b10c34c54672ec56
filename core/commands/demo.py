"""`rootcase demo`: the sample incidents for real, in the screen or unattended."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial

from rootcase.core.commands.casefile import folded, opened
from rootcase.core.commands.output import say, say_json, warn
from rootcase.core.config.load import Loaded, load
from rootcase.core.demo import Demo, named, set_up, stop_forges
from rootcase.core.model.errors import RootcaseError, UsageError
from rootcase.core.report.facts import report
from rootcase.core.report.markdown import markdown


async def main(args: argparse.Namespace, loaded: Loaded) -> int | Callable[[], int]:
    if not args.headless and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("The demo's screen needs a terminal", "", "rootcase demo --headless INCIDENT --json")
    where = args.folder or tempfile.mkdtemp(prefix="rootcase-demo-")
    demo = await asyncio.to_thread(set_up, where, dict(os.environ))
    os.environ.update(demo.environment)
    inner = load(demo.environment, store=args.store)
    if args.headless:
        try:
            return await _headless(args, demo, inner)
        finally:
            stop_forges(demo)
    warn("rootcase demo: two repositories, their remotes and a local forge are being built …")
    await _sync(inner)
    return partial(_screen, demo)


async def _sync(loaded: Loaded) -> None:
    from rootcase.core.pipeline.sync import sync

    async with opened(loaded) as store:
        await sync(loaded, store, environment=dict(os.environ))


async def _headless(args: argparse.Namespace, demo: Demo, loaded: Loaded) -> int:
    from rootcase.core.pipeline.run import run_case

    incident = named(demo, args.headless)
    await _sync(loaded)
    async with opened(loaded) as store:
        rows = [row for row in await store.inbox() if row.service == incident.service]
        if not rows:
            raise RootcaseError(
                f"{incident.name} gave no case", "Its events were not read.", "rootcase sync --json"
            )
        end = await run_case(
            loaded, store, rows[0].key, "propose", environment=dict(os.environ), attended=False
        )
        case = await folded(store, rows[0].key)
    if args.json:
        say_json(report(case))
    else:
        say(markdown(case))
    warn(f"kept in {demo.folder}; rootcase demo --folder {demo.folder} opens it")
    return end.exit_code


def _screen(demo: Demo) -> int:
    from rootcase.tui.start import start

    code = start(load(demo.environment), demo.environment)
    say(f"Kept in {demo.folder}. To go on: rootcase demo --folder {demo.folder}")
    return code
