"""What humans decide about hunks, claims, verdict and owner, and taking it back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.journal.fold import CaseBuilder, fold
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Hunk
from rootcase.core.model.entries import (
    KINDS,
    Body,
    CaseOpened,
    ClaimMade,
    ClaimMarked,
    Commented,
    DraftStarted,
    DraftWritten,
    Entry,
    FindingWaived,
    GateDecided,
    HunkDecided,
    HunkEdited,
    HunkSplit,
    OwnershipMarked,
    Redone,
    Reviewed,
    SignalSeen,
    Undone,
    VerdictOverridden,
)
from rootcase.core.model.evidence import Claim
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.hunks import draft_digest, split
from rootcase.core.model.proofs import Finding
from rootcase.core.model.signals import Actor, Signal
from rootcase.core.model.verdicts import GateDecision


def hunk_of(case: Case, name: str):
    return next(state for state in case.draft.hunks if state.hunk.id == name)


def test_a_rejected_hunk_leaves_the_draft_and_its_digest(drafted):
    before = drafted.case().draft
    drafted.human(HunkDecided(1, ("h2",), "rejected", "a default at the crash site"))
    after = drafted.case().draft
    assert [hunk.id for hunk in after.accepted] == ["h1", "h3"]
    assert after.digest == draft_digest("base", after.accepted) != before.digest
    assert hunk_of(drafted.case(), "h2").reason == "a default at the crash site"
    assert hunk_of(drafted.case(), "h2").by == "human:ada"


def test_undo_takes_back_the_latest_decision_and_redo_brings_it_again(drafted):
    original = drafted.case().draft.digest
    drafted.human(HunkDecided(1, ("h2",), "rejected"))
    edit = drafted.human(HunkEdited(1, "h1", ("A\n", "B2\n")))
    changed = drafted.case()
    assert changed.undoable == edit
    drafted.human(Undone(edit))
    assert drafted.case().redoable == edit
    assert hunk_of(drafted.case(), "h1").hunk.new == ("A\n", "B\n")
    drafted.human(Undone(drafted.case().undoable))
    assert drafted.case().draft.digest == original
    assert drafted.case().undoable == 0
    drafted.human(Redone(drafted.case().redoable), Redone(edit))
    assert drafted.case().draft == changed.draft


def test_a_new_decision_ends_what_could_be_redone(drafted):
    first = drafted.human(HunkDecided(1, ("h2",), "rejected"))
    drafted.human(Undone(first), HunkDecided(1, ("h1",), "rejected"))
    assert drafted.case().redoable == 0
    drafted.human(Redone(first))
    assert hunk_of(drafted.case(), "h2").decision == "accepted"


def test_an_edit_keeps_what_the_agent_wrote_and_accepts_the_hunk(drafted):
    drafted.human(
        HunkDecided(1, ("h1",), "rejected"), HunkEdited(1, "h1", ("A2\n",)), HunkEdited(1, "h1", ("A3\n",))
    )
    state = hunk_of(drafted.case(), "h1")
    assert (state.decision, state.edited, state.agent_new) == ("accepted", True, ("A\n", "B\n"))
    assert state.hunk.new == ("A3\n",)


def test_a_split_hunk_is_decided_piece_by_piece(drafted):
    whole = drafted.case().draft
    drafted.human(HunkSplit(1, "h1", split(whole.hunks[0].hunk)), HunkDecided(1, ("h1b",), "rejected"))
    draft = drafted.case().draft
    assert [(s.hunk.id, s.decision) for s in draft.hunks][:2] == [("h1a", "accepted"), ("h1b", "rejected")]


def test_a_split_that_does_not_do_what_the_hunk_did_changes_nothing(drafted):
    wrong = (Hunk("h1a", "src/catalog.py", 3, ("a\n",), ("something else\n",)),)
    before = drafted.case().draft
    drafted.human(HunkSplit(1, "h1", wrong))
    assert drafted.case().draft == before


def test_a_comment_on_a_hunk_shows_at_the_hunk_and_changes_no_proof(drafted):
    before = drafted.case().draft.digest
    drafted.human(Commented("who calls this?", "h2"))
    assert hunk_of(drafted.case(), "h2").comments == ("who calls this?",)
    assert drafted.case().draft.digest == before
    assert drafted.case().undoable == 0


def test_a_new_text_by_the_agent_replaces_the_decisions_about_the_old_one(drafted):
    drafted.human(HunkDecided(1, ("h1",), "rejected"))
    drafted.add(DraftWritten(1, (Hunk("h1", "a.py", 1, (), ("new\n",)),)))
    assert [s.decision for s in drafted.case().draft.hunks] == ["accepted"]
    assert drafted.case().undoable == 0


def test_a_human_who_marks_a_claim_wrong_is_believed_even_when_it_is_made_again(script):
    claim = Claim("k1", "the cache is stale", "supported", role="cause")
    script.add(ClaimMade(claim))
    mark = script.human(ClaimMarked("k1", "refuted", "it is off in production"))
    script.add(ClaimMade(claim))
    assert [(c.status, c.why) for c in script.case().claims] == [("refuted", "it is off in production")]
    script.human(Undone(mark))
    assert script.case().claims == (claim,)


def test_a_humans_verdict_stands_over_the_gate_until_it_is_undone(script):
    script.add(GateDecided(GateDecision("before", "wait", "lena has it", "P2")))
    mine = script.human(VerdictOverridden("fix", "lena is away"))
    script.add(GateDecided(GateDecision("after", "ignore", "upstream outage", "P2")))
    assert (script.case().verdict, script.case().verdict_by) == ("fix", "human:ada")
    assert script.case().verdict_reason == "lena is away"
    script.human(Undone(mine))
    assert (script.case().verdict, script.case().verdict_reason) == ("ignore", "upstream outage")


def test_who_has_it_is_said_by_a_human_then_by_the_source(script):
    script.add(SignalSeen(Signal("sentry", "1", assignee=Actor("triage-bot", bot=True))))
    assert script.case().owner == ""
    script.add(SignalSeen(Signal("sentry", "1", assignee=Actor("lena"))))
    assert script.case().owner == "lena"
    script.human(OwnershipMarked("jonas"))
    assert script.case().owner == "jonas"
    script.human(OwnershipMarked(""))
    assert script.case().owner == "lena"


def test_a_waiver_survives_the_next_round_of_review_and_softens_its_verdict(drafted):
    digest = drafted.case().draft.digest
    finding = Finding("n1", "guard", "block", "h2", "returns a default")
    drafted.add(Reviewed(1, digest, 1, (finding,), "refuse"))
    assert drafted.case().review_verdict == "refuse"
    waiver = drafted.human(FindingWaived("n1", "the caller checks it"))
    drafted.add(Reviewed(1, digest, 2, (finding,), "refuse"))
    case = drafted.case()
    assert (case.findings[0].waived, case.findings[0].waived_by) == ("the caller checks it", "human:ada")
    assert (case.review_verdict, case.review_round) == ("offer", 2)
    drafted.human(Undone(waiver))
    assert drafted.case().review_verdict == "refuse"


def test_what_was_said_is_shown_in_order_and_undone_is_marked(drafted):
    first = drafted.human(HunkDecided(1, ("h2",), "rejected", "not needed"))
    drafted.human(Commented("fine"), Undone(first))
    assert [(s.what, s.text, s.about, s.undone) for s in drafted.case().said] == [
        ("hunk_decided", "rejected: not needed", "h2", True),
        ("commented", "fine", "", False),
    ]


def test_a_decision_of_the_machine_is_not_undoable(drafted):
    drafted.add(HunkDecided(1, ("h2",), "rejected"))
    assert drafted.case().undoable == 0
    assert hunk_of(drafted.case(), "h2").decision == "rejected"


PIECES = split(Hunk("h1", "a.py", 1, ("a\n", "b\n"), ("A\n", "B\n")))
MOVES: list[Body] = [
    HunkDecided(1, ("h1",), "rejected"), HunkDecided(1, ("h1", "h2"), "accepted"), HunkDecided(1, ("h1a",), "rejected"),
    HunkEdited(1, "h1", ("x\n",)), HunkEdited(1, "h9", ()), HunkSplit(1, "h1", PIECES), Commented("no", "h1"),
    DraftWritten(2, (Hunk("h1", "b.py", 1, ("q\n",), ()),)), HunkDecided(2, ("h1",), "rejected"),
    ClaimMarked("k1", "refuted"), VerdictOverridden("ignore", "no"), OwnershipMarked("eve"),
]  # fmt: skip


@given(
    st.lists(
        st.sampled_from(MOVES) | st.integers(1, 30).map(Undone) | st.integers(1, 30).map(Redone), max_size=25
    )
)
def test_any_order_of_decisions_folds_and_reading_on_is_the_same_as_reading_anew(moves):
    first = (Hunk("h1", "a.py", 1, ("a\n", "b\n"), ("A\n", "B\n")), Hunk("h2", "a.py", 9, (), ("z\n",)))
    bodies = [
        CaseOpened("C-1", "t", "s", Fingerprint(1, "ab")),
        DraftStarted(1, "base"),
        DraftWritten(1, first),
        *moves,
    ]
    entries = [
        Entry("C-1", seq, seq, "human:a", KINDS[type(body)], body) for seq, body in enumerate(bodies, 1)
    ]
    builder = CaseBuilder()
    for entry in entries:
        builder.apply(entry)
        builder.case()
    assert builder.case() == fold(entries)
    for draft in builder.case().drafts:
        assert draft.digest == draft_digest(draft.base_commit, draft.accepted) or not draft.hunks


@given(st.lists(st.sampled_from(MOVES[:7]), max_size=8))
def test_undoing_everything_gives_back_what_the_agent_wrote(moves):
    first = (Hunk("h1", "a.py", 1, ("a\n", "b\n"), ("A\n", "B\n")),)
    bodies: list[Body] = [CaseOpened("C-1", "t", "s", Fingerprint(1, "ab")), DraftWritten(1, first)]
    entries = [Entry("C-1", n, n, "rootcase", KINDS[type(b)], b) for n, b in enumerate(bodies, 1)]
    before = fold(entries)
    for body in moves:
        entries.append(Entry("C-1", len(entries) + 1, 9, "human:a", KINDS[type(body)], body))
    while seq := fold(entries).undoable:
        entries.append(Entry("C-1", len(entries) + 1, 9, "human:a", "undone", Undone(seq)))
    after = fold(entries)
    assert after.draft.digest == before.draft.digest
    assert [s.hunk for s in after.draft.hunks] == [s.hunk for s in before.draft.hunks]
