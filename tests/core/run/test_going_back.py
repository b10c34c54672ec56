"""What a run does next after the engineer took it back: to a phase, to another cause, to another draft."""

from __future__ import annotations

from rootcase.core.journal.fold import fold
from rootcase.core.model.case import Case
from rootcase.core.model.code import CodePath
from rootcase.core.model.drafts import Hunk
from rootcase.core.model.entries import (
    AnotherAsked,
    Body,
    CausePinned,
    ClaimMade,
    ClaimMarked,
    CodeMapped,
    DraftAbandoned,
    DraftChosen,
    DraftStarted,
    DraftWritten,
    Entry,
    GateDecided,
    HunkEdited,
    NoteWritten,
    PhaseEnded,
    PhaseRestarted,
    PhaseStarted,
    PlanMade,
    Reviewed,
    Undone,
)
from rootcase.core.model.evidence import Claim, NoteLine
from rootcase.core.model.proofs import Finding
from rootcase.core.model.verdicts import GateDecision
from rootcase.core.run.steps import End, Step, next_step

HUMAN = "human:ada"
CODE = Hunk("h1", "a.py", 1, ("x\n",), ("y\n",))
OTHER = Hunk("h1", "a.py", 1, ("x\n",), ("z\n",))
TEST = Hunk("h2", "tests/test_a.py", 1, (), ("t\n",), "create", test=True)
FINDING = Finding("n1", "size", "info", "h1", "fine")


def claim(name: str, role: str = "cause") -> ClaimMade:
    return ClaimMade(Claim(name, f"It is {name}.", "supported", (), role))


MAPPED: tuple[Body, ...] = (
    CodeMapped(CodePath("shop", "1", "a" * 40, "", "b" * 40, "main")),
    NoteWritten((NoteLine("what", "it fails"),)),
    GateDecided(GateDecision("after", "fix", "it is a bug", "P2", ())),
)
INVESTIGATED: tuple[Body, ...] = (
    PhaseStarted("investigate"), claim("k1"), claim("k2"), PhaseEnded("investigate", True, ""),
)  # fmt: skip
PLANNED: tuple[Body, ...] = (
    PhaseStarted("plan"), PlanMade("s", ("a.py",), "tests/test_a.py", claims=("k1",)), PhaseEnded("plan", True, ""),
)  # fmt: skip
DRAFTED: tuple[Body, ...] = (
    DraftStarted(1, "b" * 40), DraftWritten(1, (CODE, TEST), ("tests/test_a.py::t",)),
)  # fmt: skip
WHOLE = (*MAPPED, *INVESTIGATED, *PLANNED, *DRAFTED)


def told(*bodies: Body) -> Case:
    """The fold; what a human says is said by one."""
    said = (ClaimMarked, CausePinned, PhaseRestarted, AnotherAsked, DraftChosen, HunkEdited, Undone)
    return fold(
        Entry("C-1", n, n * 1000, HUMAN if isinstance(body, said) else "rootcase", "", body)
        for n, body in enumerate(bodies, 1)
    )


def after(*bodies: Body) -> Step | End:
    return next_step(told(*WHOLE, *bodies), "draft")


def reviewed(case: Case, number: int) -> Reviewed:
    digest = next(draft.digest for draft in case.drafts if draft.number == number)
    return Reviewed(number, digest, 1, (FINDING,), "offer")


def test_without_a_word_the_draft_is_reviewed() -> None:
    assert after() == Step("review")


def test_again_from_each_phase_that_phase_comes_next() -> None:
    assert after(PhaseRestarted("investigate")) == Step("investigate")
    assert after(PhaseRestarted("plan")) == Step("plan")
    assert after(PhaseRestarted("reproduce")) == Step("reproduce")
    case = told(*WHOLE, PhaseRestarted("patch", "too wide"))
    assert next_step(case, "draft") == Step("reproduce") and case.test_anew == 0  # whose test is kept
    assert case.drafts[0].abandoned == "patch is done again: too wide"
    assert told(*WHOLE, PhaseRestarted("reproduce")).test_anew == 1


def test_again_from_review_forgets_what_review_said() -> None:
    before = (*WHOLE, reviewed(told(*WHOLE), 1))
    assert next_step(told(*before), "draft") == End("done", "The draft is written and reviewed.", 0)
    assert next_step(told(*before, PhaseRestarted("review")), "draft") == Step("review")


def test_an_investigation_that_ended_after_the_word_counts() -> None:
    again = (PhaseStarted("investigate", round=2), claim("k3"), PhaseEnded("investigate", True, ""))
    assert after(PhaseRestarted("investigate"), *again) == Step("plan")


def test_a_claim_of_the_plan_that_is_marked_wrong_ends_its_draft_and_then_plans_anew() -> None:
    assert after(ClaimMarked("k1", "refuted", "it is the tax")) == Step(
        "redraft", "the engineer says that k1 is wrong"
    )
    case = told(*MAPPED, *INVESTIGATED, *PLANNED, ClaimMarked("k1", "refuted"))
    assert next_step(case, "draft") == Step("plan")


def test_a_mark_on_a_claim_that_the_plan_does_not_rest_on_changes_nothing() -> None:
    assert after(ClaimMarked("k2", "refuted")) == Step("review")


def test_taking_the_mark_back_brings_the_plan_back() -> None:
    case = told(*MAPPED, *INVESTIGATED, *PLANNED, ClaimMarked("k1", "refuted"))
    seq = case.undoable
    assert told(*MAPPED, *INVESTIGATED, *PLANNED, ClaimMarked("k1", "refuted"), Undone(seq)).replan == ""


def test_where_no_cause_is_left_it_is_investigated_again_and_only_once() -> None:
    marks = (ClaimMarked("k1", "refuted"), ClaimMarked("k2", "refuted"))
    case = told(*MAPPED, *INVESTIGATED, *marks)
    assert next_step(case, "draft") == Step("investigate")
    again = (PhaseStarted("investigate", round=2), PhaseEnded("investigate", True, "nothing"))
    assert next_step(told(*MAPPED, *INVESTIGATED, *marks, *again), "draft") == Step("plan")


def test_a_pinned_cause_that_the_plan_does_not_repair_means_another_plan() -> None:
    assert after(CausePinned("k2")) == Step("redraft", "the engineer says that k2 is the cause")
    assert after(CausePinned("k1")) == Step("review")
    assert after(CausePinned("k2"), CausePinned("")) == Step("review")


def test_a_draft_that_a_human_has_edited_is_not_thrown_away_for_a_pin() -> None:
    assert after(HunkEdited(1, "h1", ("w\n",)), CausePinned("k2")) == Step("review")


def test_another_draft_is_written_beside_the_one_that_stands() -> None:
    case = told(*WHOLE, reviewed(told(*WHOLE), 1), AnotherAsked(1, "smaller"))
    assert next_step(case, "draft") == Step("reproduce") and case.draft is not None and case.draft.number == 1
    second = (DraftStarted(2, "b" * 40), DraftWritten(2, (OTHER, TEST), ("tests/test_a.py::t",)))
    both = told(*WHOLE, AnotherAsked(1), *second)
    assert (
        [draft.number for draft in both.standing] == [1, 2]
        and both.draft is not None
        and both.draft.number == 2
    )
    assert both.another == 0 and next_step(both, "draft") == Step("review")


def test_the_chosen_draft_counts_with_the_review_it_had() -> None:
    second = (DraftStarted(2, "b" * 40), DraftWritten(2, (OTHER, TEST), ("tests/test_a.py::t",)))
    case = told(*WHOLE, reviewed(told(*WHOLE), 1), AnotherAsked(1), *second, DraftChosen(1))
    assert case.draft is not None and case.draft.number == 1 and case.findings == (FINDING,)
    assert next_step(case, "draft") == End("done", "The draft is written and reviewed.", 0)
    assert told(*WHOLE, *second, DraftChosen(7)).draft.number == 2  # type: ignore[union-attr]


def test_a_word_of_the_engineer_opens_new_rounds() -> None:
    drafts: list[Body] = []
    for number in (1, 2, 3):
        drafts += [
            DraftStarted(number, "b" * 40),
            DraftWritten(number, (CODE, TEST), ("t",)),
            PhaseRestarted("patch"),
        ]
    assert next_step(told(*MAPPED, *INVESTIGATED, *PLANNED, *drafts), "draft") == Step("reproduce")


def test_a_patch_that_gives_up_on_its_plan_means_another_plan_while_rounds_are_left() -> None:
    gave_up: tuple[Body, ...] = (
        PhaseStarted("patch", 1), DraftAbandoned(1, "No patch: a file is missing"), PhaseEnded("patch", False, "x", 1),
    )  # fmt: skip
    assert after(*gave_up) == Step("plan")
    planned = (
        PhaseStarted("plan", round=2),
        PlanMade("s", ("b.py",), "tests/test_a.py"),
        PhaseEnded("plan", True, ""),
    )
    assert after(*gave_up, *planned) == Step("reproduce")
