"""The judge on a patch that is no case of the store: its spend still counts against the day."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence

from rootcase.core.agent import phases
from rootcase.core.agent.connect import connect
from rootcase.core.agent.deps import Deps
from rootcase.core.agent.roles import needs_consent
from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import BudgetSettings
from rootcase.core.config.tokens import own_secrets
from rootcase.core.journal.merges import STORE_JOURNAL
from rootcase.core.journal.open import open_store
from rootcase.core.journal.store import Store
from rootcase.core.model.case import Case
from rootcase.core.model.draft_entries import Judged
from rootcase.core.model.errors import BudgetExceeded, ModelError
from rootcase.core.model.events import Event
from rootcase.core.model.ports import Repository, Reservation
from rootcase.core.pipeline.reviewing import Still
from rootcase.core.safety.redact import Redactor


class LookBudget:
    """The `Budget` port of one look: its own caps here, the day's in the store; nobody is asked for more."""

    def __init__(self, store: Store, caps: BudgetSettings) -> None:
        self._store, self._caps = store, caps
        self._usd, self._tokens = 0.0, 0

    async def reserve(self, *, usd: float, tokens: int) -> Reservation:
        if self._usd + usd > self._caps.usd or self._tokens + tokens > self._caps.tokens:
            raise BudgetExceeded(
                f"The cap of ${self._caps.usd:.2f} and {self._caps.tokens:,} tokens is reached",
                f"The next call may cost ${usd:.4f} and {tokens:,} tokens.", "Raise budget in config.yaml.",
            )  # fmt: skip
        held = await self._store.reserve(
            STORE_JOURNAL, usd=usd, tokens=tokens, case_cap_usd=math.inf, day_cap_usd=self._caps.day_usd,
            token_cap=sys.maxsize,
        )  # fmt: skip
        self._usd, self._tokens = self._usd + usd, self._tokens + tokens
        return held

    async def settle(self, reservation: Reservation, *, usd: float, tokens: int) -> None:
        self._usd, self._tokens = (
            self._usd - reservation.usd + usd,
            self._tokens - reservation.tokens + tokens,
        )
        await self._store.settle(reservation, usd=usd, tokens=tokens)


async def judged(
    case: Case,
    loaded: Loaded,
    repository: Repository,
    events: Sequence[Event],
    environment: Mapping[str, str],
) -> Judged:
    """The judge's word on a case's draft; where it cannot be had, `none` with why. What was asked and spent is in the
    journal for what belongs to no case."""
    assert case.draft is not None
    draft, models = case.draft, loaded.settings.models
    if needs_consent(models):
        return Judged(draft.number, draft.digest, "none", reason="models: {consent: true} is not set.")
    redactor = Redactor.of_environment(environment, own_secrets(loaded.settings, environment))
    store = await open_store(loaded.settings.store, state=loaded.folders.state)
    try:
        deps = Deps(
            settings=loaded.settings, repository=repository, model=connect(models, redactor, environment),
            budget=LookBudget(store, loaded.settings.budget),
            control=Still(case), redactor=redactor, samples=tuple(events),
            fingerprinter=DefaultFingerprinter(loaded.settings),
        )  # fmt: skip
        said = Judged(draft.number, draft.digest, "none", reason="The judge gave no judgement.")
        async for body in phases.judge(case, deps):
            await store.append(STORE_JOURNAL, [body], actor="rootcase")
            said = body if isinstance(body, Judged) else said
        return said
    except (ModelError, BudgetExceeded) as fault:
        return Judged(draft.number, draft.digest, "none", reason=fault.title)
    finally:
        await store.close()
