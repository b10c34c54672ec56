"""The part of the fold that keeps runs, their phases, what they spent, and what humans asked of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rootcase.core.model.case import Caps, PhaseRecord, Run, RunState, Spent
from rootcase.core.model.entries import (
    BudgetRaised,
    BudgetWarned,
    ClaimMade,
    Entry,
    HookRan,
    ModelCalled,
    PauseAsked,
    PhaseEnded,
    PhaseRestarted,
    PhaseStarted,
    ResumeAsked,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    Steered,
    StopAsked,
    ToolCalled,
)

if TYPE_CHECKING:
    from rootcase.core.journal.fold_parts import Table

INTERRUPTED = "interrupted"


class _Clock:
    """Seconds that a run was at work: from its start to its last sign of life, pauses left out."""

    def __init__(self) -> None:
        self.total_us = 0
        self._since = 0
        self.last_sign_us = 0

    def start(self, at_us: int) -> None:
        if not self._since:
            self._since = self.last_sign_us = at_us

    def sign(self, at_us: int) -> None:
        if self._since:
            self.last_sign_us = at_us

    def stop(self) -> None:
        if self._since:
            self.total_us += max(0, self.last_sign_us - self._since)
        self._since = 0

    def running_us(self) -> int:
        return self.total_us + (max(0, self.last_sign_us - self._since) if self._since else 0)


class _OpenPhase:
    """A phase being recorded; frozen anew only when it has changed."""

    def __init__(self, record: PhaseRecord) -> None:
        self.base = record
        self.tools: list[ToolCalled] = []
        self.claims: dict[str, None] = {}
        self._frozen: PhaseRecord | None = None

    def change(self, record: PhaseRecord) -> None:
        self.base = record
        self._frozen = None

    def called(self, tool: ToolCalled) -> None:
        self.tools.append(tool)
        self._frozen = None

    def claimed(self, claim: str) -> None:
        self.claims[claim] = None
        self._frozen = None

    def frozen(self) -> PhaseRecord:
        if self._frozen is None:
            self._frozen = replace(self.base, tools=tuple(self.tools), claims=tuple(self.claims))
        return self._frozen


class Runs:
    """ended_seq: the entry that ended the latest run, 0 while there is none or it is live."""

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._phases: list[_OpenPhase] = []
        self._spent = Spent()
        self._clock = _Clock()
        self._trace = ""
        self.caps = Caps()
        self.warned: dict[str, BudgetWarned] = {}
        self.hooks: list[HookRan] = []
        self.steering: list[str] = []
        self.pause_asked = self.stop_asked = False
        self.ended_seq = 0
        self.investigate_again_us = 0

    def table(self) -> Table:
        return {
            RunStarted: self._started, RunPaused: self._paused, RunResumed: self._resumed, RunEnded: self._ended,
            PhaseStarted: self._phase_started, PhaseEnded: self._phase_ended, ToolCalled: self._tool,
            ModelCalled: self._model, ClaimMade: self._claim, Steered: self._steered, PauseAsked: self._pause_asked,
            ResumeAsked: self._resume_asked, StopAsked: self._stop_asked, BudgetRaised: self._raised,
            BudgetWarned: self._warned, HookRan: self._hook, PhaseRestarted: self._restarted,
        }  # fmt: skip

    @property
    def live(self) -> bool:
        """Whether a run is under way or paused."""
        return bool(self._runs) and self._runs[-1].state != "ended"

    def runs(self) -> tuple[Run, ...]:
        return tuple(self._runs)

    def phases(self) -> tuple[PhaseRecord, ...]:
        return tuple([phase.frozen() for phase in self._phases])

    def spent(self) -> Spent:
        return replace(self._spent, seconds=self._clock.running_us() / 1e6)

    def _started(self, entry: Entry, body: RunStarted) -> None:
        if self.live:  # the process before died without a word
            self._close("failed", "its process is gone", 1, self._clock.last_sign_us)
            self.pause_asked = self.stop_asked = False
        self._runs = [run for run in self._runs if run.id != body.run]
        self._runs.append(
            Run(body.run, body.trace, body.until, body.host, body.pid, body.sandbox, entry.at_us)
        )
        self._trace = entry.trace
        self.ended_seq = 0
        self._clock.start(entry.at_us)

    def _paused(self, entry: Entry, body: RunPaused) -> None:
        self.pause_asked = False
        self._clock.sign(entry.at_us)
        self._clock.stop()
        self._change_state(body.run, "paused", body.because)

    def _resumed(self, entry: Entry, body: RunResumed) -> None:
        self.pause_asked = False
        self._go_on(entry, body.run)

    def _resume_asked(self, entry: Entry, body: ResumeAsked) -> None:
        """A human's word is enough: the waiting process reads it here and goes on."""
        self.pause_asked = False
        if self._runs and self._runs[-1].state == "paused":
            self._go_on(entry, self._runs[-1].id)

    def _go_on(self, entry: Entry, run: str) -> None:
        if self._change_state(run, "running", ""):
            self._clock.start(entry.at_us)

    def _change_state(self, run: str, state: RunState, because: str) -> bool:
        if not self.live or self._runs[-1].id != run:
            return False
        self._runs[-1] = replace(self._runs[-1], state=state, because=because)
        return True

    def _ended(self, entry: Entry, body: RunEnded) -> None:
        if not self.live or self._runs[-1].id != body.run:
            return
        by_itself = entry.trace == self._trace
        if by_itself:
            self._clock.sign(entry.at_us)
        ended_us = entry.at_us if by_itself else self._clock.last_sign_us
        self._close(body.outcome, body.because, body.exit_code, ended_us)
        self.pause_asked = self.stop_asked = False
        self.ended_seq = entry.seq

    def _close(self, outcome: str, because: str, exit_code: int, at_us: int) -> None:
        self._clock.stop()
        self._runs[-1] = replace(
            self._runs[-1],
            state="ended",
            outcome=outcome,
            because=because,
            exit_code=exit_code,
            ended_us=at_us,
        )
        self._interrupt_phases(at_us)

    def _interrupt_phases(self, at_us: int) -> None:
        for phase in self._phases:
            if not phase.base.ended_us:
                phase.change(replace(phase.base, ended_us=at_us, summary=INTERRUPTED))

    def _phase_started(self, entry: Entry, body: PhaseStarted) -> None:
        self._life(entry)
        self._interrupt_phases(entry.at_us)
        self._phases.append(
            _OpenPhase(PhaseRecord(body.phase, body.draft, body.round, body.model, entry.at_us))
        )
        self.steering.clear()

    def _phase_ended(self, entry: Entry, body: PhaseEnded) -> None:
        self._life(entry)
        phase = self._phase(body.phase)
        if phase is not None:
            phase.change(replace(phase.base, ended_us=entry.at_us, ok=body.ok, summary=body.summary))

    def _tool(self, entry: Entry, body: ToolCalled) -> None:
        self._life(entry)
        phase = self._phase(body.phase)
        if phase is not None:
            phase.called(body)

    def _model(self, entry: Entry, body: ModelCalled) -> None:
        self._life(entry)
        spent, tokens = self._spent, body.input_tokens + body.output_tokens
        self._spent = Spent(
            spent.usd + body.cost_usd, spent.input_tokens + body.input_tokens,
            spent.output_tokens + body.output_tokens, spent.steps + 1,
        )  # fmt: skip
        phase = self._phase(body.phase)
        if phase is not None:
            base = phase.base
            phase.change(replace(base, cost_usd=base.cost_usd + body.cost_usd, tokens=base.tokens + tokens))

    def _claim(self, entry: Entry, body: ClaimMade) -> None:
        if self._phases and not self._phases[-1].base.ended_us:
            self._phases[-1].claimed(body.claim.id)

    def _phase(self, name: str) -> _OpenPhase | None:
        return next((phase for phase in reversed(self._phases) if phase.base.phase == name), None)

    def _life(self, entry: Entry) -> None:
        self._clock.sign(entry.at_us)

    def _restarted(self, entry: Entry, body: PhaseRestarted) -> None:
        if body.phase == "investigate":
            self.investigate_again_us = entry.at_us

    def _steered(self, entry: Entry, body: Steered) -> None:
        self.steering.append(body.text)

    def _pause_asked(self, entry: Entry, body: PauseAsked) -> None:
        """Asked of the run under way; without one there is nothing to pause, now or later."""
        self.pause_asked = self.live

    def _stop_asked(self, entry: Entry, body: StopAsked) -> None:
        self.stop_asked = self.live

    def _raised(self, entry: Entry, body: BudgetRaised) -> None:
        caps = self.caps
        self.caps = Caps(
            body.usd or caps.usd,
            body.minutes or caps.minutes,
            body.steps or caps.steps,
            body.tokens or caps.tokens,
        )
        self.warned = {what: warned for what, warned in self.warned.items() if what == "price"}

    def _warned(self, entry: Entry, body: BudgetWarned) -> None:
        self.warned[body.what] = body

    def _hook(self, entry: Entry, body: HookRan) -> None:
        self.hooks.append(body)
