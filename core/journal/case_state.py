"""Which state a case is in, and why it asks for a human; the Inbox groups by it."""

from __future__ import annotations

from typing import Literal

from rootcase.core.journal.fold_facts import is_resolved
from rootcase.core.model.aftermath import told
from rootcase.core.model.case import Case, CaseState

Group = Literal["needs_you", "running", "waiting", "quiet", "merged"]
ASKING = frozenset({"handed_over", "budget", "failed", "stopped"})
GROUPS: dict[CaseState, Group] = {
    "new": "needs_you", "ready": "needs_you", "asks": "needs_you", "regressed": "needs_you", "running": "running",
    "waiting": "waiting", "sent": "waiting", "verified": "quiet", "ignored": "quiet", "resolved": "quiet",
    "merged": "merged",
}  # fmt: skip


def asks_of(
    case: Case, ended_seq: int, verdict_seq: int, failed_seq: int, draft_seq: int, closed_seq: int = 0
) -> str:
    """Why a human is needed, "" where nobody is.

    The numbers are entries: the end of the latest run, the verdict's, the latest failed write's, the
    latest change to the draft's, that of a pull request closed unmerged. A human's verdict since then
    answers what was asked before it.
    """
    run = case.run
    if run is not None and run.state == "paused":
        return run.because or "paused"
    if run is not None and run.state == "running":
        return ""
    answered_at = verdict_seq if case.verdict_by.startswith("human:") else 0
    failed = [effect for effect in case.effects if effect.state == "failed"]
    if failed and failed_seq > answered_at:
        ended = "is queued, t sends it" if failed[-1].queued else "failed"
        return f"{failed[-1].kind.replace('_', ' ')} {ended}: {failed[-1].why}".rstrip(": ")
    if closed_seq > answered_at and case.after is not None:
        return told(case.after)
    if run is not None and run.outcome in ASKING and ended_seq > answered_at and not is_sent(case):
        return run.because or run.outcome.replace("_", " ")
    return _draft_asks(case) if draft_seq > answered_at else ""


def _draft_asks(case: Case) -> str:
    """A draft that nobody is working on and nothing was proposed for waits for a human's word."""
    draft = case.draft
    offered = any(effect.state == "done" and effect.kind == "pull_request" for effect in case.effects)
    if draft is None or not draft.hunks or case.proposal is not None or offered:
        return ""
    if draft.digest not in {proof.digest for proof in case.proofs if proof.step == "green"}:
        return "the draft is not proved as it stands"
    return "the draft is proved, nothing is proposed yet"


def is_sent(case: Case) -> bool:
    """Whether a pull request or ticket of ours is out and nothing newer waits to be sent."""
    out = any(effect.state == "done" and effect.kind in ("pull_request", "ticket") for effect in case.effects)
    return out and not _unsent(case)


def _unsent(case: Case) -> bool:
    proposal = case.proposal
    if proposal is None or proposal.kind == "none":
        return False
    done = {effect.key for effect in case.effects if effect.state == "done"}
    return not proposal.writes or any(write.key not in done for write in proposal.writes)


def state_of(case: Case, regressed_seq: int, verdict_seq: int, done_seq: int) -> CaseState:
    """The state; the first that applies of merged, running, asks, ready, verified, resolved, sent, waiting, ignored.

    An error that came back (`regressed_seq`) outranks what was sent or decided before it did.
    """
    if case.merged_into:
        return "merged"
    if case.run is not None and case.run.state == "running":
        return "running"
    if case.asks:
        return "asks"
    if _unsent(case):
        return "ready"
    went_out = is_sent(case) and done_seq > regressed_seq
    if went_out and case.after is not None and case.after.pull.state == "merged":
        # What its source says of it, resolved or not, is less than what was seen of the fix.
        return "verified" if case.after.stage == "verified" else "sent"
    if case.signals and all(is_resolved(signal) for signal in case.signals):
        return "resolved"
    if went_out:
        return "sent"
    if verdict_seq > regressed_seq and case.verdict == "wait":
        return "waiting"
    if verdict_seq > regressed_seq and case.verdict == "ignore":
        return "ignored"
    return "regressed" if regressed_seq else "new"
