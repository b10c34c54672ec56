"""`rootcase take CASE [REASON]`: take over what somebody else has, with a comment where they will see it."""

from __future__ import annotations

import argparse
import os

from rootcase.core.commands.casefile import folded, opened, resolved
from rootcase.core.commands.output import say, say_json, warn
from rootcase.core.config.load import Loaded
from rootcase.core.model.errors import UsageError


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.desk import actor_of
    from rootcase.core.model.taking import holding, taking
    from rootcase.core.pipeline.house import House
    from rootcase.core.pipeline.takeover import leave_word

    environment = dict(os.environ)
    async with opened(loaded) as store:
        key = await resolved(store, args.case)
        case = await folded(store, key)
        if not args.pending:
            held = holding(case)
            if held is None:
                raise UsageError(
                    f"Nobody else has {key}", "It waits for no one's work.", f"rootcase show {key}"
                )
            await store.append(key, taking(case, held, " ".join(args.reason)), actor=actor_of(environment))
            case = await folded(store, key)
        async with House(loaded, store, environment) as house:
            async for body in leave_word(case, house):
                await store.append(key, [body], actor="rootcase")
        case = await folded(store, key)
    owed = [e for e in case.effects if ":take:" in e.key and e.state != "done"]
    if args.json:
        say_json({"schema": "rootcase.take/1", "case": key, "taken": case.takings, "owed": owed})
    else:
        for took in case.takings[-1:]:
            say(f"{key}  {took.what} is yours now")
            say(
                f"  said at {took.where} {took.id}: {took.text}"
                if took.kind
                else "  nobody could be told there"
            )
        for effect in owed:
            warn(f"rootcase: {effect.target}: {effect.why}")
    return 1 if owed else 0
