"""Taking a case back to a phase from the command line: the next run begins there, and says why."""

from __future__ import annotations

from tests.support.journal import case, entries


def test_a_run_from_a_phase_keeps_what_came_before_it_and_does_the_rest_again(place):
    place.crash()
    assert place.run("--until", "draft").code == 0
    first = case(place.store)
    done = place.run("--until", "draft", "--from", "patch", "--steer", "smaller")
    assert done.code == 0, done.said
    now = case(place.store)
    assert now.drafts[0].abandoned == "patch is done again: smaller"
    assert now.draft.number == 2 and now.draft.test_ids == first.draft.test_ids
    phases = [phase.phase for phase in now.phases[len(first.phases) :] if phase.phase != "review"]
    assert phases == ["reproduce", "patch"], "neither the investigation nor the plan is paid for again"
    restarted = next(entry for entry in entries(place.store) if entry.kind == "phase_restarted")
    assert restarted.actor.startswith("human:")


def test_a_phase_that_does_not_exist_is_refused_with_those_that_do(place):
    done = place.line.run("run", "C-1", "--from", "deploy")
    assert done.code == 2 and "investigate" in done.err
