"""`rootcase act CASE ACT`: acknowledge, assign, snooze, resolve, their opposites and a note, at the case's sources."""

from __future__ import annotations

import argparse
import os
import secrets
import time

from rootcase.core.commands.casefile import fetched, folded, opened
from rootcase.core.commands.output import say, say_json, warn
from rootcase.core.config.load import Loaded
from rootcase.core.model.errors import UsageError

PENDING = "pending"


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.desk import actor_of
    from rootcase.core.model.acts import to_do
    from rootcase.core.model.intents import Wish, intended, told, why_not_case
    from rootcase.core.pipeline.acting import able, carry_out
    from rootcase.core.posting import note_text

    environment = dict(os.environ)
    async with opened(loaded) as store:
        key = await fetched(loaded, store, args.case)
        asked = args.asked
        if args.act != PENDING:
            can = await able(loaded, environment)
            case = await folded(store, key)
            asked = secrets.token_hex(4)
            until_us = time.time_ns() // 1000 + round(args.hours * 3600e6) if args.act == "snooze" else 0
            text = note_text(case) if args.act == "note" else ""
            wish = Wish(args.act, args.assignee, args.release, until_us, text)
            if args.act == "note" and not text:
                raise UsageError(f"{key} has no note yet", "", f"rootcase run {key} --until map writes one.")
            bodies = intended(case, wish, can, asked)
            if not bodies:
                raise UsageError(f"Cannot {args.act} {key}", f"{why_not_case(case, args.act, can)}.", "")
            await store.append(key, bodies, actor=actor_of(environment))
        records = await carry_out(loaded, store, key, environment=environment, asked=asked)
        case = await folded(store, key)
    failed = [record for record in records if record.state == "failed"]
    done = [record for record in records if record.state == "done"]
    if args.json:
        say_json({"schema": "rootcase.act/1", "case": key, "acts": records})
    else:
        say(f"{key}  {told(done, case)}" if done else f"{key}  nothing was changed")
        for record in done:
            if record.why:
                say(f"  {record.source}: {record.why}")
        for record in failed:
            warn(f"rootcase: {record.source} did not {to_do(record.act)} {record.signal_id}: {record.why}")
    return 0 if not failed else 6 if done else 1
