"""`rootcase cases`: the inbox as a table or as JSON."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Literal

from rootcase.core.commands.output import say, say_json, table
from rootcase.core.config.load import Loaded
from rootcase.core.journal.open import open_store
from rootcase.core.journal.store import InboxRow

SCHEMA: Literal["rootcase.cases/1"] = "rootcase.cases/1"


@dataclass(frozen=True, slots=True)
class CasesListing:
    """The inbox as it is printed and published, in the order of the inbox."""

    schema: Literal["rootcase.cases/1"]
    cases: tuple[InboxRow, ...]


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    store = await open_store(loaded.settings.store, state=loaded.folders.state)
    try:
        rows = await store.inbox()
    finally:
        await store.close()
    if args.json:
        say_json(CasesListing(SCHEMA, tuple(rows)))
    elif not rows:
        say("No case yet. rootcase sync reads your sources; rootcase demo needs none.")
    else:
        heads = ("case", "prio", "state", "verdict", "events", "users", "evidence", "title")
        cells = [
            (r.key, r.priority, r.state, r.verdict, str(r.events), str(r.users), r.ladder, r.title)
            for r in rows
        ]
        say(table(cells, heads))
    return 0
