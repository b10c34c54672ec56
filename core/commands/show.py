"""`rootcase show CASE`: the case as text, for a terminal without room for the screen."""

from __future__ import annotations

import argparse

from rootcase.core.commands.casefile import fetched, folded, opened
from rootcase.core.commands.output import say, say_json
from rootcase.core.config.load import Loaded
from rootcase.core.report.facts import report
from rootcase.core.report.markdown import markdown


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    async with opened(loaded) as store:
        case = await folded(store, await fetched(loaded, store, args.case))
    if args.json:
        say_json(report(case))
    else:
        say(markdown(case).rstrip())
    return 0
