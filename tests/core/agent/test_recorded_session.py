"""A recorded session drives every phase; each tool, test and edit runs for real."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rootcase.core.agent import phases
from rootcase.core.agent.recording import read_recording
from rootcase.core.agent.replay import ReplayClient
from rootcase.core.model.entries import DraftAbandoned, DraftStarted, DraftWritten, ModelCalled, ToolCalled
from rootcase.core.model.proofs import Finding

SESSION = Path(__file__).with_name("session.yaml")
Bench = Any


def replay() -> ReplayClient:
    return ReplayClient(read_recording(SESSION), pace=0)


async def to_draft(bench: Bench) -> None:
    for phase in (phases.investigate, phases.plan, phases.reproduce, phases.patch):
        await bench.run(phase, replay())


async def test_investigation_yields_claims_that_a_program_checked(bench: Bench) -> None:
    bodies = await bench.run(phases.investigate, replay())
    claims = {claim.role: claim for claim in bench.case.claims}
    assert claims["cause"].status == "supported"
    assert claims["other"].status == "refuted"
    assert claims["scope"].status == "assumed"
    cited = {item.id: item for item in bench.case.evidence}
    code, commit = (cited[citation.evidence] for citation in claims["cause"].citations)
    assert code.path == "shop/catalog.py" and (code.line, code.end_line) == (6, 8)
    assert code.text.startswith("def load_prices(skus):\n")
    assert commit.kind == "commit" and "Load price rows in bulk" in commit.label
    assert all(body.ok for body in bodies if isinstance(body, ToolCalled))
    record = next(p for p in bench.case.phases if p.phase == "investigate")
    assert record.ok and record.summary.startswith("The bulk loader")
    assert "(recorded)" in record.model


async def test_tools_answer_from_the_real_repository(bench: Bench) -> None:
    bodies = await bench.run(phases.investigate, replay())
    results = {body.tool: body.result for body in bodies if isinstance(body, ToolCalled)}
    assert "release 1.1.0 at" in results["read_file"]
    assert "shop/catalog.py:6-8" in results["symbol"]
    assert '-    return {row["sku"]: dict(row)' in results["diff_window"]
    assert "shop/settings.py:1: PRICE_CACHE = False" in results["search"]
    assert "Load price rows in bulk" in results["blame"]
    assert "price_for" in results["trace"]


async def test_a_plan_names_files_and_the_reproduction_is_red_with_the_production_error(bench: Bench) -> None:
    for phase in (phases.investigate, phases.plan):
        await bench.run(phase, replay())
    assert bench.case.plan.files == ("shop/catalog.py", "shop/pricing.py")
    bodies = await bench.run(phases.reproduce, replay())
    draft = bench.case.draft
    assert draft.number == 1 and draft.base_commit == bench.case.code.head_commit
    assert draft.test_ids == ("tests/test_currency.py::test_a_quote_keeps_the_currency_of_its_item",)
    assert [state.hunk.test for state in draft.hunks] == [True]
    ran = next(b for b in bodies if isinstance(b, ToolCalled) and b.tool == "run_tests")
    assert "KeyError: 'currency'" in ran.result and "the production error, same fingerprint" in ran.result


async def test_the_patch_is_the_worktrees_change_and_the_test_is_green(bench: Bench) -> None:
    await to_draft(bench)
    draft = bench.case.draft
    assert [(s.hunk.path, s.hunk.test) for s in draft.hunks] == [
        ("shop/pricing.py", False), ("tests/test_currency.py", True),
    ]  # fmt: skip
    assert draft.hunks[0].hunk.new == ('    return row["amount"], row.get("currency", "SEK")\n',)
    assert not (await bench.workspace.run_tests(draft.test_ids)).failed


async def test_a_second_round_keeps_the_test_and_reads_the_findings(bench: Bench) -> None:
    await to_draft(bench)
    await bench.recorder.record(
        DraftAbandoned(1, "Review stopped it: it returns a default at the crash site")
    )
    bodies = await bench.run(phases.reproduce, replay())
    assert not [body for body in bodies if isinstance(body, ModelCalled)]
    assert [type(b) for b in bodies if isinstance(b, DraftStarted | DraftWritten)] == [
        DraftStarted,
        DraftWritten,
    ]
    assert bench.case.draft.number == 2 and bench.case.draft.test_ids
    await bench.run(phases.patch, replay())
    assert bench.case.draft.hunks[0].hunk.path == "shop/catalog.py"
    await bench.run(phases.explain, replay())
    draft = bench.case.draft
    assert bench.case.title_of_change == "Keep the currency when prices are loaded in bulk"
    assert dict(draft.sentences)["h1"] == "Keeps the currency of each row." and draft.risk
    assert [d.number for d in bench.case.drafts if d.abandoned] == [1]


async def test_a_test_that_review_blocked_is_not_kept(bench: Bench) -> None:
    await to_draft(bench)
    from rootcase.core.model.entries import Reviewed

    finding = Finding("x1", "weakened test", "block", "h2", "The test asserts nothing.")
    await bench.recorder.record(Reviewed(1, bench.case.draft.digest, 1, (finding,), "refuse"))
    await bench.recorder.record(DraftAbandoned(1, "Review stopped it"))
    bodies = await bench.run(phases.reproduce, replay())
    assert [body for body in bodies if isinstance(body, ModelCalled)]


async def test_what_a_recorded_call_cost_is_counted_and_shown(bench: Bench) -> None:
    bodies = await bench.run(phases.investigate, replay())
    first = next(body for body in bodies if isinstance(body, ModelCalled))
    assert (first.input_tokens, first.output_tokens, first.estimated) == (2000, 80, False)
    assert first.cost_usd == pytest.approx(2000 * 0.4e-6 + 80 * 1.6e-6)
    settled, held, _ = await bench.recorder.store.spent(bench.case.key)
    assert settled == pytest.approx(bench.case.spent.usd) and held == 0


async def test_a_phase_killed_half_way_starts_again_with_a_fresh_context(bench: Bench) -> None:
    stage = phases.investigate(bench.case, bench.deps(replay()))
    seen = 0
    async for body in stage:
        await bench.recorder.record(body)
        seen += isinstance(body, ModelCalled)
        if seen == 3:  # in the middle of its claims
            break
    await stage.aclose()
    before = len(bench.case.claims)
    await bench.run(phases.investigate, replay())
    assert before <= 1 and len(bench.case.claims) == 3
    assert [p.ok for p in bench.case.phases if p.phase == "investigate"] == [None, True]


async def test_claims_made_again_after_a_kill_keep_their_ids(bench: Bench) -> None:
    await bench.run(phases.investigate, replay())
    ids = [claim.id for claim in bench.case.claims]
    await bench.run(phases.investigate, replay())
    assert [claim.id for claim in bench.case.claims] == ids == ["k1", "k2", "k3"]
