"""The budget says once that most of a cap is used, and says it again after the cap was raised."""

from __future__ import annotations

from pathlib import Path

from rootcase.core.config.settings import BudgetSettings
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.entries import BudgetRaised, BudgetWarned, CaseOpened, RunStarted
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.run.budget import CaseBudget
from rootcase.core.run.control import RunControl
from rootcase.core.run.recorder import Recorder


async def test_a_cap_that_is_nearly_used_is_said_once_until_it_is_raised(tmp_path: Path):
    store = await SqliteStore.open(tmp_path / "store.db")
    key = await store.open_case(
        [CaseOpened("", "x", "shop", Fingerprint(1, "ab" * 16))], actor="rootcase", aliases=["a"]
    )
    recorder = Recorder(store, key, trace="ab" * 16)
    await recorder.record(RunStarted("r1", "ab" * 16, "propose", "here", 1))
    budget = CaseBudget(recorder, RunControl(recorder, "r1", attended=True), BudgetSettings(usd=1.0))

    async def spend(usd: float) -> list[str]:
        held = await budget.reserve(usd=usd, tokens=10)
        await budget.settle(held, usd=usd, tokens=10)
        return [w.text for w in recorder.case.warned]

    assert await spend(0.5) == []
    assert await spend(0.35) == ["$0.85 of $1.00 are used"]
    await spend(0.05)
    said = [e for e in await store.entries(key) if isinstance(e.body, BudgetWarned)]
    assert len(said) == 1
    await recorder.record(BudgetRaised(usd=4.0), actor="human:ada")
    assert recorder.case.warned == ()
    assert await spend(0.1) == [] and await spend(2.5) == ["$3.50 of $4.00 are used"]
    await store.close()
