"""What humans want of a live run: pause, stop, steer, raise; read from the journal between steps."""

from __future__ import annotations

import asyncio

from rootcase.core.model.case import Case
from rootcase.core.model.entries import RunPaused, RunResumed
from rootcase.core.model.errors import BudgetExceeded
from rootcase.core.model.ports import StopRequested
from rootcase.core.run.recorder import Recorder

POLL_S = 0.1


class RunControl:
    """The `Control` port over a recorder. attended: a human is there to answer a pause for the budget."""

    def __init__(self, recorder: Recorder, run: str, *, attended: bool) -> None:
        self.recorder = recorder
        self.run = run
        self.attended = attended

    async def checkpoint(self) -> Case:
        """Waits while paused; StopRequested once somebody asked to stop; else the fresh case."""
        await self.recorder.look()
        case = self.recorder.case
        if case.stop_asked:
            raise StopRequested
        if case.pause_asked:
            await self.pause("you asked for it")
        return self.recorder.case

    async def pause(self, because: str) -> None:
        """Record the pause and wait for a human's word: go on, or stop."""
        caps = self.recorder.case.caps
        await self.recorder.record(RunPaused(self.run, because))
        while True:
            await asyncio.sleep(POLL_S)
            if not await self.recorder.look():
                continue
            case = self.recorder.case
            if case.stop_asked:
                raise StopRequested
            resumed = case.run is not None and case.run.state == "running"
            if resumed or case.caps != caps:
                break
        if self.recorder.case.run and self.recorder.case.run.state == "paused":
            await self.recorder.record(RunResumed(self.run))

    async def ask_for_budget(self, fault: BudgetExceeded) -> None:
        """At a cap: pause and ask where somebody is there, else the fault goes on up."""
        if not self.attended:
            raise fault
        await self.pause(f"{fault.title}. {fault.detail}".strip())

    async def publish(self, channel: str, text: str) -> None:
        await self.recorder.store.publish(self.recorder.key, channel, text)
