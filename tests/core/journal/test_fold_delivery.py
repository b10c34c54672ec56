"""Proposal, approval and effects; and the state they put a case in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.model.delivery import Proposal, Write, proposal_digest
from rootcase.core.model.entries import (
    Approved,
    EffectDone,
    EffectFailed,
    EffectIntended,
    GateDecided,
    HunkDecided,
    Merged,
    ProposalEdited,
    Proposed,
    ReviewersChosen,
    RunEnded,
    RunStarted,
    SignalSeen,
    Undone,
    Unknown,
    Unmerged,
    VerdictOverridden,
    WorkFound,
)
from rootcase.core.model.signals import Signal, Work
from rootcase.core.model.verdicts import GateDecision

PUSH = Write("push", "github.com/acme/checkout", "k-push", "Keep the currency", "commit message")
PULL = Write("pull_request", "github.com/acme/checkout", "k-pr", "Keep the currency", "body")


def proposal(draft_digest: str, kind="draft_pull_request", writes=(PUSH, PULL)) -> Proposal:
    made = Proposal(kind, "Keep the currency", "body", "", draft_digest=draft_digest, writes=writes)
    return replace(made, digest=proposal_digest(made))


@pytest.fixture
def proposed(drafted):
    drafted.add(Proposed(proposal(drafted.case().draft.digest)))
    return drafted


def send(script, *writes: Write) -> None:
    for write in writes:
        script.add(
            EffectIntended(write, "d"), EffectDone(write.key, write.kind, f"https://x/{write.key}", "7")
        )


def test_a_proposal_counts_only_for_the_draft_it_was_made_of(proposed):
    assert proposed.case().state == "ready"
    decision = proposed.human(HunkDecided(1, ("h2",), "rejected"))
    case = proposed.case()
    assert case.proposal is None
    assert (case.state, case.asks) == ("asks", "the draft is not proved as it stands")
    proposed.human(Undone(decision))
    assert proposed.case().proposal is not None


def test_an_approval_counts_for_the_exact_text_it_named(proposed):
    digest = proposed.case().proposal.digest
    proposed.human(Approved(digest))
    assert (proposed.case().approved, proposed.case().approved_by) == (digest, "human:ada")
    edit = proposed.human(ProposalEdited("Better title", "better body"))
    case = proposed.case()
    assert case.approved == ""
    assert case.proposal.digest == proposal_digest(case.proposal) != digest
    assert (case.proposal.writes[1].title, case.proposal.writes[1].text) == ("Better title", "better body")
    assert case.proposal.writes[0] == PUSH
    proposed.human(Undone(edit))
    assert proposed.case().proposal.digest == digest
    assert proposed.case().approved == "", "an undo never sends what was approved before it"


def test_an_approval_of_another_text_does_not_count(proposed):
    proposed.human(Approved("f" * 64))
    assert (proposed.case().approved, proposed.case().approved_by) == ("", "")


def test_a_run_that_hands_over_asks_although_an_older_ticket_is_out(drafted):
    ticket = Write("ticket", "github.com/acme/checkout", "k-t", "t", "b")
    drafted.add(Proposed(proposal("", "ticket", (ticket,))))
    send(drafted, ticket)
    drafted.add(RunStarted("r", "t", "propose", "h", 1), Proposed(proposal(drafted.case().draft.digest)))
    drafted.add(RunEnded("r", "handed_over", "the push was refused"))
    assert drafted.case().asks == "the push was refused"


def test_other_reviewers_ask_for_approval_anew(proposed):
    proposed.human(Approved(proposed.case().proposal.digest), ReviewersChosen(("mira",)))
    assert proposed.case().proposal.reviewers == ("mira",)
    assert proposed.case().approved == ""


def test_the_same_proposal_made_again_keeps_its_approval(proposed):
    made = proposed.case().proposal
    proposed.human(Approved(made.digest))
    proposed.add(Proposed(made))
    assert proposed.case().approved == made.digest


def test_an_effect_is_intended_then_done_and_found_ones_count_too(proposed):
    proposed.add(EffectIntended(PUSH, "d"))
    assert [(e.key, e.state) for e in proposed.case().effects] == [("k-push", "intended")]
    proposed.add(
        EffectDone("k-push", "push"), EffectDone("k-pr", "pull_request", "https://x/1", "1", found=True)
    )
    effects = proposed.case().effects
    assert [(e.state, e.target) for e in effects] == [("done", PUSH.target), ("done", PULL.target)]
    assert proposed.case().state == "sent"


def test_a_write_that_failed_asks_for_a_human_until_it_is_done(proposed):
    proposed.add(
        EffectIntended(PUSH, "d"), EffectFailed("k-push", "push", "refused by a hook", "Ask an owner.")
    )
    case = proposed.case()
    assert (case.state, case.asks) == ("asks", "push failed: refused by a hook Ask an owner.")
    send(proposed, PUSH, PULL)
    assert (proposed.case().state, proposed.case().asks) == ("sent", "")


def test_a_ticket_that_is_out_does_not_hide_the_pull_request_that_is_ready(drafted):
    ticket = Write("ticket", "github.com/acme/checkout", "k-t", "t", "b")
    drafted.add(Proposed(proposal("", "ticket", (ticket,))))
    assert drafted.case().state == "ready"
    send(drafted, ticket)
    assert drafted.case().state == "sent"
    drafted.add(Proposed(proposal(drafted.case().draft.digest)))
    assert drafted.case().state == "ready"


def gate(verdict) -> GateDecided:
    return GateDecided(GateDecision("before", verdict, "because", "P1"))


@pytest.mark.parametrize(
    ("verdict", "state"),
    [("fix", "new"), ("investigate", "new"), ("ticket", "new"), ("wait", "waiting"), ("ignore", "ignored")],
)
def test_the_verdict_says_who_must_act(script, verdict, state):
    script.add(gate(verdict))
    assert script.case().state == state


def seen(status: str) -> SignalSeen:
    return SignalSeen(Signal("sentry", "1", status=status))


def test_an_error_that_comes_back_needs_you_even_when_it_was_ignored_or_sent(script):
    script.add(gate("ignore"), seen("unresolved"), seen("resolved"))
    assert script.case().state == "resolved"
    script.add(seen("unresolved"))
    assert script.case().state == "regressed"
    script.add(gate("fix"))
    assert script.case().state == "regressed"
    script.add(gate("wait"))
    assert script.case().state == "waiting"
    script.add(seen("resolved"))
    assert script.case().state == "resolved"


def test_an_error_that_comes_back_after_its_pull_request_needs_you(proposed):
    send(proposed, PUSH, PULL)
    proposed.add(seen("unresolved"), seen("resolved"), seen("regressed"))
    assert proposed.case().state == "regressed"


def test_a_failed_run_asks_until_a_human_decides(script):
    script.add(
        gate("fix"), RunStarted("r", "t", "propose", "h", 1), RunEnded("r", "handed_over", "no test is red")
    )
    assert (script.case().state, script.case().asks) == ("asks", "no test is red")
    script.human(VerdictOverridden("ignore", "not worth it"))
    assert (script.case().state, script.case().asks) == ("ignored", "")


def test_a_merged_case_says_where_it_went(script):
    script.human(Merged(into="C-7", reason="same loader"))
    assert (script.case().state, script.case().merged_into) == ("merged", "C-7")


def test_a_signal_that_was_moved_away_is_gone(script):
    script.add(seen("unresolved"), SignalSeen(Signal("datadog", "et-1")))
    script.human(Unmerged("datadog", "et-1", "C-2"))
    assert [s.source for s in script.case().signals] == ["sentry"]


def test_existing_work_is_what_the_last_search_found(script):
    script.add(WorkFound((Work("ticket", "PAY-1"),), ("jira",)), WorkFound((), ("jira",), ("github",)))
    assert (script.case().work, script.case().work_failed) == ((), ("github",))


def test_a_kind_from_the_future_is_counted_and_changes_nothing_else(script):
    before = script.case()
    script.entries.append(replace(script.entries[0], seq=2, kind="dreamed", body=Unknown("dreamed", "{}")))
    after = script.case()
    assert after.unknown_kinds == ("dreamed",)
    assert replace(after, unknown_kinds=(), seq=1) == before
