"""Start the screen: the one named call from core to the TUI."""

from __future__ import annotations

import argparse
import os

from rootcase.core.commands.output import complain
from rootcase.core.config.load import load
from rootcase.core.model.errors import RootcaseError


def start(arguments: list[str]) -> int:
    """Open the screen, at a case where one is named; returns the exit code."""
    parser = argparse.ArgumentParser(prog="rootcase", add_help=False)
    parser.add_argument("case", nargs="?", default="")
    parser.add_argument("--config", default="")
    parser.add_argument("--store", default="")
    args = parser.parse_args(arguments)
    try:
        loaded = load(os.environ, config=args.config, store=args.store)
        from rootcase.tui.start import start as start_screen

        return start_screen(loaded, dict(os.environ), case=args.case)
    except RootcaseError as fault:
        complain(fault)
        return fault.exit_code
