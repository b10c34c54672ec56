"""`rootcase unmerge CASE SIGNAL`: a signal, or a case that was merged in, leaves and stays apart."""

from __future__ import annotations

import argparse
from os import environ

from rootcase.core.commands.casefile import opened, resolved
from rootcase.core.commands.output import say, say_json
from rootcase.core.config.load import Loaded


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.desk import Desk

    async with opened(loaded) as store:
        desk = Desk(loaded, store, environ)
        case = await store.standing(await resolved(store, args.case))
        to = await desk.unmerge(case, args.signal, args.reason)
    if args.json:
        say_json({"schema": "rootcase.unmerge/1", "case": case, "signal": args.signal, "to": to})
    else:
        say(f"{args.signal} left {case} for {to}. They stay apart, whatever the next events look like.")
        say(f"Take it back: rootcase merge {to} {case}")
    return 0
