"""Ticket, draft or pull request: what proof, policy, a reviewer and a human allow, and what is sent unasked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.config.settings import PolicySettings
from rootcase.core.deliver.policy import approvable
from rootcase.core.deliver.proposal import propose
from rootcase.core.model.entries import (
    Commented,
    FindingWaived,
    HunkDecided,
    Judged,
    Reviewed,
    VerdictOverridden,
)
from rootcase.core.model.proofs import Finding
from tests.core.deliver.composing import made


@pytest.mark.parametrize(
    ("level", "policy", "kind", "reviewers"),
    [
        ("E3", "draft-only", "ticket", False), ("E3", "review-ready", "ticket", False),
        ("E4", "draft-only", "draft_pull_request", False), ("E4", "review-ready", "pull_request", True),
        ("E5", "draft-only", "draft_pull_request", False), ("E5", "auto-merge", "pull_request", True),
    ],
)  # fmt: skip
def test_policy_and_evidence_decide_how_far_it_goes(kit, place, level, policy, kind, reviewers):
    journal = kit.Journal()
    case = journal.add(*kit.opening(place.base), *kit.drafted(place, level=level))
    proposal = made(kit, place, case, policy=PolicySettings(level=policy))
    assert (proposal.kind, bool(proposal.reviewers)) == (kind, reviewers)
    assert proposal.depth_rule.startswith(level)


def test_a_human_may_open_an_unproved_draft_with_a_typed_reason(kit, place):
    journal = kit.Journal()
    journal.add(*kit.opening(place.base), *kit.drafted(place, level="E3"))
    case = journal.add(Commented("we need eyes on it tonight", "unproved"), actor="human:dana")
    proposal = made(kit, place, case, tree=place.tree)
    assert proposal.kind == "draft_pull_request" and proposal.title.startswith("Unproved: ")
    assert "**Not proved.** Opened by hand: we need eyes on it tonight" in proposal.body


def test_a_refused_draft_becomes_a_ticket_until_its_finding_is_waived(kit, place, proved):
    digest = proved.case.draft.digest
    case = proved.add(Reviewed(1, digest, 2, (Finding("r1", "c", "block", "h1", "x"),), "refuse"))
    assert made(kit, place, case).kind == "ticket"
    case = proved.add(FindingWaived("r1", "it is right here"), actor="human:dana")
    assert made(kit, place, case).kind == "draft_pull_request"
    assert "waived: it is right here" in made(kit, place, case).body


def test_the_switch_and_the_gates_no_leave_nothing_to_send(kit, place, proved):
    stopped = made(kit, place, proved.case, policy=PolicySettings(stop=True))
    assert (stopped.kind, stopped.writes) == ("none", ())
    case = proved.add(VerdictOverridden("ticket", "not a code thing"), actor="human:dana")
    assert made(kit, place, case).kind == "ticket"


def test_an_approve_list_covers_all_writes_or_none(kit, place, proved):
    proposal = made(kit, place, proved.case, write_back=["sentry"])
    case = replace(proved.case, proposal=proposal)
    assert approvable(case, PolicySettings(approve=("draft_pr",))) == ""
    assert approvable(case, PolicySettings(approve=("draft_pr", "comment"))) != ""
    assert approvable(case, PolicySettings()) == ""
    assert approvable(case, PolicySettings(approve=("pr", "comment"), stop=True)) == ""


def test_what_the_judge_refuses_waits_for_a_human_and_the_difference_is_in_the_text(kit, place, proved):
    digest = proved.case.draft.digest
    case = proved.add(
        Judged(1, digest, "refuse", (Finding("j1", "judge", "block", "h1", "hides it"),), "no cause")
    )
    case = replace(case, proposal=made(kit, place, case, write_back=["sentry"]))
    assert approvable(case, PolicySettings(approve=("draft_pr", "comment"))) == ""
    assert case.proposal.kind == "draft_pull_request" and "the judge says refuse" in case.proposal.body
    edited = proved.add(HunkDecided(1, ("h1",), "rejected"), actor="human:dana")
    assert edited.disagreement == ""


@pytest.mark.parametrize(
    ("attended", "approve", "kinds"),
    [
        (True, ("draft_pr",), ["push", "pull_request", "comment"]),
        (False, ("draft_pr",), ["push", "pull_request"]),
        (False, ("draft_pr", "comment"), ["push", "pull_request", "comment"]),
    ],
)
async def test_with_nobody_there_a_comment_is_only_proposed_where_it_may_be_sent(
    kit, place, proved, attended, approve, kinds
):
    settings = kit.settings_for("http://127.0.0.1:1", policy=PolicySettings(approve=approve))
    stage = propose(
        proved.case, settings, settings.repositories[0], kit.where(settings, place), write_back=["sentry"],
        attended=attended,
    )  # fmt: skip
    proposal = kit.only([b.proposal async for b in stage])
    assert [w.kind for w in proposal.writes] == kinds
    case = replace(proved.case, proposal=proposal)
    assert bool(approvable(case, settings.policy)) is (not attended)
