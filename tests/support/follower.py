"""Follows one case's journal as a screen does, and prints what it sees: python follower.py STORE KEY."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from rootcase.core.journal.sqlite import SqliteStore


async def main(path: str, key: str) -> None:
    """One JSON line for each entry, until a run that ends after this started has ended."""
    store = await SqliteStore.open(Path(path))
    try:
        seen = await store.entries(key)
        begun = seen[-1].seq if seen else 0
        sys.stdout.write(json.dumps({"after": begun}) + "\n")
        sys.stdout.flush()
        async for batch in store.follow(key, after=begun):
            for entry in batch:
                line = {"seq": entry.seq, "kind": entry.kind, "hash": entry.hash, "batch": batch[0].seq}
                sys.stdout.write(json.dumps(line) + "\n")
                sys.stdout.flush()
            if any(entry.kind == "run_ended" for entry in batch):
                return
    finally:
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
