"""`rootcase run CASE`: the headless run, the only thing that runs an agent, tests or a delivery."""

from __future__ import annotations

import argparse
import os

from rootcase.core.commands.casefile import fetched, folded, opened
from rootcase.core.commands.output import say, say_json, warn
from rootcase.core.config.load import Loaded
from rootcase.core.desk import actor_of
from rootcase.core.journal.store import Store
from rootcase.core.model.entries import Body, PhaseRestarted, Steered
from rootcase.core.model.errors import UsageError
from rootcase.core.report.facts import report


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.pipeline.run import run_case

    async with opened(loaded) as store:
        key = await _case(args, loaded, store)
        await _told(args, store, key)
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
        say_json(report(case))
    else:
        say(f"{key}  {case.title}")
        say(f"{end.outcome}: {end.because}")
        for fault in (fault for fault in case.faults[-1:] if fault.title == end.because):
            warn(f"  why   {fault.detail}\n  next  {fault.hint}")
    return end.exit_code


async def _told(args: argparse.Namespace, store: Store, key: str) -> None:
    """What the engineer says with the command itself; not to a run of somebody else that is under way."""
    said: list[Body] = [Steered(args.steer.strip())] if args.steer.strip() else []
    said += [PhaseRestarted(args.restart, args.steer.strip())] if args.restart else []
    if not said:
        return
    if await store.lease_holder(key):
        raise UsageError(
            f"{key} is being worked on",
            "Its run would be told to go back under its own feet.",
            "Stop it first.",
        )
    await store.append(key, said, actor=actor_of(os.environ))


async def _case(args: argparse.Namespace, loaded: Loaded, store: Store) -> str:
    """The case that is named, or the one that a diagnosis is about."""
    if args.rca:
        from rootcase.core.pipeline.rca import diagnosed

        incident = args.incident or args.case
        return await diagnosed(loaded, store, incident, args.rca, environment=dict(os.environ), tell=warn)
    name = args.case or args.incident
    if not name:
        raise UsageError("Which case?", "", "rootcase run CASE, or rootcase run --incident ID --rca TEXT")
    return await fetched(loaded, store, name)
