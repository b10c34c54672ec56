"""A store with one case that has everything, for the benchmarks: the story that the screens' tests tell."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.entries import RunStarted
from tests.support import story

KEY = "C-412"
PIECE_S = 0.1


async def fill(path: Path, step: str) -> None:
    """Write the story up to a step."""
    store = await SqliteStore.open(path)
    first, *rest = story.entries(story.STEPS[step]())
    await store.open_case([first.body], actor=first.actor, aliases=["fp1:bench"])
    for entry in rest:
        await store.append(KEY, [entry.body], actor=entry.actor)
    await store.save_samples(KEY, [story.EVENT])
    await store.close()


async def stream(path: Path, tokens_per_s: int, seconds: float) -> None:
    """Hold the case as a run does, and publish what a model says in pieces as a run does."""
    store = await SqliteStore.open(path)
    assert await store.lease(KEY, "the benchmark") is not None
    await store.append(KEY, [RunStarted("bench", "cd" * 16, "propose", "here", 1)], actor="rootcase")
    end = time.monotonic() + seconds
    words = ("the", "currency", "of", "the", "row", "is", "asked", "for", "before", "it", "is", "loaded")
    said = 0
    while time.monotonic() < end:
        piece = [words[(said + n) % len(words)] for n in range(int(tokens_per_s * PIECE_S))]
        said += len(piece)
        await store.publish(KEY, "model", " ".join(piece) + " ")
        await asyncio.sleep(PIECE_S)
    await store.close()
