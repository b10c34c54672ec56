"""`rootcase merge A B`: one bug, one case; B's journal goes on for both."""

from __future__ import annotations

import argparse
from os import environ

from rootcase.core.commands.casefile import folded, opened, resolved
from rootcase.core.commands.output import say, say_json
from rootcase.core.config.load import Loaded


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.desk import Desk

    async with opened(loaded) as store:
        desk = Desk(loaded, store, environ)
        gone, into = await resolved(store, args.case), await resolved(store, args.into)
        await desk.merge(gone, into, args.reason)
        kept = await folded(store, await store.standing(into))
    if args.json:
        say_json(
            {"schema": "rootcase.merge/1", "merged": gone, "into": kept.key, "signals": len(kept.signals)}
        )
    else:
        say(f"{gone} is part of {kept.key} now: {len(kept.signals)} signals. Its next events follow.")
        say(f"Take it back: rootcase unmerge {kept.key} {gone}")
    return 0
