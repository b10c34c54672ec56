"""`rootcase run CASE`: the headless run, the only thing that runs an agent, tests or a delivery."""

from __future__ import annotations

import argparse
import os

from rootcase.core import report
from rootcase.core.commands.casefile import folded, opened, resolved
from rootcase.core.commands.output import say, say_json, warn
from rootcase.core.config.load import Loaded


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.pipeline.run import run_case

    async with opened(loaded) as store:
        key = await resolved(store, args.case)
        end = await run_case(
            loaded,
            store,
            key,
            "prove" if args.revert else args.until,
            environment=dict(os.environ),
            attended=args.attended,
            revert=args.revert,
        )
        case = await folded(store, key)
    if args.json:
        say_json(report.report(case))
    else:
        say(f"{key}  {case.title}")
        say(f"{end.outcome}: {end.because}")
        for fault in (fault for fault in case.faults[-1:] if fault.title == end.because):
            warn(f"  why   {fault.detail}\n  next  {fault.hint}")
    return end.exit_code
