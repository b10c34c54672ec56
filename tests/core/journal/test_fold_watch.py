"""What became of a pull request, folded: the state it gives the case, and how a case begins anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.deliver.naming import branch_name
from rootcase.core.journal.inbox_row import row_of
from rootcase.core.model.aftermath import (
    Landing,
    Pull,
    Recurrence,
    Reverted,
    Verification,
    is_rehearsal,
    quiet_period_us,
)
from rootcase.core.model.code import CodePath
from rootcase.core.model.entries import (
    CodeMapped,
    DraftAbandoned,
    EffectDone,
    FixAwaited,
    FixLanded,
    FixRecurred,
    FixReverted,
    FixVerified,
    GateDecided,
    NoteWritten,
    PhaseEnded,
    PhaseStarted,
    PlanMade,
    PullSeen,
    SignalSeen,
    VerdictOverridden,
)
from rootcase.core.model.evidence import NoteLine
from rootcase.core.model.signals import Signal
from rootcase.core.model.verdicts import GateDecision
from rootcase.core.run.steps import Step, next_step

HOUR = 3_600_000_000
MAPPED = CodeMapped(CodePath("shop", "2.0", "a" * 40, "tag", "a" * 40))
NOTED = NoteWritten((NoteLine("what", "x"),))
BRANCH = "rootcase/c-1-keyerror-currency-in-price-for"
SENT = EffectDone("k", "pull_request", "https://forge.test/pull/7", "7")
OPEN = Pull("7", "https://forge.test/pull/7")
MERGED = replace(OPEN, state="merged", commit="c" * 40, at_us=9)
BACK = FixRecurred(Recurrence("sentry", "1", "2.1", 99, changed=("the same frames",)))
FIX = GateDecided(GateDecision("after", "fix", "nobody has it", "P2"))


def landed(environment: str) -> FixLanded:
    return FixLanded(Landing(environment, "2.1", 10, "c" * 40))


def verified(environment: str) -> FixVerified:
    return FixVerified(Verification(environment, "2.1", 10, 10 + 25 * HOUR, 24 * HOUR))


@pytest.mark.parametrize(
    ("bodies", "stage", "state", "group"),
    [
        ((), "open", "sent", "waiting"),
        ((PullSeen(replace(OPEN, state="draft")),), "draft", "sent", "waiting"),
        ((PullSeen(MERGED),), "merged", "sent", "waiting"),
        ((PullSeen(MERGED), landed("production")), "quiet", "sent", "waiting"),
        ((PullSeen(MERGED), landed("staging"), verified("staging")), "quiet", "sent", "waiting"),
        ((PullSeen(MERGED), landed("production"), verified("production")), "verified", "verified", "quiet"),
        ((PullSeen(MERGED), BACK), "recurred", "regressed", "needs_you"),
        ((PullSeen(MERGED), FixReverted(Reverted("d" * 40, 50))), "reverted", "regressed", "needs_you"),
        ((PullSeen(replace(OPEN, state="closed", at_us=9)),), "closed", "asks", "needs_you"),
    ],
)  # fmt: skip
def test_the_stage_gives_the_state(script, bodies, stage, state, group):
    script.add(SignalSeen(Signal("sentry", "1")), SENT, *bodies)
    case = script.case()
    assert (case.after.stage, case.state, row_of(case).group) == (stage, state, group)


def test_a_resolved_issue_says_less_than_what_was_seen_of_the_fix(script):
    script.add(
        SignalSeen(Signal("sentry", "1", status="resolved")), SENT, PullSeen(MERGED), landed("production")
    )
    assert script.case().state == "sent"
    script.add(verified("production"))
    assert script.case().state == "verified"


def test_a_humans_verdict_answers_a_pull_request_that_was_closed(script):
    script.add(SENT, PullSeen(replace(OPEN, state="closed", why="not needed")))
    assert script.case().asks == "PR #7 was closed without a merge: not needed"
    script.human(VerdictOverridden("ignore", "they are right"))
    assert script.case().asks == ""


def test_a_new_pull_request_begins_anew(script):
    script.add(SENT, PullSeen(MERGED), landed("production"), FixAwaited("x"), BACK)
    script.add(EffectDone("k2", "pull_request", "https://forge.test/merge_requests/8", "8"))
    case = script.case()
    assert (case.after.pull.shown, case.after.landed, case.after.recurred, case.after.awaits) == (
        "PR !8",
        (),
        None,
        "",
    )
    assert case.state == "sent"


def test_the_same_pull_request_sent_again_keeps_what_is_known(script):
    script.add(SENT, PullSeen(replace(OPEN, state="draft")), replace(SENT, key="k2"))
    assert script.case().after.stage == "draft"


def test_a_case_that_came_back_is_mapped_investigated_and_planned_anew(drafted):
    drafted.add(
        MAPPED,
        NOTED,
        FIX,
    )
    drafted.add(
        PhaseStarted("investigate"), PhaseEnded("investigate", True, "found"), PlanMade("p", ("a.py",))
    )
    drafted.add(SENT, PullSeen(MERGED))
    before = drafted.case()
    assert (
        next_step(before, "propose") != Step("map")
        and branch_name(before) == "rootcase/c-1-keyerror-currency-in-price-for"
    )
    drafted.add(BACK, DraftAbandoned(1, "it came back"), FIX, after_s=60)
    case = drafted.case()
    assert (case.draft, case.plan, case.remap) == (None, None, True)
    assert next_step(case, "propose") == Step("map")
    drafted.add(CodeMapped(CodePath("shop", "2.1", "b" * 40, "tag", "b" * 40)), FIX)
    assert next_step(drafted.case(), "propose") == Step("investigate"), (
        "what was found before it came back is old"
    )
    drafted.add(PhaseStarted("investigate"), PhaseEnded("investigate", True, "found"))
    assert next_step(drafted.case(), "propose") == Step("plan")
    assert branch_name(drafted.case()) == f"{BRANCH}-again2"


def test_drafts_of_the_fix_that_did_not_hold_do_not_use_up_the_rounds(drafted):
    drafted.add(
        MAPPED,
        NOTED,
        FIX,
        SENT,
    )
    for number in (1, 2, 3):
        drafted.add(PhaseStarted("patch", number), DraftAbandoned(number, "no"))
    drafted.add(PullSeen(MERGED), BACK, after_s=60)
    drafted.add(CodeMapped(CodePath("shop", "2.1", "b" * 40, "tag", "b" * 40)), FIX)
    drafted.add(
        PhaseStarted("investigate"), PhaseEnded("investigate", True, "found"), PlanMade("p", ("a.py",))
    )
    assert next_step(drafted.case(), "propose") == Step("reproduce")


def test_rehearsals_are_told_from_production():
    names = ("staging", "prod-eu", "", "eu-test", "production", "dev-2", "canary")
    assert [name for name in names if is_rehearsal(name)] == ["staging", "eu-test", "dev-2", "canary"]


def test_the_quiet_period_is_a_day_or_five_gaps():
    assert quiet_period_us(HOUR) == 24 * HOUR and quiet_period_us(5 * HOUR) == 25 * HOUR
