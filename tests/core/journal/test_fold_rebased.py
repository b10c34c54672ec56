"""A draft on another commit keeps its text and what humans decided; a marked mutant speaks against nothing."""

from __future__ import annotations

from dataclasses import replace

from rootcase.core.model.entries import DraftRebased, FindingWaived, HunkDecided, HunkEdited, Proved, Undone
from rootcase.core.model.proofs import ProofResult, mutant_id

SURVIVORS = ("a.py:3: `+` becomes -", "a.py:4: `1` becomes 1 + 1")


def test_a_rebased_draft_keeps_decisions_and_asks_for_new_proof(drafted):
    drafted.human(HunkDecided(1, ("h2",), "rejected", "not here"))
    edit = drafted.human(HunkEdited(1, "h1", ("A\n", "B2\n")))
    before = drafted.case()
    moved = tuple(replace(state.hunk, start=state.hunk.start + 4) for state in before.draft.hunks)
    drafted.add(DraftRebased(1, "base", "tip", moved, "main"))
    after = drafted.case().draft
    assert after.base_commit == "tip" and after.digest != before.draft.digest
    assert [s.hunk.start for s in after.hunks] == [s.hunk.start + 4 for s in before.draft.hunks]
    assert [(s.decision, s.edited, s.hunk.new) for s in after.hunks] == [
        (s.decision, s.edited, s.hunk.new) for s in before.draft.hunks
    ]
    drafted.human(Undone(edit))
    assert drafted.case().draft == after, "what was decided on the old commit is part of the draft now"
    drafted.human(HunkDecided(1, ("h2",), "accepted"))
    assert len(drafted.case().draft.accepted) == len(after.accepted) + 1


def test_a_surviving_mutant_that_a_human_marks_speaks_against_nothing_until_it_is_taken_back(drafted):
    digest = drafted.case().draft.digest
    summary = f"3 of 5 mutants killed; no test would notice {SURVIVORS[0]}"
    drafted.add(Proved(ProofResult("mutation", 1, digest, "t", "failed", summary, survivors=SURVIVORS)))
    drafted.human(FindingWaived(mutant_id(SURVIVORS[0]), "a sum of zeros"))
    one = drafted.case().proof("mutation")
    assert (one.outcome, one.survivors) == ("failed", SURVIVORS[1:])
    assert "1 marked as changing nothing; no test would notice a.py:4" in one.summary
    second = drafted.human(FindingWaived(mutant_id(SURVIVORS[1]), "the same"))
    both = drafted.case().proof("mutation")
    assert (both.outcome, both.survivors) == ("ok", ()) and both.summary.endswith(
        "2 marked as changing nothing"
    )
    drafted.human(Undone(second))
    assert drafted.case().proof("mutation") == one
