"""How far Rootcase may go with a case: by its evidence ladder, the policy level and humans' words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rootcase.core.config.settings import (
    Approvable,
    PolicyLevel,
    PolicySettings,
    RepositorySettings,
    Settings,
)
from rootcase.core.deliver.levels import Standing, standing
from rootcase.core.deliver.narrow import Narrow, narrow
from rootcase.core.model import ladder
from rootcase.core.model.case import Case
from rootcase.core.model.confidence import WORDS, Need, needs
from rootcase.core.model.delivery import Proposal, ProposalKind, Write
from rootcase.core.model.escalation import Escalation, escalation

UNPROVED = "unproved"


@dataclass(frozen=True, slots=True)
class Depth:
    """What may be proposed, and the rule that says so. unproved: the typed reason of a human, or "".

    level, set_by: the policy and the setting that gives it. needs: kinds of confidence that were asked for.
    merge: whether the forge may be asked to merge, check by check; None where no level says so. escalation: why a
    human is called.
    """

    kind: ProposalKind
    rule: str
    reviewers: bool = False
    unproved: str = ""
    level: PolicyLevel = "draft-only"
    set_by: str = ""
    needs: tuple[Need, ...] = ()
    merge: Narrow | None = None
    escalation: Escalation | None = None


def depth(
    case: Case,
    settings: Settings,
    repository: RepositorySettings | None,
    *,
    stopped: str = "",
    freeze: str | None = None,
    budget: str = "",
) -> Depth:
    """The policy table on one case.

    stopped: why the one switch is on, "" where it is off. freeze: why the service's error budget allows no
    change by itself, "" where it does, None where nobody can tell. budget: the cap that has ended the run.
    """
    held = standing(case, settings)
    how = replace(
        _depth(case, settings, repository, held, stopped),
        level=held.level, set_by=held.rule, needs=needs(case, held.asked),
    )  # fmt: skip
    called = escalation(case, budget=budget) if how.kind == "ticket" else None
    if called is not None:
        told = "" if how.rule.endswith("escalation.") else "; escalation"
        how = replace(how, rule=f"{how.rule.rstrip('.')}{told}, {called.reason}.", escalation=called)
    if how.kind == "pull_request" and held.level == "auto-merge":
        checked = narrow(case, settings, held, freeze)
        why = next((check.saw for check in checked.checks if not check.ok), "")
        words = f"for review, since {why}" if why else f"the forge may be asked to merge by {held.rule}"
        how = replace(how, merge=checked, rule=f"{how.rule.rstrip('.')}; {words}.")
    return how


def _depth(
    case: Case, settings: Settings, repository: RepositorySettings | None, held: Standing, stopped: str
) -> Depth:
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
        return _proved(case, level, held, repository)
    reason = unproved_reason(case)
    if reason and _has_patch(case):
        return Depth(
            _sendable("draft_pull_request", repository),
            f"{level}, so the fix is not proved; a human opened it all the same.",
            unproved=reason,
        )
    words = "reproduced, not fixed: ticket and escalation" if level == "E3" else "investigation ticket"
    return Depth("ticket", f"{level} under {held.level}: {words}.")


def refused(
    case: Case, settings: Settings, repository: RepositorySettings | None, write: Write, freeze: str | None
) -> str:
    """Why the policy of now no longer lets a write of the proposal go out, "" where it does.

    Asked before each effect: a level, a limit, a kind of confidence or the error budget may have changed since
    the proposal was made. freeze: see `depth`.
    """
    proposal, held = case.proposal, standing(case, settings)
    if proposal is None or proposal.kind != "pull_request" or write.kind == "auto_merge_off":
        return ""
    how = _proved(case, ladder.level(case), held, repository)
    if how.kind != "pull_request":
        return how.rule
    if write.kind != "auto_merge":
        return ""
    if held.level != "auto-merge":
        return f"{held.rule} says {held.level}"
    return next((check.saw for check in narrow(case, settings, held, freeze).checks if not check.ok), "")


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
        elif write.kind in ("ticket", "comment", "status", "escalation", "auto_merge"):
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


def _proved(case: Case, level: str, held: Standing, repository: RepositorySettings | None) -> Depth:
    if held.level == "draft-only":
        rule = f"{level} under draft-only: draft, no reviewers."
        return Depth(_sendable("draft_pull_request", repository), rule)
    waits = [WORDS[need.kind] for need in needs(case, held.asked) if need.state == "open"]
    if waits:
        rule = f"{level} under {held.level}, which waits for: {', '.join(waits)}. A draft until then, no reviewers."
        return Depth(_sendable("draft_pull_request", repository), rule)
    rule = f"{level} under {held.level}: a pull request with owners as reviewers."
    return Depth(_sendable("pull_request", repository), rule, reviewers=True)


def _sendable(kind: ProposalKind, repository: RepositorySettings | None) -> ProposalKind:
    """Without a forge the change becomes a patch file."""
    return kind if repository is not None and repository.forge != "none" else "patch_file"
