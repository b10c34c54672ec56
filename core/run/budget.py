"""The caps of a case and of the day, checked by code before each model call."""

from __future__ import annotations

from rootcase.core.config.settings import BudgetSettings
from rootcase.core.model.case import Case
from rootcase.core.model.entries import BudgetWarned
from rootcase.core.model.errors import BudgetExceeded
from rootcase.core.model.ports import Reservation
from rootcase.core.run.control import RunControl
from rootcase.core.run.recorder import Recorder

WARN_AT = 0.8
RAISE_HINT = "Raise the cap with $ on the Draft screen, or budget in config.yaml."


class CaseBudget:
    """The `Budget` port. Dollars and tokens are held in the store; steps and minutes are the case's own.

    settings: the caps in force; a repository's own limits may lower them once it has been opened.
    """

    def __init__(self, recorder: Recorder, control: RunControl, settings: BudgetSettings) -> None:
        self.settings = settings
        self._recorder = recorder
        self._control = control

    @property
    def cap_usd(self) -> float:
        return self._recorder.case.caps.usd or self.settings.usd

    @property
    def cap_minutes(self) -> float:
        return self._recorder.case.caps.minutes or self.settings.minutes

    @property
    def cap_tokens(self) -> int:
        return self._recorder.case.caps.tokens or self.settings.tokens

    @property
    def cap_steps(self) -> int:
        return self._recorder.case.caps.steps or self.settings.steps

    async def reserve(self, *, usd: float, tokens: int) -> Reservation:
        """Hold a call's worst case; at a cap it pauses and asks, or raises BudgetExceeded unattended."""
        while True:
            try:
                self._check_time_and_steps()
                reservation = await self._recorder.store.reserve(
                    self._recorder.key, usd=usd, tokens=tokens, case_cap_usd=self.cap_usd,
                    day_cap_usd=self.settings.day_usd, token_cap=self.cap_tokens,
                )  # fmt: skip
            except BudgetExceeded as fault:
                await self._control.ask_for_budget(fault)
                continue
            return reservation

    async def settle(self, reservation: Reservation, *, usd: float, tokens: int) -> None:
        await self._recorder.store.settle(reservation, usd=usd, tokens=tokens)
        await self._warn()

    async def _warn(self) -> None:
        """Say once, for each cap, that most of it is used."""
        store, case = self._recorder.store, self._recorder.case
        usd, held, tokens = await store.spent(case.key or self._recorder.key)
        minutes, day = case.spent.seconds / 60, await store.spent_today()
        said = {warning.what for warning in case.warned}
        near = [
            BudgetWarned(what, text)
            for what, used, cap, text in (
                ("dollars", usd + held, self.cap_usd, f"${usd + held:.2f} of ${self.cap_usd:.2f} are used"),
                (
                    "today",
                    day,
                    self.settings.day_usd,
                    f"${day:.2f} of today's ${self.settings.day_usd:.2f} are used",
                ),
                (
                    "tokens",
                    tokens,
                    self.cap_tokens,
                    f"{tokens:,} of {self.cap_tokens:,} tokens are used",
                ),
                (
                    "steps",
                    case.spent.steps,
                    self.cap_steps,
                    f"{case.spent.steps} of {self.cap_steps} steps are used",
                ),
                (
                    "minutes",
                    minutes,
                    self.cap_minutes,
                    f"{minutes:.0f} of {self.cap_minutes:g} minutes are used",
                ),
            )
            if what not in said and cap and used >= WARN_AT * cap
        ]
        if near:
            await self._recorder.record(*near)

    def _check_time_and_steps(self) -> None:
        case: Case = self._recorder.case
        if case.spent.steps >= self.cap_steps:
            raise BudgetExceeded(
                f"The cap of {self.cap_steps} steps is reached",
                f"{case.spent.steps} model calls so far.",
                RAISE_HINT,
            )
        minutes = case.spent.seconds / 60
        if minutes >= self.cap_minutes:
            raise BudgetExceeded(
                f"The cap of {self.cap_minutes:g} minutes is reached",
                f"{minutes:.1f} minutes so far.",
                RAISE_HINT,
            )
