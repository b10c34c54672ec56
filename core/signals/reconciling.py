"""The truth about signals we hold, in few requests: one listing first, then a look at each it did not show."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing

from rootcase.core.model.signals import Signal
from rootcase.core.signals.protocol import Batch

# Single looks in one pass; what is left over is said.
LOOKS = 50

# Signals, and what was cut of them, in words.
Page = tuple[tuple[Signal, ...], str]
Look = Callable[[str], Awaitable[Signal | None]]


async def settle(known: Sequence[str], listing: AsyncGenerator[Page], look: Look) -> AsyncIterator[Batch]:
    """Batches with the present state of `known`.

    Args: listing: pages of signals with what was cut, in words. look: one signal, None where it is gone.
    Only a look decides that a signal is gone: a listing may be cut, or hide what has been resolved.
    """
    left = dict.fromkeys(known)
    async with aclosing(listing) as pages:
        async for signals, partial in pages:
            mine = tuple({each.id: each for each in signals if each.id in left}.values())
            for signal in mine:
                del left[signal.id]
            if mine or partial:
                yield Batch(mine, "", partial)
            if not left:
                return
    found: list[Signal] = []
    gone: list[str] = []
    for signal_id in list(left)[:LOOKS]:
        seen = await look(signal_id)
        if seen is None:
            gone.append(signal_id)
        else:
            found.append(seen)
    over = len(left) - LOOKS
    cut = f"{over} older signals were not looked at this time" if over > 0 else ""
    yield Batch(tuple(found), "", cut, gone=tuple(gone))
