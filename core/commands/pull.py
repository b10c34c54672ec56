"""`rootcase pull CASE [--address]`: the checks and reviews of its pull request, read now; --address hands them on."""

from __future__ import annotations

import argparse
import os

from rootcase.core.commands.casefile import folded, opened, resolved
from rootcase.core.commands.output import say, say_json
from rootcase.core.config.load import Loaded
from rootcase.core.model.case import Case
from rootcase.core.model.errors import UsageError

GLYPHS = {"passed": "√", "failed": "×", "running": "►", "skipped": "–"}
VERDICTS = {"approved": "approves", "changes": "asks for changes", "remark": "says"}


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.desk import actor_of
    from rootcase.core.model.addressing import addressing, to_address, why_not_address
    from rootcase.core.pipeline.house import House
    from rootcase.core.pipeline.pulls import open_pull, read_pull

    environment = dict(os.environ)
    async with opened(loaded) as store:
        key = await resolved(store, args.case)
        case = await folded(store, key)
        if not open_pull(case) and case.pull is None:
            raise UsageError(f"{key} has no pull request", "None was sent.", "p opens what would be.")
        async with House(loaded, store, environment) as house:
            bodies = [body async for body in read_pull(case, house)]
        if bodies:
            await store.append(key, bodies, actor="rootcase")
        case = await folded(store, key)
        handed = len(to_address(case))
        if args.address:
            if why := why_not_address(case):
                raise UsageError(f"There is nothing to address in {key}", f"{why}.", "")
            await store.append(key, addressing(case), actor=actor_of(environment))
    if args.json:
        say_json(
            {
                "schema": "rootcase.pull/1",
                "case": key,
                "pull": case.pull,
                "addressed": handed if args.address else 0,
            }
        )
    else:
        _say(case)
        if args.address:
            say(f"{handed} remarks steer the next draft: rootcase run {key}")
    return 0


def _say(case: Case) -> None:
    pull = case.pull
    if pull is None:
        return
    draft = ", draft" if pull.draft else ""
    say(f"{case.key}  {pull.shown} {pull.state}{draft}  {pull.url}")
    for check in pull.checks:
        say(f"  {GLYPHS[check.state]} {check.name}: {check.state}{', required' if check.required else ''}")
    for remark in pull.remarks:
        who = f"{remark.author}{'' if remark.writes else ' (may not write)'}"
        where = f" at {remark.place}" if remark.place else ""
        say(f"  {who} {VERDICTS[remark.verdict]}{where}: {' '.join(remark.text.split())[:200]}".rstrip(": "))
    for unread in pull.unread:
        say(f"  ! not read: {unread}")
