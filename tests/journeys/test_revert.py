"""The suspect commit is taken back: a draft like any other, proved like any other, and nothing is sent."""

from __future__ import annotations

import pytest

from rootcase.core.model import ladder
from tests.support.depot import Depot, commit, git
from tests.support.journal import case, faults


def suspect(place: Depot) -> str:
    return git(place.checkout, "log", "--format=%H", "--grep=sender's note")


@pytest.mark.slow
def test_the_revert_of_the_suspect_is_drafted_and_proved_with_the_test_of_the_fix(place):
    place.crash()
    assert place.run("--attended").code == 0
    fixed = case(place.store)
    done = place.run("--revert", suspect(place)[:9])
    assert done.code == 0 and "drafted and proved" in done.out, done.said
    now = case(place.store)
    draft = now.draft
    assert (draft.number, draft.origin, draft.reverts) == (2, "revert", suspect(place))
    assert draft.test_ids == fixed.draft.test_ids and [h.path for h in draft.accepted if h.test]
    assert [h.path for h in draft.accepted if not h.test] == ["depot/intake.py"]
    assert "return Parcel(number, street, postcode, note)" in "".join(draft.accepted[0].new)
    outcomes = {step: now.proof(step).outcome for step in ("red", "green", "revert", "suite")}
    assert set(outcomes.values()) == {"ok"} and ladder.level(now) in ("E4", "E5")
    assert place.items() == [] and place.branches() == [] and faults(place.store) == ()


@pytest.mark.slow
def test_without_a_reproduction_the_suite_alone_speaks_and_that_is_said(place):
    place.crash()
    done = place.run("--revert", suspect(place))
    assert done.code == 4 and "No reproduction shows yet" in done.out, done.said
    now = case(place.store)
    assert now.code is not None and now.draft.reverts == suspect(place) and not now.draft.test_ids
    assert now.proof("suite").outcome == "ok" and now.proof("red").outcome == "skipped"
    assert now.spent.steps == 0, "no model was asked"
    again = place.run("--revert", suspect(place))
    assert again.code == 4 and case(place.store).draft.number == now.draft.number, "it is not drafted twice"


@pytest.mark.slow
def test_what_stands_in_the_way_of_a_revert_is_said(place):
    later = place.checkout / "depot" / "intake.py"
    text = later.read_text().replace(
        "return Parcel(number, street, None, note)", "return Parcel(number, '', None, note)"
    )
    commit(place.checkout, "omar", "Leave the street out", {"depot/intake.py": text}, 1_790_900_000)
    place.crash()
    done = place.run("--revert", suspect(place))
    assert done.code == 1 and "does not revert cleanly" in done.said, done.said
    now = case(place.store)
    assert now.draft is None and now.faults[-1].hint
    gone = place.run("--revert", "feedfacefeed")
    assert gone.code == 1 and "is no commit of the repository" in gone.said
