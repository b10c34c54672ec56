"""What a program demands before a phase may end, whatever the model says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from rootcase.core.agent import phases
from rootcase.core.agent.recording import RecordedCall, RecordedStep, Recording
from rootcase.core.agent.replay import ReplayClient
from rootcase.core.agent.tools.places import is_test
from rootcase.core.agent.tools.testing import cannot_run
from rootcase.core.model.entries import (
    DraftAbandoned,
    DraftStarted,
    DraftWritten,
    PlanMade,
    PlanWidened,
    ToolCalled,
)
from rootcase.core.model.errors import ModelError, RepositoryError
from rootcase.core.model.proofs import TestRun

Bench = Any
RED = "from shop.pricing import quote\n\n\ndef test_currency():\n    assert quote(['A-1']) == [(5, 'SEK')]\n"
OTHER_RED = "def test_currency():\n    assert {}['colour']\n"
FIX = {
    "path": "shop/catalog.py",
    "search": '"amount": row["amount"]}',
    "replace": '"amount": 5, "currency": row["currency"]}',
}
PLAN = PlanMade("Keep it.", ("shop/catalog.py",), "tests/test_currency.py", "The loader.")


def answers(phase: Any, *calls: tuple[str, dict[str, object]]) -> ReplayClient:
    """A model that makes one call an answer."""
    steps = tuple(RecordedStep(phase, calls=(RecordedCall(tool, arguments),)) for tool, arguments in calls)
    return ReplayClient(Recording("rootcase-recording/1", steps), pace=0)


def results(bodies: Sequence[Any]) -> list[str]:
    return [body.result for body in bodies if isinstance(body, ToolCalled)]


def plan_call(**changes: object) -> tuple[str, dict[str, object]]:
    plain = {
        "summary": "s",
        "cause": "c",
        "files": ["shop/catalog.py"],
        "test_file": "tests/test_currency.py",
    }
    return "plan", {**plain, **changes}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"files": ["shop/katalog.py"]}, "Near: shop/catalog.py"),
        ({"files": ["CODEOWNERS"]}, "protected by the rule CODEOWNERS"),
        ({"files": []}, "names no file"),
        (
            {"files": ["shop/catalog.py", "shop/pricing.py", "shop/settings.py", "shop/__init__.py"]},
            "4 files are more",
        ),
        ({"files": ["shop/catalog.py", "tests/test_quote.py"]}, "is a test"),
        ({"files": ["../etc/passwd"]}, "climbs"),
        ({"test_file": "shop/settings.py"}, "not where tests are"),
        ({"test_file": "tests/.env_test.py"}, "protected"),
    ],
)
async def test_a_plan_that_breaks_a_rule_goes_back(
    bench: Bench, changes: dict[str, object], why: str
) -> None:
    bodies = await bench.run(phases.plan, answers("plan", plan_call(**changes), plan_call()))
    assert why in results(bodies)[0] and bench.case.plan.files == ("shop/catalog.py",)


async def test_no_fix_is_a_plan_with_a_kind_and_a_reason(bench: Bench) -> None:
    await bench.run(
        phases.plan, answers("plan", ("no_fix", {"kind": "upstream", "reason": "The bank is down."}))
    )
    assert bench.case.plan.no_fix == "upstream: The bank is down." and not bench.case.plan.files


async def test_a_model_that_never_plans_well_is_named(bench: Bench) -> None:
    with pytest.raises(ModelError, match="No plan held"):
        await bench.run(phases.plan, answers("plan", *[plan_call(files=[])] * 6))
    assert bench.case.phases[-1].ok is False


async def test_a_reproduction_ends_only_when_it_is_red_for_the_right_reason(bench: Bench) -> None:
    await bench.recorder.record(PLAN)
    create = ("create", {"path": "tests/test_currency.py", "text": "def test_currency():\n    pass\n"})
    edit = (
        "edit",
        {"path": "tests/test_currency.py", "search": "    pass", "replace": "    assert {}['colour']"},
    )
    right = {"path": "tests/test_currency.py", "search": OTHER_RED, "replace": RED}
    done, run = ("done", {"summary": "red"}), ("run_tests", {})
    model = answers(
        "reproduce", done, ("create", {"path": "shop/new.py", "text": "x"}), create, done, run, done, edit, run, done,
        ("edit", right), run, done,
    )  # fmt: skip
    told = results(await bench.run(phases.reproduce, model))
    assert "no test was written" in told[0] and "may not be changed here" in told[1]
    assert "not run since" in told[3] and "no test of the file is red" in told[5]
    assert "not with the production error" in told[8] and "same fingerprint" in told[10]
    assert bench.case.draft.test_ids == ("tests/test_currency.py::test_currency",)


async def test_giving_up_the_reproduction_ends_the_draft_with_the_reason(bench: Bench) -> None:
    await bench.recorder.record(PLAN)
    await bench.run(phases.reproduce, answers("reproduce", ("give_up", {"reason": "It needs a bank."})))
    assert bench.case.draft is None and bench.case.drafts[0].abandoned == "Not reproduced: It needs a bank."
    await bench.run(phases.reproduce, answers("reproduce", ("give_up", {"reason": "Still."})))
    assert [d.number for d in bench.case.drafts] == [1, 2]


async def reproduced(bench: Bench) -> None:
    await bench.recorder.record(PLAN)
    create = ("create", {"path": "tests/test_currency.py", "text": RED})
    await bench.run(
        phases.reproduce, answers("reproduce", create, ("run_tests", {}), ("done", {"summary": "red"}))
    )


async def test_a_patch_ends_only_when_the_reproduction_is_green(bench: Bench) -> None:
    await reproduced(bench)
    done, run = ("done", {"summary": "fixed"}), ("run_tests", {})
    useless = {"path": "shop/catalog.py", "search": '"""Prices as', "replace": '"""The prices as'}
    elsewhere = {"path": "shop/pricing.py", "search": "row = rows[sku]", "replace": "row = rows[sku]  # x"}
    model = answers(
        "patch", done, ("edit", elsewhere), ("edit", useless), done, run, done, ("edit", FIX), run, done
    )
    told = results(await bench.run(phases.patch, model))
    assert "nothing but the test" in told[0] and "may not be changed here" in told[1]
    assert "not run since" in told[3] and "still red" in told[5]
    assert {state.hunk.path for state in bench.case.draft.hunks} == {
        "shop/catalog.py",
        "tests/test_currency.py",
    }


async def test_a_file_that_the_engineer_allowed_may_be_changed(bench: Bench) -> None:
    await reproduced(bench)
    await bench.say(PlanWidened("shop/pricing.py"))
    await bench.recorder.look()
    allowed = {"path": "shop/pricing.py", "search": "row = rows[sku]", "replace": "row = rows[sku]  # x"}
    model = answers("patch", ("edit", allowed), ("edit", FIX), ("run_tests", {}), ("done", {"summary": "ok"}))
    bodies = await bench.run(phases.patch, model)
    assert "Edited shop/pricing.py" in results(bodies)[0] and len(bench.case.draft.hunks) == 3


async def test_an_edit_that_fits_nowhere_or_twice_changes_nothing(bench: Bench) -> None:
    await reproduced(bench)
    twice = {"path": "shop/catalog.py", "search": "currency", "replace": "x"}
    nowhere = {"path": "shop/catalog.py", "search": 'if row["skus"] in sku', "replace": ""}
    model = answers(
        "patch",
        ("edit", twice),
        ("edit", nowhere),
        ("edit", FIX),
        ("run_tests", {}),
        ("done", {"summary": "ok"}),
    )
    told = results(await bench.run(phases.patch, model))
    assert "occurs 2 times" in told[0] and "The nearest text is" in told[1]
    assert next(s.hunk.new for s in bench.case.draft.hunks if not s.hunk.test)[0].count("currency") == 2


async def test_giving_up_the_patch_ends_the_draft(bench: Bench) -> None:
    await reproduced(bench)
    await bench.run(phases.patch, answers("patch", ("give_up", {"reason": "The plan misses a file."})))
    assert bench.case.draft is None and "misses a file" in bench.case.drafts[0].abandoned


async def test_a_killed_patch_starts_from_the_test_alone(bench: Bench) -> None:
    await reproduced(bench)
    stage = phases.patch(
        bench.case, bench.deps(answers("patch", ("edit", FIX), ("run_tests", {}))), bench.workspace
    )
    async for body in stage:
        await bench.recorder.record(body)
        if isinstance(body, ToolCalled):
            break
    await stage.aclose()
    assert "currency" in (await bench.workspace.read("shop/catalog.py")).split("def")[1]
    model = answers("patch", ("edit", FIX), ("run_tests", {}), ("done", {"summary": "ok"}))
    assert all(b.ok for b in await bench.run(phases.patch, model) if isinstance(b, ToolCalled))


async def test_a_prepared_revert_keeps_its_hunks_beside_the_new_test(bench: Bench) -> None:
    from rootcase.core.model.hunks import hunks_between, numbered

    base = bench.case.code.head_commit
    text = await bench.repository.read(base, "shop/catalog.py")
    revert = numbered(
        hunks_between("shop/catalog.py", text, text.replace('"amount": row["amount"]', "**row"))
    )
    await bench.recorder.record(PLAN, DraftStarted(1, base, "revert"), DraftWritten(1, revert))
    create = ("create", {"path": "tests/test_currency.py", "text": RED})
    model = answers("reproduce", create, ("run_tests", {}), ("done", {"summary": "red"}))
    bodies = await bench.run(phases.reproduce, model)
    assert not any(isinstance(body, DraftStarted) for body in bodies)
    assert [(s.hunk.id, s.hunk.path) for s in bench.case.draft.hunks] == [
        ("h1", "shop/catalog.py"), ("h2", "tests/test_currency.py"),
    ]  # fmt: skip


async def test_sentences_about_hunks_that_are_not_there_go_back(bench: Bench) -> None:
    await reproduced(bench)
    words = {"title": "t", "explanation": "e", "risk": "r"}
    wrong = ("explain", {**words, "sentences": [{"hunk": "h9", "text": "x"}]})
    right = ("explain", {**words, "sentences": [{"hunk": "h1", "text": "x"}]})
    told = results(await bench.run(phases.explain, answers("explain", wrong, right)))
    assert "There is no hunk h9; the draft has h1." in told[0] and bench.case.draft.sentences == (
        ("h1", "x"),
    )


async def test_phases_that_lack_what_they_need_say_so(bench: Bench) -> None:
    with pytest.raises(ModelError, match="no plan"):
        await bench.run(phases.reproduce, answers("reproduce"))
    with pytest.raises(ModelError, match="no reproduction"):
        await bench.run(phases.patch, answers("patch"))
    with pytest.raises(ModelError, match="no draft"):
        await bench.run(phases.explain, answers("explain"))


async def test_an_unmapped_case_cannot_be_investigated(bench: Bench) -> None:
    from dataclasses import replace

    stage = phases.investigate(replace(bench.case, code=None), bench.deps(answers("investigate")))
    with pytest.raises(RepositoryError, match="not mapped"):
        await anext(stage)


async def test_where_no_test_can_run_the_draft_goes_on_and_says_so(bench: Bench) -> None:
    await bench.open()
    bench.workspace._bench = None
    bench.workspace._cannot_test = "No environment for the tests was found."
    await bench.recorder.record(PLAN)
    create = ("create", {"path": "tests/test_currency.py", "text": RED})
    model = answers("reproduce", create, ("run_tests", {}), ("done", {"summary": "written"}))
    await bench.run(phases.reproduce, model)
    assert bench.case.draft.test_ids == ("tests/test_currency.py",)
    assert "tests cannot run here: No environment" in bench.case.phases[-1].summary
    await bench.run(
        phases.patch, answers("patch", ("edit", FIX), ("run_tests", {}), ("done", {"summary": "fixed"}))
    )
    assert "tests cannot run here" in bench.case.phases[-1].summary and len(bench.case.draft.hunks) == 2


@pytest.mark.parametrize(
    ("run", "cannot"),
    [
        (TestRun(("x",), None, problem="no command"), True),
        (TestRun(("x",), 1, problem="no report", seconds=1), True),
        (TestRun(("x",), None, problem="deadline", seconds=300), False),
        (TestRun(("x",), 4, problem="no such test", seconds=1), False),
        (TestRun(("x",), 0), False),
    ],
)
def test_a_tests_own_fault_is_not_taken_for_a_missing_environment(run: TestRun, cannot: bool) -> None:
    assert bool(cannot_run(run)) is cannot


@pytest.mark.parametrize(
    ("path", "yes"),
    [
        ("tests/test_a.py", True), ("test_a.py", True), ("src/a_test.go", True), ("web/a.spec.ts", True),
        ("spec/a_spec.rb", True), ("tests/conftest.py", False), ("src/a.py", False), ("contest/a.py", False),
        ("src/test/java/AppTests.java", True), ("tests/unit/pricing.py", True),
    ],
)  # fmt: skip
def test_where_tests_are(path: str, yes: bool) -> None:
    assert is_test(path) is yes


async def test_an_abandoned_draft_shows_in_the_next_brief(bench: Bench) -> None:
    from rootcase.core.agent.brief import brief

    await reproduced(bench)
    await bench.run(
        phases.patch, answers("patch", ("edit", FIX), ("run_tests", {}), ("done", {"summary": "ok"}))
    )
    await bench.recorder.record(DraftAbandoned(1, "Review stopped it: it invents an amount"))
    text = brief("patch", bench.case, bench.deps(answers("patch")))
    assert (
        "Review stopped it: it invents an amount" in text
        and '+    return {row["sku"]: {"sku": row["sku"], "amount": 5' in text
    )


async def test_the_tests_nearest_to_the_case_are_named_first(bench: Bench) -> None:
    from rootcase.core.agent.phases.planning import nearest

    tests = ["tests/test_aaa.py", "tests/test_pricing.py", "tests/shop/test_zzz.py"]
    assert nearest(tests, bench.case) == [
        "tests/test_pricing.py",
        "tests/shop/test_zzz.py",
        "tests/test_aaa.py",
    ]
