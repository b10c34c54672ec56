"""Start the screen: the one named call from core to the TUI."""

from __future__ import annotations

import argparse
import asyncio
import os

from rootcase.core.config.load import Loaded, load
from rootcase.core.model.errors import RootcaseError


def start(arguments: list[str]) -> int:
    """Open the screen, at a case where one is named, fetched first where only a source knows it; the exit code."""
    parser = argparse.ArgumentParser(prog="rootcase", add_help=False)
    parser.add_argument("case", nargs="?", default="")
    parser.add_argument("--config", default="")
    parser.add_argument("--store", default="")
    args = parser.parse_args(arguments)
    try:
        loaded = load(os.environ, config=args.config, store=args.store)
        case = asyncio.run(_found(loaded, args.case)) if args.case else ""
        from rootcase.tui.start import start as start_screen

        return start_screen(loaded, dict(os.environ), case=case, name="" if case else args.case)
    except RootcaseError as fault:
        from rootcase.core.commands.output import complain
        from rootcase.tui.first_line import take_back_first_line

        take_back_first_line()
        complain(fault)
        return fault.exit_code


async def _found(loaded: Loaded, name: str) -> str:
    """The case's key, for a key, a fingerprint or a source's id; "" for what a source may know and we do not yet.

    UsageError lists the cases where no source can be asked, or the name can only be a case.
    """
    from rootcase.core.commands.casefile import is_key, known, opened, resolved

    async with opened(loaded) as store:
        if loaded.settings.sources and not is_key(name):
            return await known(store, name) or ""
        return await resolved(store, name)
