"""How far a case may go: by file, by the kinds of confidence that were asked for, and by the policy of now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.config.settings import PolicyRule, PolicySettings
from rootcase.core.deliver.levels import standing
from rootcase.core.deliver.outbox import deliver
from rootcase.core.deliver.policy import depth, refused
from rootcase.core.deliver.proposal import compose
from rootcase.core.model.confidence import needs, recorded_values
from rootcase.core.model.delivery import Write
from rootcase.core.model.draft_entries import HunkEdited, Undone
from rootcase.core.model.entries import ConfidenceChosen, ConfidenceWaived
from rootcase.core.model.errors import DeliveryError
from rootcase.core.model.evidence import Evidence
from rootcase.core.run.steps import End, Step, next_step


def ruled(kit, *rules, limits=(), level="draft-only", **more):
    return kit.settings_for(
        "http://127.0.0.1:1", policy=PolicySettings(level=level, rules=rules, limits=limits, **more)
    )


def rule(*paths, level=None, **more):
    return PolicyRule(paths=paths, level=level, **more)


@pytest.mark.parametrize(
    ("rules", "limits", "level", "held", "set_by"),
    [
        ((), (), "review-ready", "review-ready", "policy.level"),
        ((rule("app/**", level="review-ready"),), (), "draft-only", "draft-only", "policy.level for test_currency.py"),
        (
            (rule("app/**", level="review-ready"), rule("test_*", level="review-ready")), (), "draft-only",
            "review-ready", "policy.rules[0] (app/**) for app/loader.py",
        ),
        (
            (rule("app/loader.py", level="draft-only"), rule("app/**", level="review-ready")), (), "review-ready",
            "draft-only", "policy.rules[0] (app/loader.py) for app/loader.py",
        ),
        ((rule(level="review-ready", repository="other"),), (), "draft-only", "draft-only", "policy.level"),
        ((rule(level="review-ready", repository="checkout"),), (), "draft-only", "review-ready", "policy.rules[0]"),
        (
            (), (rule("app/*", level="draft-only", name="money"),), "review-ready",
            "draft-only", "money (app/*) for app/loader.py",
        ),
        ((), (rule(level="auto-merge"),), "review-ready", "review-ready", "policy.level"),
    ],
)  # fmt: skip
def test_a_change_goes_as_far_as_the_lowest_of_its_files(kit, proved, rules, limits, level, held, set_by):
    told = standing(proved.case, ruled(kit, *rules, limits=limits, level=level))
    assert (told.level, told.rule) == (held, set_by)
    assert [file.path for file in told.files] == ["app/loader.py", "test_currency.py"]


def test_without_a_change_the_repository_as_a_whole_counts(kit, place):
    journal = kit.Journal()
    case = journal.add(*kit.opening(place.base))
    settings = ruled(kit, rule("app/**", level="auto-merge"), rule(level="review-ready"))
    assert (
        standing(case, settings).level == "review-ready"
        and standing(case, settings).rule == "policy.rules[1]"
    )


def how(kit, case, settings):
    return depth(case, settings, settings.repositories[0])


def test_review_waits_until_each_kind_is_done_or_waived_by_name(kit, proved):
    settings = ruled(kit, level="review-ready", confidence=("unit-test", "rollback-plan"))
    assert how(kit, proved.case, settings).kind == "pull_request"

    case = proved.add(ConfidenceChosen(("replayed-event",)), actor="human:dana")
    held = how(kit, case, settings)
    assert (held.kind, held.reviewers) == ("draft_pull_request", False)
    assert "waits for: replayed event" in held.rule
    assert [(need.kind, need.state, need.by) for need in held.needs] == [
        ("unit-test", "done", "policy.confidence"), ("replayed-event", "open", "human:dana"),
        ("rollback-plan", "done", "policy.confidence"),
    ]  # fmt: skip
    case = proved.add(
        ConfidenceWaived("replayed-event", "seen on staging", case.draft.digest), actor="human:mira"
    )
    told = how(kit, case, settings)
    assert told.kind == "pull_request"
    assert told.needs[1].why == "waived by mira: seen on staging"
    case = proved.add(Undone(case.undoable), actor="human:mira")
    assert how(kit, case, settings).kind == "draft_pull_request"


def test_a_waiver_is_about_the_text_it_was_said_about(kit, proved):
    settings = ruled(kit, level="review-ready", confidence=("replayed-event",))
    case = proved.add(
        ConfidenceWaived("replayed-event", "fine", proved.case.draft.digest), actor="human:mira"
    )
    assert needs(case, standing(case, settings).asked)[0].state == "waived"
    case = proved.add(HunkEdited(1, "h1", ("x = 1\n",)), actor="human:mira")
    assert needs(case, standing(case, settings).asked)[0].state == "open"


def test_a_replayed_event_is_what_a_program_finds_in_the_reproduction(kit, proved, place):
    def state(test: str):
        case = proved.case
        hunks = tuple(
            replace(s, hunk=replace(s.hunk, new=tuple(test.splitlines(True)))) if s.hunk.test else s
            for s in case.draft.hunks
        )
        [need] = needs(replace(case, drafts=(replace(case.draft, hunks=hunks),)), [("replayed-event", "x")])
        return need.state, need.why

    assert state("def test(): price_for('WINTER-COAT-9')\n")[1].startswith("the reproduction names no event")
    assert state("# replays f1\ndef test(): price_for('a')\n") == (
        "open", "no recorded value of f1 is in the reproduction",
    )  # fmt: skip
    done, why = state("# replays f1\ndef test(): price_for('WINTER-COAT-9')\n")
    assert (done, why) == ("done", "1 of 1 recorded values of f1 are in the reproduction")
    assert state("# replays f9\ndef test(): price_for('WINTER-COAT-9')\n")[0] == "open"


def test_keys_redacted_values_and_single_digits_are_no_recorded_values():
    text = (
        "request: POST https://shop.example/checkout?sku=BOOT-7\n"
        "row = {'sku': 'BOOT-7', 'n': 3}\ntoken = '[redacted:key]'"
    )
    assert recorded_values(Evidence("e1", "event", "x", text)) == ("checkout", "sku", "BOOT-7")


@pytest.mark.parametrize(
    ("path", "plan", "migration", "rollback"),
    [
        ("app/loader.py", "", "done", "done"),
        ("db/migrations/0007_currency.py", "", "open", "open"),
        ("db/migrations/0007_currency.py", "run it backwards", "open", "done"),
        ("app/reports.sql", "run it backwards", "open", "done"),
    ],
)
def test_what_is_stored_needs_a_check_and_a_way_back(proved, path, plan, migration, rollback):
    case = proved.case
    hunks = tuple(
        replace(s, hunk=replace(s.hunk, path=path)) if not s.hunk.test else s for s in case.draft.hunks
    )
    case = replace(case, drafts=(replace(case.draft, hunks=hunks),), plan=replace(case.plan, rollback=plan))
    states = [need.state for need in needs(case, [("migration-check", "x"), ("rollback-plan", "x")])]
    assert states == [migration, rollback]


def test_the_run_proposes_anew_when_confidence_has_changed_and_not_when_it_has_not(kit, place, proved):
    settings = ruled(kit, level="review-ready", confidence=("replayed-event",))

    def proposed():
        case = proved.case
        return compose(
            case, settings, settings.repositories[0], kit.where(settings, place), how(kit, case, settings)
        )

    from rootcase.core.model.entries import Proposed

    proved.add(Proposed(proposed()))
    assert isinstance(next_step(proved.case, "propose"), End | Step)
    before = next_step_of_offer(proved.case)
    assert isinstance(before, End)
    case = proved.add(
        ConfidenceWaived("replayed-event", "fine", proved.case.draft.digest), actor="human:mira"
    )
    assert next_step_of_offer(case) == Step("propose")
    case = proved.add(Proposed(proposed()))
    assert case.proposal.kind == "pull_request" and isinstance(next_step_of_offer(case), End)
    case = proved.add(ConfidenceChosen(("migration-check",)), actor="human:dana")
    assert next_step_of_offer(case) == Step("propose")


def next_step_of_offer(case):
    from rootcase.core.run.steps import _offer

    return _offer(case, approvable=False, proposed=False)


async def test_what_the_policy_of_now_forbids_does_not_go_out_although_it_was_approved(
    kit, place, proved, forge
):
    settings = kit.settings_for(forge.url, policy=PolicySettings(level="review-ready"))
    repository = settings.repositories[0]
    proposal = compose(
        proved.case, settings, repository, kit.where(settings, place), how(kit, proved.case, settings)
    )
    case = kit.approve(proved, proposal)
    tighter = replace(settings, policy=PolicySettings(level="draft-only"))
    with pytest.raises(DeliveryError, match="allows less now"):
        await kit.collected(
            deliver(
                case, settings, kit.ports_for(settings, place),
                why_not=lambda write: refused(case, tighter, repository, write, None),
            )
        )  # fmt: skip
    assert kit.git(place.remote, "branch", "--list", "rootcase/*") == ""
    push = Write("push", "x", "k")
    assert refused(case, settings, repository, push, None) == ""
    picked = proved.add(ConfidenceChosen(("replayed-event",)), actor="human:dana")
    assert "waits for: replayed event" in refused(picked, settings, repository, push, None)
