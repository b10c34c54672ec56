"""What becomes of good and bad drafts that a model over HTTP writes: the journal shows the right verdict each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from rootcase.core.agent import phases
from rootcase.core.agent.litellm_client import LitellmClient
from rootcase.core.config.settings import ModelSettings
from rootcase.core.model.entries import AnotherAsked, CausePinned, ClaimMarked, PlanMade, ToolCalled
from rootcase.core.model.errors import BudgetExceeded
from rootcase.core.review.stage import base_texts, review

Bench = Any
RED = "from shop.pricing import quote\n\n\ndef test_currency():\n    assert quote(['A-1']) == [(5, 'SEK')]\n"
PLAN = PlanMade("Keep it.", ("shop/catalog.py", "shop/pricing.py"), "tests/test_quote.py", "The loader.")
ROW = 'return row["amount"], row["currency"]'
FIX = ("shop/catalog.py", '"amount": row["amount"]}', '"amount": row["amount"], "currency": row["currency"]}')
GUARD = ("shop/pricing.py", ROW, 'return row["amount"], row.get("currency", "SEK")')
SWALLOW = (
    "shop/pricing.py", f"    {ROW}\n",
    f'    try:\n        {ROW}\n    except KeyError:\n        return row["amount"], "SEK"\n',
)  # fmt: skip
OLD_TEST = 'def test_rows_are_found_by_sku():\n    assert load_prices(["A-1"])["A-1"]["amount"] == 5\n'
DELETION = ("tests/test_quote.py", OLD_TEST, "")


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-scripted-0123456789")


async def played(
    openai: ModuleType, bench: Bench, phase: Any, replies: Sequence[Any], act: Any = None
) -> Any:
    """Run a phase with those replies. act: done before the second of them is answered."""
    said = list(replies)

    def script(request: Any) -> Any:
        return said.pop(0)

    with openai.ScriptedOpenAI(script) as server:
        settings = ModelSettings(
            fast="openai/scripted",
            strong="openai/scripted",
            api_base=server.url,
            prices={"openai/scripted": (1.0, 2.0)},
        )
        client = LitellmClient(settings, retry_delays_s=())
        if act is not None:
            client = Watched(client, act)  # type: ignore[assignment]
        bodies = await bench.run(phase, client)
    return bodies, server.requests


class Watched:
    """A client that lets something happen while its first answer is on its way."""

    def __init__(self, inner: Any, act: Any) -> None:
        self._inner, self._act, self._done = inner, act, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def complete(self, request: Any, on_text: Any) -> Any:
        answer = await self._inner.complete(request, on_text)
        if not self._done:
            self._done = True
            await self._act()
        return answer


async def drafted(openai: ModuleType, bench: Bench, *edits: tuple[str, str, str]) -> None:
    """Red, patched with those edits, green, reviewed."""
    call, reply = openai.Call, openai.Reply
    if bench.case.plan is None:
        await bench.recorder.record(PLAN)
    if bench.case.draft is None or bench.case.another:
        write = call("edit", {"path": "tests/test_quote.py", "search": "", "replace": RED})
        done = call("done", {"summary": "red"})
        await played(openai, bench, phases.reproduce, [reply("", [write, call("run_tests"), done])])
    changes = [call("edit", {"path": path, "search": old, "replace": new}) for path, old, new in edits]
    done = call("done", {"summary": "green"})
    await played(openai, bench, phases.patch, [reply("", [*changes, call("run_tests"), done])])
    draft = bench.case.draft
    texts = await base_texts(bench.repository, draft)
    async for body in review(bench.case, texts, bench.settings.guardrails, draft.number):
        await bench.recorder.record(body)


@pytest.mark.parametrize(
    ("edits", "verdict", "check"),
    [
        ((FIX,), "offer", ""),
        ((GUARD,), "hold", "default at the crash site"),
        ((SWALLOW,), "hold", "guard at the symptom"),
        ((FIX, DELETION), "refuse", "deletes the test"),
    ],
    ids=["good", "guard", "swallow", "deleted test"],
)
async def test_review_says_what_a_draft_is_worth(
    openai: ModuleType, bench: Bench, edits: tuple[tuple[str, str, str], ...], verdict: str, check: str
) -> None:
    await drafted(openai, bench, *edits)
    assert bench.case.review_verdict == verdict, bench.case.findings
    if check:
        told = " ".join(f"{f.check} {f.text}" for f in bench.case.findings if f.severity != "info").lower()
        assert check in told


async def test_a_hallucinated_quote_and_a_wrong_place_support_nothing(
    openai: ModuleType, bench: Bench
) -> None:
    def claim(text: str, evidence: str, quote: str) -> Any:
        cites = [{"evidence": evidence, "quote": quote}]
        return openai.Call(
            "claim", {"text": text, "role": "cause", "status": "supported", "citations": cites}
        )

    wrong = [
        claim("It caches.", "shop/settings.py:1", "PRICE_CACHE = True"),
        claim("It sleeps.", "shop/nap.py:3", "zzz"),
    ]
    right = claim("The loader drops it.", "shop/catalog.py:8", '"amount": row["amount"]}')
    replies = [
        openai.Reply("", [*wrong, right]),
        openai.Reply("", [*wrong, openai.Call("done", {"summary": "s"})]),
    ]
    await played(openai, bench, phases.investigate, replies)
    assert {claim.text: claim.status for claim in bench.case.claims} == {
        "The loader drops it.": "supported", "It caches.": "assumed", "It sleeps.": "assumed",
    }  # fmt: skip


async def test_a_budget_that_ends_in_a_phase_stops_before_the_next_call(
    openai: ModuleType, bench: Bench
) -> None:
    bench.control.attended = False
    read = openai.Reply("", [openai.Call("read_file", {"path": "shop/catalog.py"})], usage=(9000, 400))
    bench.budget.settings = replace(bench.settings.budget, usd=0.03)
    with pytest.raises(BudgetExceeded, match="is reached"):
        await played(openai, bench, phases.investigate, [read] * 9)
    settled, held, _ = await bench.recorder.store.spent(bench.case.key)
    assert 0 < settled <= 0.03 and held == 0 and bench.case.warned[0].what == "dollars"
    assert [c.tool for c in bench.case.phases[-1].tools] == ["read_file"] * bench.case.spent.steps


async def test_a_mark_and_a_pin_in_the_middle_reach_the_model_and_hold_its_plan(
    openai: ModuleType, bench: Bench
) -> None:
    call, reply = openai.Call, openai.Reply
    claims = [
        call("claim", {"text": text, "role": "cause", "status": "assumed"})
        for text in ("The cache.", "The retry.")
    ]
    await played(openai, bench, phases.investigate, [reply("", [*claims, call("done", {"summary": "s"})])])

    async def speak() -> None:
        await bench.say(ClaimMarked("k1", "refuted", "it is off"), CausePinned("k2"))

    plan = {"summary": "s", "cause": "c", "files": ["shop/catalog.py"], "test_file": "tests/test_quote.py"}
    tries = [{**plan, "claims": ["k1"]}, {**plan, "claims": []}, {**plan, "claims": ["[k2]"]}]
    bodies, requests = await played(
        openai,
        bench,
        phases.plan,
        [reply("I plan."), *(reply("", [call("plan", one)]) for one in tries)],
        speak,
    )
    heard = requests[1].text("user")
    assert (
        'k1 ("The cache."): marked refuted: it is off' in heard
        and 'k2 ("The retry."): pinned as the cause' in heard
    )
    told = [body.result for body in bodies if isinstance(body, ToolCalled)]
    assert (
        "it rests on k1, which is refuted" in told[0] and "the engineer says that k2 is the cause" in told[1]
    )
    assert bench.case.plan.claims == ("k2",) and bench.case.replan == ""


async def test_another_draft_is_written_beside_the_first_and_told_of_it(
    openai: ModuleType, bench: Bench
) -> None:
    await drafted(openai, bench, FIX)
    await bench.say(AnotherAsked(1, "smaller"))
    await bench.recorder.look()
    _, requests = await played(
        openai,
        bench,
        phases.reproduce,
        [openai.Reply("", [openai.Call("give_up", {"reason": "never asked"})])],
    )
    assert requests == [], "the first draft's test is kept, and costs nothing"
    other = openai.Call("edit", {"path": FIX[0], "search": FIX[1], "replace": "**row}"})
    done = [openai.Call("run_tests"), openai.Call("done", {"summary": "green"})]
    _, requests = await played(openai, bench, phases.patch, [openai.Reply("", [other, *done])])
    brief = requests[0].text("user")
    assert (
        "Draft 1 stands, and the engineer wants to see another way" in brief
        and "another draft: smaller" in brief
    )
    assert [draft.number for draft in bench.case.standing] == [1, 2] and bench.case.draft.number == 2
