"""The evidence ladder: what raises it, what makes it stale, what holds it back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.model.case import Case
from rootcase.core.model.code import CodePath, MappedFrame
from rootcase.core.model.drafts import Draft, Hunk, HunkState
from rootcase.core.model.evidence import Citation, Claim, Evidence
from rootcase.core.model.hunks import draft_digest, edited, with_digest
from rootcase.core.model.ladder import level, rungs
from rootcase.core.model.proofs import Finding, ProofResult
from rootcase.core.model.signals import Signal

FRAME = MappedFrame(0, "price_for", "price_for", "pricing.py", 88, "confirmed", evidence="f1")
CAUSE = Claim("k1", "load_prices drops currency", "supported", (Citation("s1", ok=True),), role="cause")
HUNKS = (
    Hunk("h1", "catalog.py", 3, ("a\n",), ("b\n",)),
    Hunk("h2", "pricing.py", 9, ("c\n",), ("d\n",)),
    Hunk("h3", "test_pricing.py", 1, (), ("test\n",), "create", test=True),
)


def digest_of_tests(draft: Draft) -> tuple[str, str]:
    return draft.digest, draft_digest(draft.base_commit, [h for h in draft.accepted if h.test])


def proved(digest: str, **changes: dict) -> tuple[ProofResult, ...]:
    steps = {"red": {"same_fingerprint": True, "evidence": "t1"}, "green": {"evidence": "t2"},
             "revert": {}, "suite": {}, "mutation": {},
             "necessity": {"hunks": (("h1", True), ("h2", True))}}  # fmt: skip
    return tuple(
        replace(
            ProofResult(step, 1, digest, "tree", "ok", f"{step} ok"), **{**given, **changes.get(step, {})}
        )
        for step, given in steps.items()
        if changes.get(step) is not None or step not in changes
    )


@pytest.fixture
def case() -> Case:
    """A case that has reached the top."""
    draft = with_digest(Draft(1, "base", hunks=tuple(map(HunkState, HUNKS))))
    return Case(
        key="C-1", signals=(Signal("sentry", "1"),), evidence=(Evidence("e1", "event", "latest"),),
        code=CodePath("checkout", "2.14.0", "7c1e2aa", "tag", "b81f0d3", frames=(FRAME,)), claims=(CAUSE,),
        drafts=(draft,), proofs=proved(draft.digest), test_digests=(digest_of_tests(draft),),
        review_digest=draft.digest,
    )  # fmt: skip


def states(case: Case) -> dict[str, str]:
    return {rung.name: rung.state for rung in rungs(case)}


def why(case: Case, name: str) -> str:
    return next(rung.why for rung in rungs(case) if rung.name == name)


def with_draft(case: Case, draft: Draft) -> Case:
    draft = with_digest(draft)
    digests = dict((*case.test_digests, digest_of_tests(draft)))
    return replace(case, drafts=(draft,), test_digests=tuple(digests.items()))


def test_all_of_it_is_e5_and_each_rung_says_what_it_rests_on(case):
    assert level(case) == "E5"
    assert [rung.cites for rung in rungs(case)] == [("e1",), ("f1",), ("s1",), ("t1",), ("t2",), ()]


def test_an_empty_case_is_e0_with_nothing_on():
    assert level(Case()) == "E0"
    assert set(states(Case()).values()) == {"off"}
    assert why(Case(), "E0") == "no signal yet"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (None, "the code is not mapped yet"),
        (CodePath("c", "1", "7c", "tag", "b8"), "no frame is in the repository"),
        (CodePath("c", "1", "", "no tag 1", "b8", frames=(FRAME,)), "no tag 1"),
        (
            CodePath("c", "1", "7c", "tag", "b8", frames=(replace(FRAME, verdict="guessed"),)),
            "pricing.py:88 is guessed",
        ),
    ],
)
def test_a_guessed_code_path_is_not_confirmed(case, code, reason):
    guessed = replace(case, code=code)
    assert (level(guessed), why(guessed, "E1")) == ("E0", reason)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ((), "no claim about the cause yet"),
        ((replace(CAUSE, role="scope"),), "no claim about the cause yet"),
        ((replace(CAUSE, status="assumed"),), "the cause is assumed, no citation holds"),
        ((replace(CAUSE, status="refuted"),), "every claimed cause is refuted"),
    ],
)
def test_a_cause_that_no_citation_carries_does_not_count(case, claims, reason):
    weak = replace(case, claims=claims)
    assert (level(weak), why(weak, "E2")) == ("E1", reason)


def test_a_refuted_alternative_does_not_weaken_the_supported_cause(case):
    both = replace(case, claims=(replace(CAUSE, id="k0", status="refuted"), CAUSE))
    assert level(both) == "E5"


def test_a_red_test_with_another_error_is_no_reproduction(case):
    digest = case.draft.digest
    other = replace(
        case, proofs=proved(digest, red={"same_fingerprint": False, "fingerprint_note": "TypeError in setup"})
    )
    assert (level(other), why(other, "E3")) == ("E2", "TypeError in setup")


def test_an_edited_fix_makes_green_stale_and_leaves_red_standing(case):
    draft = case.draft
    states_ = (edited(draft.hunks[0], ("B\n",), "human:ada"), *draft.hunks[1:])
    changed = with_draft(case, replace(draft, hunks=states_))
    assert states(changed) == {"E0": "on", "E1": "on", "E2": "on", "E3": "on", "E4": "stale", "E5": "stale"}
    assert level(changed) == "E3"


def test_an_edited_test_makes_red_stale_too(case):
    draft = case.draft
    states_ = (*draft.hunks[:2], edited(draft.hunks[2], ("weaker test\n",), "human:ada"))
    changed = with_draft(case, replace(draft, hunks=states_))
    assert (states(changed)["E3"], level(changed)) == ("stale", "E2")


def test_a_dropped_hunk_makes_it_stale_and_taking_it_back_restores_all_proof(case):
    draft = case.draft
    dropped = replace(
        draft, hunks=(draft.hunks[0], replace(draft.hunks[1], decision="rejected"), draft.hunks[2])
    )
    assert level(with_draft(case, dropped)) == "E3"
    assert level(with_draft(with_draft(case, dropped), draft)) == "E5"


@pytest.mark.parametrize("step", ["green", "revert", "suite"])
def test_one_failed_step_is_no_fix(case, step):
    failed = replace(
        case, proofs=proved(case.draft.digest, **{step: {"outcome": "failed", "summary": "1 newly red"}})
    )
    assert (level(failed), states(failed)["E4"], why(failed, "E4")) == ("E3", "off", "1 newly red")


def test_steps_that_have_not_run_are_named(case):
    partly = replace(case, proofs=proved(case.draft.digest, revert=None, suite=None))
    assert why(partly, "E4") == "revert, suite not run"
    assert why(replace(case, proofs=()), "E4") == "not run"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"necessity": {"hunks": (("h1", True), ("h2", False))}}, "no test needs h2"),
        ({"necessity": {"hunks": (("h1", True),)}}, "not known whether h2 is needed"),
        ({"necessity": None, "mutation": None}, "necessity, mutation not run"),
        ({"mutation": {"outcome": "failed", "summary": "2 mutants survive"}}, "2 mutants survive"),
        ({"mutation": {"outcome": "skipped", "summary": "", "problem": "no time left"}}, "no time left"),
    ],
)
def test_the_top_needs_every_hunk_and_no_surviving_mutant(case, changes, reason):
    lower = replace(case, proofs=proved(case.draft.digest, **changes))
    assert (level(lower), states(lower)["E5"], why(lower, "E5")) == ("E4", "off", reason)


def test_an_open_finding_holds_the_top_and_a_waiver_or_a_hint_does_not(case):
    finding = Finding("n1", "guard", "warn", "h2", "a guard")
    assert why(replace(case, findings=(finding,)), "E5") == "1 finding open"
    assert level(replace(case, findings=(finding,))) == "E4"
    assert level(replace(case, findings=(replace(finding, waived="answered"),))) == "E5"
    assert level(replace(case, findings=(replace(finding, severity="info"),))) == "E5"


def test_review_of_another_text_does_not_count(case):
    assert level(replace(case, review_digest="older")) == "E4"


def test_a_gap_below_holds_everything_above(case):
    gap = replace(case, claims=())
    assert states(gap)["E4"] == "on"
    assert level(gap) == "E1"


def test_the_latest_result_of_a_step_is_the_one_that_counts(case):
    digest = case.draft.digest
    flaky = replace(case, proofs=(*proved(digest, suite={"outcome": "failed"}), *proved(digest)[3:4]))
    assert level(flaky) == "E5"
