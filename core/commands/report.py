"""`rootcase report CASE`: everything a post-mortem needs, as JSON, Markdown or one page of HTML."""

from __future__ import annotations

import argparse
import sys

from rootcase.core.commands.casefile import fetched, folded, opened
from rootcase.core.commands.output import say, say_json
from rootcase.core.config.load import Loaded


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    async with opened(loaded) as store:
        case = await folded(store, await fetched(loaded, store, args.case))
    if args.json or args.format == "json":
        from rootcase.core.report.facts import report

        say_json(report(case))
    elif args.format == "html":
        from rootcase.core.report.page import page

        sys.stdout.write(page(case))
    else:
        from rootcase.core.report.markdown import markdown

        say(markdown(case).rstrip())
    return 0
