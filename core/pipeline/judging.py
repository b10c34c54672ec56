"""The judge on a patch that is no case of the store: its spend still counts against the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rootcase.core.agent import phases
from rootcase.core.agent.connect import connect
from rootcase.core.agent.deps import Deps
from rootcase.core.agent.roles import needs_consent
from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import BudgetSettings
from rootcase.core.config.tokens import own_secrets
from rootcase.core.journal.open import open_store
from rootcase.core.journal.store import Store
from rootcase.core.model.case import Case
from rootcase.core.model.draft_entries import Judged
from rootcase.core.model.errors import BudgetExceeded, ModelError
from rootcase.core.model.events import Event
from rootcase.core.model.ports import Repository, Reservation
from rootcase.core.pipeline.reviewing import Still
from rootcase.core.safety.redact import Redactor


class DayBudget:
    """The `Budget` port by the store: this patch's cap and the day's; nobody is asked for more."""

    def __init__(self, store: Store, key: str, caps: BudgetSettings) -> None:
        self._store, self._key, self._caps = store, key, caps

    async def reserve(self, *, usd: float, tokens: int) -> Reservation:
        return await self._store.reserve(
            self._key, usd=usd, tokens=tokens, case_cap_usd=self._caps.usd, day_cap_usd=self._caps.day_usd,
            token_cap=self._caps.tokens,
        )  # fmt: skip

    async def settle(self, reservation: Reservation, *, usd: float, tokens: int) -> None:
        await self._store.settle(reservation, usd=usd, tokens=tokens)


async def judged(
    case: Case,
    loaded: Loaded,
    repository: Repository,
    events: Sequence[Event],
    environment: Mapping[str, str],
) -> Judged:
    """The judge's word on a case's draft; where it cannot be had, `none` with why."""
    assert case.draft is not None
    draft, models = case.draft, loaded.settings.models
    if needs_consent(models):
        return Judged(draft.number, draft.digest, "none", reason="models: {consent: true} is not set.")
    redactor = Redactor.of_environment(environment, own_secrets(loaded.settings, environment))
    store = await open_store(loaded.settings.store, state=loaded.folders.state)
    try:
        deps = Deps(
            settings=loaded.settings, repository=repository, model=connect(models, redactor, environment),
            budget=DayBudget(store, f"review-{draft.digest[:12]}", loaded.settings.budget),
            control=Still(case), redactor=redactor, samples=tuple(events),
            fingerprinter=DefaultFingerprinter(loaded.settings),
        )  # fmt: skip
        said = [body async for body in phases.judge(case, deps) if isinstance(body, Judged)]
        return said[-1]
    except (ModelError, BudgetExceeded) as fault:
        return Judged(draft.number, draft.digest, "none", reason=fault.title)
    finally:
        await store.close()
