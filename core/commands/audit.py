"""`rootcase audit verify`: is every journal's chain sound, as far as this store can tell."""

from __future__ import annotations

import argparse

from rootcase.core.commands.casefile import opened, resolved
from rootcase.core.commands.output import say, say_json
from rootcase.core.config.load import Loaded


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    async with opened(loaded) as store:
        key = await resolved(store, args.case) if args.case else ""
        faults = await store.verify(key)
    if args.json:
        say_json({"schema": "rootcase.audit/1", "sound": not faults, "faults": faults})
    elif faults:
        say("\n".join(faults))
    else:
        say(
            "Every entry follows from the one before. Whether entries were cut off at the end shows only "
            "against a head hash kept elsewhere: each pull request, ticket and report carries one."
        )
    return 1 if faults else 0
