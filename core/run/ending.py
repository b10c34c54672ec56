"""Ends a run in the middle of a step: the system told the process to, or a stop is not heard in time."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rootcase.core.model.entries import StopAsked
from rootcase.core.run.control import RunControl

SIGNALS = (signal.SIGTERM, signal.SIGHUP)
LOOK_S = 0.5
# A step looks by itself between its calls; only a long call, such as a test run that hangs, is broken off.
PATIENCE_S = 2.0


class Ending:
    """Cancels the run's task once. told: why it was cancelled, "" while it was not."""

    def __init__(self, task: asyncio.Task[object]) -> None:
        self.told = ""
        self._task = task

    def now(self, why: str) -> None:
        if not self.told:
            self.told = why
            self._task.cancel()

    def taken(self) -> bool:
        """Whether the cancellation was this one's; then it is over, and the run may end in its own words."""
        return bool(self.told) and self._task.uncancel() == 0


@asynccontextmanager
async def ending(control: RunControl) -> AsyncIterator[Ending]:
    """Listens to signals and to StopAsked while the run's steps go on."""
    task = asyncio.current_task()
    assert task is not None
    end = Ending(task)
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, end.now, "The process was told to end; everything so far is kept.")
    watching = asyncio.create_task(_watch(control, end))
    try:
        yield end
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        for number in SIGNALS:
            loop.remove_signal_handler(number)


async def _watch(control: RunControl, end: Ending) -> None:
    """Breaks a step off that does not hear a stop; never between a write outside and its record."""
    recorder = control.recorder
    seen = recorder.case.seq
    asked_s = -1.0
    while True:
        await asyncio.sleep(LOOK_S)
        # A cursor of its own: the recorder is folded by the task that is watched, and by nobody else.
        for entry in await recorder.store.entries(recorder.key, after=seen):
            seen = entry.seq
            asked_s = 0.0 if isinstance(entry.body, StopAsked) else asked_s
        asked_s += LOOK_S if asked_s >= 0 else 0.0
        sending = any(effect.state == "intended" for effect in recorder.case.effects)
        if asked_s > PATIENCE_S and not sending:
            end.now("You stopped it; everything so far is kept.")
