"""How far Rootcase may go with a case: by its evidence ladder, the policy level and humans' words."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.core.config.settings import Approvable, PolicySettings, RepositorySettings, Settings
from rootcase.core.model import ladder
from rootcase.core.model.case import Case
from rootcase.core.model.delivery import Proposal, ProposalKind

UNPROVED = "unproved"


@dataclass(frozen=True, slots=True)
class Depth:
    """What may be proposed, and the rule that says so. unproved: the typed reason of a human, or ""."""

    kind: ProposalKind
    rule: str
    reviewers: bool = False
    unproved: str = ""


def depth(
    case: Case, settings: Settings, repository: RepositorySettings | None, *, stopped: str = ""
) -> Depth:
    """The policy table on one case. stopped: why the one switch is on, "" where it is off."""
    if settings.policy.stop or stopped:
        return Depth("none", f"Everything is stopped: {stopped or 'policy.stop is set'}. Nothing is sent.")
    if case.verdict in ("wait", "ignore") and not case.verdict_by.startswith("human:"):
        because = case.gate.because if case.gate else ""
        return Depth("none", f"The gate says {case.verdict}: {because}".rstrip(": "))
    level = ladder.level(case)
    no_change = _no_change(case)
    if no_change:
        return Depth("ticket", no_change)
    if level in ("E4", "E5") and _has_patch(case):
        return _proved(level, settings.policy, repository)
    reason = unproved_reason(case)
    if reason and _has_patch(case):
        return Depth(
            _sendable("draft_pull_request", repository),
            f"{level}, so the fix is not proved; a human opened it all the same.",
            unproved=reason,
        )
    words = "reproduced, not fixed: ticket and escalation" if level == "E3" else "investigation ticket"
    return Depth("ticket", f"{level} under {settings.policy.level}: {words}.")


def unproved_reason(case: Case) -> str:
    """The reason a human typed for sending a draft without proof: a comment about `unproved`, or ""."""
    words = (s.text for s in reversed(case.said) if s.about == UNPROVED and not s.undone)
    return next((w.strip() for w in words if w.strip()), "")


def approvable(case: Case, policy: PolicySettings) -> str:
    """The `approve` rule by which an unattended run may send all of the proposal, "" where none does.

    What a judge refuses waits for a human, whatever is listed.
    """
    proposal = case.proposal
    if proposal is None or policy.stop or proposal.kind == "none" or _judge_refuses(case):
        return ""
    needed = _needed(proposal)
    listed = set(policy.approve) | ({"draft_pr"} if "pr" in policy.approve else set())
    if not needed or not needed <= listed:
        return ""
    return f"policy.approve lists {', '.join(sorted(needed))}"


def _judge_refuses(case: Case) -> bool:
    draft, judged = case.draft, case.judged
    return (
        draft is not None
        and judged is not None
        and judged.digest == draft.digest
        and judged.verdict == "refuse"
    )


def _needed(proposal: Proposal) -> set[Approvable]:
    needed: set[Approvable] = set()
    for write in proposal.writes:
        if write.kind in ("fork", "push", "pull_request"):
            needed.add("pr" if proposal.kind == "pull_request" else "draft_pr")
        elif write.kind in ("ticket", "comment", "status"):
            needed.add(write.kind)
    return needed


def _has_patch(case: Case) -> bool:
    return case.draft is not None and any(not hunk.test for hunk in case.draft.accepted)


def _no_change(case: Case) -> str:
    """Why no code change is proposed, "" where one is."""
    if case.verdict == "ticket":
        return "The gate says ticket: a person has to act, not a patch."
    if case.plan is not None and case.plan.no_fix:
        return f"No code change is right here: {case.plan.no_fix}"
    if not _has_patch(case):
        return ""
    assert case.draft is not None
    if case.review_digest != case.draft.digest:
        return "Review has not looked at this text."
    if case.review_verdict == "refuse" and any(f.severity == "block" and not f.waived for f in case.findings):
        return "Review refuses the draft; its findings are open."
    return ""


def _proved(level: str, policy: PolicySettings, repository: RepositorySettings | None) -> Depth:
    if policy.level == "draft-only":
        return Depth(
            _sendable("draft_pull_request", repository), f"{level} under draft-only: draft, no reviewers."
        )
    kind = _sendable("pull_request", repository)
    if policy.level == "auto-merge":
        rule = f"{level} under auto-merge: for review; this version never asks the forge to merge."
        return Depth(kind, rule, reviewers=True)
    return Depth(
        kind, f"{level} under review-ready: a pull request with owners as reviewers.", reviewers=True
    )


def _sendable(kind: ProposalKind, repository: RepositorySettings | None) -> ProposalKind:
    """Without a forge the change becomes a patch file."""
    return kind if repository is not None and repository.forge != "none" else "patch_file"
