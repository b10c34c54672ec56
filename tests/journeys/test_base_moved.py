"""The base branch moves on between draft and sending: the draft follows and is proved again, or a human must act."""

from __future__ import annotations

import pytest

from rootcase.core.model import ladder
from rootcase.core.model.entries import Approved, DraftRebased, Faulted
from tests.support.depot import Depot, git
from tests.support.journal import case, entries, faults, say


def main_moves(place: Depot, path: str, old: str, new: str) -> str:
    """Somebody else pushes to main of the remote; the engineer's checkout does not know yet."""
    theirs = place.remote.parent / "theirs"
    git(place.remote.parent, "clone", "-q", str(place.remote), str(theirs))
    file = theirs / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    git(theirs, "-c", "user.name=Eve", "-c", "user.email=eve@example.org", "commit", "-qam", "Meanwhile")
    git(theirs, "push", "-q", "origin", "main")
    return git(theirs, "rev-parse", "HEAD")


@pytest.mark.slow
def test_a_draft_follows_its_branch_and_what_was_approved_before_is_not_sent(place):
    place.crash()
    assert place.run("--attended").code == 0
    first = case(place.store)
    tip = main_moves(place, "depot/intake.py", "from dataclasses", "# Read at night.\n\nfrom dataclasses")
    say(place.store, Approved(first.proposal.digest))

    again = place.run("--attended")
    assert again.code == 0 and "nothing was sent" in again.out, again.said
    assert place.branches() == [] and place.items() == []
    after = case(place.store)
    [moved] = [e.body for e in entries(place.store) if isinstance(e.body, DraftRebased)]
    assert (moved.was, moved.base_commit, moved.branch) == (first.draft.base_commit, tip, "main")
    assert after.draft.base_commit == tip and len(after.drafts) == 1
    assert after.draft.hunks[0].hunk.start == first.draft.hunks[0].hunk.start + 2
    assert ladder.level(after) == ladder.level(first) == "E4"
    assert after.proof("suite").tree == after.proposal.tree != first.proposal.tree

    say(place.store, Approved(after.proposal.digest))
    sent = place.run("--attended")
    assert sent.code == 0 and "Sent" in sent.out, sent.said
    [branch] = place.branches()
    assert git(place.remote, "rev-parse", f"{branch}^") == tip
    assert "# Read at night." in git(place.remote, "show", f"{branch}:depot/intake.py")
    assert faults(place.store) == ()


@pytest.mark.slow
def test_where_a_hunk_no_longer_fits_a_human_is_asked_and_nothing_is_sent(place):
    place.crash()
    assert place.run("--attended").code == 0
    first = case(place.store)
    main_moves(
        place,
        "depot/intake.py",
        "return Parcel(number, street, None, note)",
        "return Parcel(number, street, '', note)",
    )
    say(place.store, Approved(first.proposal.digest))
    stopped = place.run("--attended")
    assert stopped.code == 4 and "Needs a human: h1 does not fit main any more" in stopped.said, stopped.said
    [fault] = [e.body for e in entries(place.store) if isinstance(e.body, Faulted)]
    assert "depot/intake.py" in fault.detail and "have changed there" in fault.detail and fault.hint
    assert place.branches() == [] and place.items() == []
    assert case(place.store).draft.base_commit == first.draft.base_commit
