"""`rootcase stats`: which rules of the gate humans overrule."""

from __future__ import annotations

import argparse

from rootcase.core.commands.casefile import opened
from rootcase.core.commands.output import say, say_json, table
from rootcase.core.config.load import Loaded
from rootcase.core.stats import of_rules


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    async with opened(loaded) as store:
        keys = [row.key for row in await store.inbox()]
        rules = of_rules([await store.entries(key) for key in keys])
    if args.json:
        say_json({"schema": "rootcase.stats/1", "cases": len(keys), "rules": rules})
        return 0
    rows = [(rule.rule, str(rule.decided), str(rule.overruled)) for rule in rules]
    say(table(rows, ("rule", "decided", "overruled")) if rows else "No case was asked yet.")
    return 0
