"""`rootcase fetch URL|ID`: the case of a page at any configured source, read now where no sync has seen it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from rootcase.core.commands.casefile import folded, known, opened
from rootcase.core.commands.output import say, warn
from rootcase.core.config.load import Loaded
from rootcase.core.model.errors import RootcaseError

SCHEMA = "rootcase.fetch/1"


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    """With --json one line of JSON for each thing there is to say; the last one has the case, or the fault."""
    from rootcase.core.pipeline.named import fetch

    tell: Callable[[str], None] = _line if args.json else warn
    try:
        async with opened(loaded) as store:
            key = await known(store, args.case) or await fetch(
                loaded, store, args.case, environment=dict(os.environ), tell=tell
            )
            title = (await folded(store, key)).title
    except RootcaseError as fault:
        if not args.json:
            raise
        _json(
            {"schema": SCHEMA, "case": "", "title": fault.title, "detail": fault.detail, "hint": fault.hint}
        )
        return fault.exit_code
    if args.json:
        _json({"schema": SCHEMA, "case": key, "title": title})
    else:
        say(f"{key}  {title}")
    return 0


def _line(words: str) -> None:
    _json({"schema": SCHEMA, "says": words})


def _json(value: dict[str, str]) -> None:
    import json

    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()
