"""What a run that only takes a commit back does next, from the case alone."""

from dataclasses import replace

import pytest

from rootcase.core.model.case import Case
from rootcase.core.model.code import CodePath
from rootcase.core.model.drafts import Draft, Hunk, HunkState
from rootcase.core.model.evidence import NoteLine
from rootcase.core.model.hunks import with_digest
from rootcase.core.model.proofs import ProofResult
from rootcase.core.model.verdicts import GateDecision
from rootcase.core.run.mitigation import next_mitigation
from rootcase.core.run.steps import End, Step

SHA, OTHER = "a" * 40, "b" * 40
STEPS = ("baseline", "red", "green", "revert", "suite", "necessity", "mutation")
HUNK = Hunk("h1", "a.py", 1, ("x = 1\n",), ("x = 2\n",))
DRAFT = with_digest(Draft(1, "c" * 40, "revert", (HunkState(HUNK),), reverts=SHA))
GATE = GateDecision("after", "wait", "a human has it", "P2")
CASE = Case(
    key="C-1", gate=GATE, verdict="wait", code=CodePath("shop", "1", "c" * 40, "tag", "c" * 40),
    note=(NoteLine("what", "x"),),
)  # fmt: skip


def proofs(**outcomes):
    said = {step: outcomes.get(step, "ok") for step in STEPS}
    return tuple(
        ProofResult(step, 1, DRAFT.digest, "t", outcome, f"{step} {outcome}")
        for step, outcome in said.items()
    )


def drafted(**changes):
    return replace(CASE, drafts=(DRAFT,), review_digest=DRAFT.digest, **changes)


def test_the_code_is_known_first_and_a_verdict_to_wait_holds_nothing_back():
    assert next_mitigation(Case(key="C-1"), SHA) == Step("gate before")
    assert next_mitigation(replace(CASE, code=None), SHA) == Step("map")
    assert next_mitigation(CASE, SHA) == Step("revert", SHA)


def test_the_revert_of_another_commit_is_another_draft():
    assert next_mitigation(drafted(), OTHER) == Step("revert", OTHER)
    fix = replace(DRAFT, reverts="", origin="agent")
    assert next_mitigation(replace(CASE, drafts=(fix,)), SHA) == Step("revert", SHA)


def test_it_is_reviewed_then_proved_and_then_it_ends():
    assert next_mitigation(replace(drafted(), review_digest=""), SHA) == Step("review")
    assert next_mitigation(drafted(), SHA) == Step("prove")
    assert next_mitigation(drafted(proofs=proofs(suite="cancelled")), SHA) == Step("prove")
    assert next_mitigation(drafted(proofs=proofs(), prove_asked=1), SHA) == Step("prove")
    end = next_mitigation(drafted(proofs=proofs()), SHA)
    assert isinstance(end, End) and end.exit_code == 4 and "No reproduction shows yet" in end.because
    tested = with_digest(replace(DRAFT, test_ids=("t::x",)))
    end = next_mitigation(replace(drafted(proofs=proofs()), drafts=(tested,)), SHA)
    assert isinstance(end, End) and (end.exit_code, end.outcome) == (0, "done")


@pytest.mark.parametrize("step", ["red", "green", "revert", "suite"])
def test_what_proof_found_wrong_is_handed_over(step):
    end = next_mitigation(drafted(proofs=proofs(**{step: "failed"})), SHA)
    assert isinstance(end, End) and end.exit_code == 4 and f"{step} failed" in end.because


def test_a_revert_without_an_accepted_hunk_ends():
    rejected = replace(DRAFT, hunks=(HunkState(HUNK, "rejected"),))
    assert next_mitigation(replace(CASE, drafts=(rejected,)), SHA).exit_code == 4
