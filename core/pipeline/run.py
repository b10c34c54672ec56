"""One run of one case: takes the lease, asks for the next step, appends what its stage yields."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from contextlib import aclosing

import msgspec

from rootcase.core.config.load import Loaded
from rootcase.core.deliver.policy import approvable
from rootcase.core.journal.fold import fold
from rootcase.core.journal.store import Lease, Store
from rootcase.core.model.case import Case
from rootcase.core.model.delivery import ASIDE
from rootcase.core.model.entries import (
    DraftRebased,
    EffectFailed,
    Faulted,
    Outcome,
    Proposed,
    RunEnded,
    RunStarted,
    Until,
)
from rootcase.core.model.errors import (
    BudgetExceeded,
    GuardrailError,
    LeaseLost,
    ModelError,
    RepositoryError,
    RootcaseError,
    UsageError,
)
from rootcase.core.model.ports import StopRequested
from rootcase.core.pipeline.fresh import look_again
from rootcase.core.pipeline.house import House
from rootcase.core.pipeline.rebasing import may_move, rebased
from rootcase.core.pipeline.stages import stage_for
from rootcase.core.pipeline.takeover import leave_word
from rootcase.core.report.facts import report
from rootcase.core.run.budget import CaseBudget
from rootcase.core.run.control import RunControl
from rootcase.core.run.ending import ending
from rootcase.core.run.hooks import run_hook
from rootcase.core.run.mitigation import next_mitigation
from rootcase.core.run.recorder import Recorder
from rootcase.core.run.steps import End, Step, next_step, wants

SAME_STEP_LIMIT = 4
# Which steps end which stage, as `hooks` in config.yaml names it.
HOOK_OF = {
    "gate before": "gate", "gate after": "gate", "map": "map", "patch": "draft", "review": "review", "judge": "review",
    "prove": "prove", "propose": "propose", "deliver": "deliver",
}  # fmt: skip


async def run_case(
    loaded: Loaded,
    store: Store,
    key: str,
    until: Until,
    *,
    environment: dict[str, str],
    attended: bool,
    just_read: bool = False,
    revert: str = "",
) -> End:
    """Take the case until `until`; every end, a fault included, is an entry. UsageError while another run holds it.

    Args: just_read: the case's sources were read right before, and are not asked again. revert: a commit
    whose revert is drafted and proved, and nothing else is done.
    """
    lease = await store.lease(key, f"{socket.gethostname()}:{os.getpid()}")
    if lease is None:
        raise await _held(store, key)
    try:
        async with House(loaded, store, environment, just_read=just_read) as house:
            return await _Run(house, key, until, lease, attended=attended, revert=revert).go()
    finally:
        await store.release(lease)


class _Run:
    def __init__(
        self, house: House, key: str, until: Until, lease: Lease, *, attended: bool, revert: str = ""
    ) -> None:
        self.revert = revert
        self.stage = "gate"
        self.house = house
        self.until = until
        self.attended = attended
        self.id = secrets.token_hex(4)
        self.recorder = Recorder(
            house.store, key, trace=secrets.token_hex(16), lease=lease, redactor=house.redactor
        )
        self.control = RunControl(self.recorder, self.id, attended=attended)
        self.budget = CaseBudget(self.recorder, self.control, house.settings.budget)

    async def go(self) -> End:
        await self._begin()
        try:
            async with ending(self.control) as told:
                end = await self._steps()
        except StopRequested:
            end = End("stopped", "You stopped it; everything so far is kept.", 4)
        except asyncio.CancelledError:
            end = End("stopped", told.told or "The process was told to end.", 4)
            if not told.taken():
                await self._end(end)
                raise
        except LeaseLost:
            raise
        except BudgetExceeded as fault:
            end = await self._over_budget(fault)
        except GuardrailError as fault:
            end = await self._fault("guardrail", fault, "stopped")
        except ModelError as fault:
            end = await self._fault("agent", fault, "handed_over", exit_code=4)
        except RootcaseError as fault:
            end = await self._fault(self.stage, fault, "failed")
        except Exception as fault:
            await self._end(await self._fault(self.stage, _broken(self.stage, fault), "failed"))
            raise
        await self._end(end)
        return end

    async def _begin(self) -> None:
        await self.recorder.look()
        before = self.recorder.case.run
        resumed = before is not None and before.state != "ended"
        if before is not None and resumed:
            await self.recorder.record(RunEnded(before.id, "failed", "its process ended without a word", 1))
        runs_code = self.until not in ("gate", "map")
        tier = await self.house.sandbox_tier(self.recorder.case) if runs_code else ""
        await self.recorder.record(
            RunStarted(
                self.id, self.recorder.trace, self.until, socket.gethostname(), os.getpid(), tier, resumed
            )
        )

    async def _steps(self) -> End:
        """Step after step until there is an end; a step that changes nothing several times over is a fault."""
        last: Step | None = None
        repeats = 0
        proposed = False
        await self._leave_word()
        await self._look_again()
        while True:
            case = await self.control.checkpoint()
            if case.gate is not None:
                await self.house.limits(case)
                self.budget.settings = self.house.settings.budget
            if self.revert:
                step = next_mitigation(case, await self._reverted(case))
            else:
                step = next_step(
                    case, self.until, approvable=self._approvable(case), proposed=proposed,
                    judge=bool(self.house.settings.models.judge), opinion=self.house.settings.gate.second_opinion,
                )  # fmt: skip
            if isinstance(step, End):
                return step
            if step.name in ("propose", "deliver") and may_move(case):
                moved = await self._follow_base(case)
                if isinstance(moved, Faulted):
                    return End("handed_over", moved.title, 4)
                if moved is not None:
                    continue
            repeats = repeats + 1 if step == last else 0
            if repeats >= SAME_STEP_LIMIT:
                raise RootcaseError(
                    f"The step {step.name} does not get further", "It ran several times and changed nothing.",
                    "Read the case, steer, and start the run again.",
                )  # fmt: skip
            last, self.stage = step, step.name
            async with aclosing(stage_for(step, case, self.house, self.control, self.budget)) as bodies:
                async for body in bodies:
                    await self.recorder.record(body)
                    proposed = proposed or isinstance(body, Proposed)
                    if isinstance(body, EffectFailed) and body.kind not in ASIDE:
                        ended = "is queued" if body.queued else "failed"
                        return End("failed", f"{body.kind.replace('_', ' ')} {ended}: {body.why}", 1)
            await self._hooks(step)

    async def _follow_base(self, case: Case) -> DraftRebased | Faulted | None:
        """Nothing is sent that was proved on a branch as it is no more; None where it is as it was."""
        moved = await rebased(case, self.house)
        if moved is not None:
            await self.recorder.record(moved)
        return moved

    async def _hooks(self, step: Step) -> None:
        """The user's own commands after a stage; one that fails is recorded and stops nothing."""
        commands = getattr(self.house.loaded.settings.hooks, f"after_{HOOK_OF.get(step.name, '')}", ())
        if not commands:
            return
        text = msgspec.json.encode(report(self.recorder.case)).decode()
        for command in commands:
            ran = await run_hook(step.name, command, text, self.house.environment, self.house.redactor)
            await self.recorder.record(ran)

    async def _reverted(self, case: Case) -> str:
        """The full sha of the commit to take back."""
        sha = await (await self.house.repository(case)).resolve(self.revert)
        if sha is None:
            raise RepositoryError(
                f"{self.revert[:40]} is no commit of the repository", "Its revert was asked for.",
                "Give a suspect's sha as the case shows it.",
            )  # fmt: skip
        return sha

    async def _leave_word(self) -> None:
        """The comments that go with what a human took over, where they could not be left before."""
        async with aclosing(leave_word(self.recorder.case, self.house)) as bodies:
            async for body in bodies:
                await self.recorder.record(body)

    async def _look_again(self) -> None:
        """A case that waited or rested by the gate's own word: is that still so? And before anything is spent on
        another one: has somebody taken it meanwhile?"""
        case = self.recorder.case
        if case.gate is None or case.verdict_by.startswith("human:") or case.approved:
            return
        first_spend = wants(self.until, "draft") and not case.phases
        if case.verdict not in ("wait", "ignore") and not case.work_failed and not first_spend:
            return
        async with aclosing(look_again(case, self.house)) as bodies:
            async for body in bodies:
                await self.recorder.record(body)

    def _approvable(self, case: Case) -> bool:
        """Whether an unattended run may send this proposal by itself; deliver writes the rule down."""
        if self.attended or case.proposal is None:
            return False
        return bool(approvable(case, self.house.settings.policy))

    async def _over_budget(self, fault: BudgetExceeded) -> End:
        """What is known goes to a human: proposed, and sent where the configuration lets nobody be asked."""
        end = await self._fault("budget", fault, "budget")
        if not wants(self.until, "propose"):
            return end
        try:
            await self._do(Step("propose", f"{fault.title}. {fault.detail}".strip()))
            if self._approvable(self.recorder.case):
                await self._do(Step("deliver"))
        except RootcaseError as broken:
            await self._fault("deliver", broken, "budget")
        return end

    async def _do(self, step: Step) -> None:
        """One step outside of the order."""
        async with aclosing(
            stage_for(step, self.recorder.case, self.house, self.control, self.budget)
        ) as bodies:
            async for body in bodies:
                await self.recorder.record(body)

    async def _fault(self, stage: str, fault: RootcaseError, outcome: Outcome, *, exit_code: int = 0) -> End:
        await self.recorder.record(Faulted(stage, fault.title, fault.detail, fault.hint))
        return End(outcome, fault.title, exit_code or fault.exit_code)

    async def _end(self, end: End) -> None:
        await self.recorder.record(RunEnded(self.id, end.outcome, end.because, end.exit_code))


async def _held(store: Store, key: str) -> UsageError:
    """Who has it and where: one acts, the others watch."""
    holder = await store.lease_holder(key)
    by = fold(await store.entries(key)).approved_by.removeprefix("human:")
    approved = f" {by} approved what it sends." if by else ""
    return UsageError(
        f"{key} is being worked on", f"A run of {holder or 'another process'} holds it.{approved}",
        "Open it to follow that run.",
    )  # fmt: skip


def _broken(stage: str, fault: Exception) -> RootcaseError:
    """A mistake of ours: said on the screen, and raised on so that the log has all of it."""
    return RootcaseError(
        f"{stage} broke",
        f"{type(fault).__name__}: {fault}",
        "The log of the run has the details; t tries again.",
    )
