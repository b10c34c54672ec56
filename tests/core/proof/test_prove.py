"""What running code shows about a draft, on a real checkout with real tests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.model.entries import ProofStarted
from rootcase.core.model.hunks import with_digest
from rootcase.core.workspace.worktree import CaseWorkspace

STEPS = ["baseline", "red", "green", "revert", "suite", "necessity", "mutation"]


def good_draft(shop, **more):
    return shop.case({"shop/checkout.py": shop.good, shop.test_path: shop.reproduction}, **more)


async def test_a_right_fix_is_red_green_red_with_the_production_error_and_needed(shop):
    case = good_draft(shop)
    entries, results = await shop.prove(case)
    assert [b.step for b in entries if isinstance(b, ProofStarted)] == STEPS
    assert {step: r.outcome for step, r in results.items()} == dict.fromkeys(STEPS, "ok")
    assert all(r.digest == case.draft.digest and r.draft == 1 for r in results.values())
    red = results["red"]
    assert red.same_fingerprint is True and "as production did" in red.fingerprint_note
    evidence = shop.evidence(entries)[red.evidence]
    assert red.evidence == "t1" and shop.test_id in evidence.label and "KeyError: ''" in evidence.text
    assert results["necessity"].hunks == (("h1", True),)
    assert "t1 is red without it" in results["necessity"].summary
    assert results["baseline"].newly_failed == ("tests/test_old.py::test_broken_before",)
    assert results["suite"].newly_failed == () and results["suite"].passed == 4
    assert results["green"].tree == results["suite"].tree == results["mutation"].tree != results["red"].tree
    assert "tests: necessity" in shop.desk.published


async def test_the_tree_that_was_proved_is_the_one_that_would_be_committed(shop):
    _, results = await shop.prove(good_draft(shop))
    shop.commit({"shop/checkout.py": shop.good, shop.test_path: shop.reproduction})
    assert results["suite"].tree == shop.git("rev-parse", "main^{tree}")
    assert await shop.workspace.read("shop/checkout.py") == shop.good


async def test_a_test_that_passes_without_the_patch_reproduces_nothing(shop):
    harmless = shop.reproduction.replace('{"items": [7]}', '{"items": [7], "currency": "EUR"}')
    _, results = await shop.prove(shop.case({"shop/checkout.py": shop.good, shop.test_path: harmless}))
    assert results["red"].outcome == "failed" and "nothing is reproduced" in results["red"].summary
    assert results["red"].same_fingerprint is None and results["green"].outcome == "ok"
    assert {results[step].outcome for step in ("revert", "suite", "necessity", "mutation")} == {"skipped"}


async def test_a_test_that_fails_in_another_way_is_red_but_weaker_and_says_so(shop):
    other = shop.reproduction.replace('checkout({"items": [7]}) == 7', 'checkout({"items": None}) == 7')
    patch = shop.checkout.replace('request["items"]', 'request["items"] or [7]').replace(
        '"").upper', '"EUR").upper'
    )
    _, results = await shop.prove(shop.case({"shop/checkout.py": patch, shop.test_path: other}))
    red = results["red"]
    assert (red.outcome, red.same_fingerprint) == ("ok", False)
    assert "TypeError" in red.fingerprint_note and "the case is KeyError" in red.fingerprint_note


async def test_a_patch_that_does_not_mend_it_stays_red(shop):
    patch = shop.checkout.replace('"").upper', '"XXX").upper')
    entries, results = await shop.prove(
        shop.case({"shop/checkout.py": patch, shop.test_path: shop.reproduction})
    )
    green = results["green"]
    assert green.outcome == "failed" and "still red with the patch" in green.summary and green.problem == ""
    assert "KeyError: 'XXX'" in shop.evidence(entries)[green.evidence].text
    assert results["suite"].outcome == "skipped"


async def test_a_patch_that_breaks_another_test_names_it(shop):
    patch = shop.good.replace("    cart =", "    request = dict(request, currency='EUR')\n    cart =")
    _, results = await shop.prove(shop.case({"shop/checkout.py": patch, shop.test_path: shop.reproduction}))
    suite = results["suite"]
    assert suite.outcome == "failed" and suite.newly_failed == ("tests/test_shop.py::test_discount",)
    assert "test_broken_before" not in suite.summary
    assert results["necessity"].outcome == results["mutation"].outcome == "skipped"


async def test_a_patch_that_cannot_be_imported_is_the_drafts_fault(shop):
    patch = "import no_such_module\n" + shop.good
    _, results = await shop.prove(shop.case({"shop/checkout.py": patch, shop.test_path: shop.reproduction}))
    assert results["green"].outcome == "failed" and results["green"].problem == ""
    assert "no_such_module" in results["green"].summary


async def test_a_hunk_that_no_test_needs_is_told_apart_from_those_it_needs(shop):
    two_sided = shop.checkout.replace(
        'request.get("currency", "").upper()', 'request.get("currency", FALLBACK).upper()'
    )
    two_sided = two_sided.replace(
        'RATES = {"EUR": 1, "USD": 2}', 'RATES = {"EUR": 1, "USD": 2}\nFALLBACK = "EUR"'
    )
    idle = shop.pricing.replace('"""Prices."""', '"""Prices of carts."""')
    change = {"shop/checkout.py": two_sided, "shop/pricing.py": idle, shop.test_path: shop.reproduction}
    case = shop.case(change)
    by_id = {state.hunk.id: state.hunk for state in case.draft.hunks}
    _, results = await shop.prove(case)
    necessity = results["necessity"]
    needed = {by_id[hunk].path for hunk, is_needed in necessity.hunks if is_needed}
    idle_ids = [hunk for hunk, is_needed in necessity.hunks if not is_needed]
    assert len(necessity.hunks) == 3 and needed == {"shop/checkout.py"}
    assert [by_id[hunk].path for hunk in idle_ids] == ["shop/pricing.py"]
    assert f"no test is red without {idle_ids[0]}" in necessity.summary and necessity.outcome == "ok"


async def test_of_two_hunks_that_each_suffice_one_is_needed(shop):
    guarded = shop.pricing.replace("return rates[currency]", 'return rates[currency or "EUR"]')
    case = shop.case(
        {"shop/checkout.py": shop.good, "shop/pricing.py": guarded, shop.test_path: shop.reproduction}
    )
    _, results = await shop.prove(case)
    assert sorted(needed for _, needed in results["necessity"].hunks) == [False, True]
    assert "not needed alone, but needed once" in results["necessity"].summary


async def test_a_hunk_that_only_an_old_test_needs_is_needed(shop):
    lower = shop.checkout.replace(
        'request.get("currency", "").upper()',
        'request["currency"].lower() if "currency" in request else "EUR"',
    )
    upper = shop.pricing.replace("rates[currency]", "rates[currency.upper()]")
    case = shop.case({"shop/checkout.py": lower, "shop/pricing.py": upper, shop.test_path: shop.reproduction})
    _, results = await shop.prove(case)
    necessity = results["necessity"]
    assert [needed for _, needed in necessity.hunks] == [True, True]
    assert "h1: t1 is red without it" in necessity.summary
    assert (
        "h2: tests/test_shop.py::test_discount" in necessity.summary
        and "fails without it" in necessity.summary
    )


async def test_a_mutant_that_no_test_notices_is_shown(shop):
    patch = shop.good.replace("    cart =", "    if len(request) > 7:\n        request = {}\n    cart =")
    _, results = await shop.prove(shop.case({"shop/checkout.py": patch, shop.test_path: shop.reproduction}))
    mutation = results["mutation"]
    assert mutation.outcome == "failed" and any("`>` becomes >=" in words for words in mutation.survivors)
    assert mutation.survivors[0].startswith("shop/checkout.py:9")


async def test_a_flaky_test_is_found_by_repeating_and_blames_nobody(shop, monkeypatch):
    # A run can leave nothing behind for the next, so what makes this test flaky changes outside of the sandbox.
    flaky = (
        "import os\n\n\ndef test_flaky():\n"
        "    import shop.checkout, inspect\n"
        "    if '\"EUR\").upper' not in inspect.getsource(shop.checkout) or os.environ.get('TZ') == 'UTC-1':\n"
        "        return\n"
        "    assert False\n"
    )
    run_tests = CaseWorkspace.run_tests

    async def watched(workspace, selection=(), *, deadline_s=300.0):
        run = await run_tests(workspace, selection, deadline_s=deadline_s)
        if any(result.id.endswith("::test_flaky") for result in run.failed):
            monkeypatch.setenv("TZ", "UTC-1")
        return run

    monkeypatch.setattr(CaseWorkspace, "run_tests", watched)
    shop.commit({"tests/test_flaky.py": flaky})
    _, results = await shop.prove(good_draft(shop))
    suite = results["suite"]
    assert (
        suite.outcome == "ok"
        and suite.flaky == ("tests/test_flaky.py::test_flaky",)
        and suite.newly_failed == ()
    )
    assert "flaky" in suite.summary


async def test_tests_that_cannot_run_here_are_said_once_and_every_step_ends(shop):
    shop.settings["test_command"] = ("no-such-runner",)
    _, results = await shop.prove(good_draft(shop))
    assert list(results) == STEPS
    assert (
        results["baseline"].outcome == "failed"
        and "'no-such-runner' does not exist" in results["baseline"].problem
    )
    assert "'no-such-runner' does not exist" in results["green"].problem
    assert not any(r.outcome == "ok" for r in results.values())


async def test_a_draft_without_its_test_still_has_its_suite_run(shop):
    case = good_draft(shop, test_ids=())
    draft = replace(case.draft, hunks=tuple(s for s in case.draft.hunks if not s.hunk.test))
    _, results = await shop.prove(replace(case, drafts=(with_digest(draft),)))
    assert results["red"].outcome == "skipped" and "No reproduction test" in results["red"].problem
    assert results["green"].outcome == "skipped" and results["suite"].outcome == "ok"


async def test_a_test_that_a_human_renamed_is_found_by_its_file(shop):
    renamed = shop.reproduction.replace("test_a_cart_without", "test_any_cart_without")
    case = shop.case({"shop/checkout.py": shop.good, shop.test_path: renamed})
    _, results = await shop.prove(case)
    assert results["red"].outcome == results["green"].outcome == results["revert"].outcome == "ok"


async def test_stopping_ends_the_step_as_cancelled_and_passes_it_on(shop):
    case = good_draft(shop)
    desk = shop.desk_for(case)
    desk.stop_at = 3
    entries, results = await shop.prove(case, desk=desk)
    assert entries[-1] == "stopped" and entries[-2].result.outcome == "cancelled"
    assert list(results)[-1] == "green"


async def test_a_draft_that_changes_meanwhile_is_not_proved_to_the_end(shop):
    case = good_draft(shop)
    desk = shop.desk_for(case)
    desk.change_at = 4
    entries, results = await shop.prove(case, desk=desk)
    assert entries[-1].result.outcome == "cancelled" and "changed while" in entries[-1].result.summary
    assert "suite" not in results


async def test_proof_goes_on_where_a_killed_run_stood(shop):
    case = good_draft(shop)
    entries, results = await shop.prove(case)
    kept = tuple(results[step] for step in ("baseline", "red", "green", "revert"))
    known = replace(case, proofs=kept, evidence=tuple(shop.evidence(entries).values()))
    again, second = await shop.prove(known)
    assert [b.step for b in again if isinstance(b, ProofStarted)] == [
        "baseline",
        "red",
        "suite",
        "necessity",
        "mutation",
    ]
    assert second["red"].evidence == "t1" and shop.evidence(again) == {}
    assert second["baseline"].seconds < results["baseline"].seconds
    everything, _ = await shop.prove(known, again=True)
    assert [b.step for b in everything if isinstance(b, ProofStarted)] == STEPS


async def test_when_its_minutes_are_used_up_proof_says_what_was_left_out(shop):
    _, results = await shop.prove(good_draft(shop), minutes=0.0)
    assert results["red"].outcome == results["green"].outcome == "ok"
    for step in ("revert", "suite", "necessity", "mutation"):
        assert results[step].outcome == "skipped" and "proof_minutes" in results[step].problem


async def test_a_draft_with_nothing_accepted_has_nothing_to_prove(shop):
    case = good_draft(shop)
    hunks = tuple(replace(state, decision="rejected") for state in case.draft.hunks)
    entries, _ = await shop.prove(replace(case, drafts=(with_digest(replace(case.draft, hunks=hunks)),)))
    assert entries == []


@pytest.mark.parametrize("path", ["Dockerfile", "../outside.py"])
async def test_a_draft_that_touches_what_it_must_not_is_refused_and_not_run(shop, path):
    case = good_draft(shop)
    first, *rest = case.draft.hunks
    moved = replace(first, hunk=replace(first.hunk, path=path))
    _, results = await shop.prove(
        replace(case, drafts=(with_digest(replace(case.draft, hunks=(moved, *rest))),))
    )
    assert results["green"].outcome == "failed" and results["green"].problem
    assert {results[step].outcome for step in ("revert", "suite", "necessity", "mutation")} == {"skipped"}


async def test_where_the_whole_suite_takes_too_long_the_affected_tests_stand_for_it(shop):
    hanging = "import threading\n\n\ndef test_that_never_ends():\n    threading.Event().wait()\n"
    shop.commit({"tests/test_aside.py": hanging})
    case = shop.case({"shop/checkout.py": shop.good, shop.test_path: shop.reproduction})
    _, results = await shop.prove(case, minutes=0.8)
    assert results["baseline"].outcome == "ok" and "Only 1 test file" in results["baseline"].problem
    assert (results["red"].outcome, results["green"].outcome) == ("ok", "ok")
    assert results["suite"].outcome == "ok" and "may be affected" in results["suite"].summary
    assert results["suite"].passed == 3  # those of the shop, not the one that hangs
