"""The pull request or ticket as it would be sent, and each write outside with its state."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

ProposalKind = Literal["pull_request", "draft_pull_request", "ticket", "patch_file", "none"]
EffectKind = Literal[
    "push",
    "pull_request",
    "ticket",
    "comment",
    "status",
    "fork",
    "escalation",
    "auto_merge",
    "auto_merge_off",
]
# What an engineer may want to have seen before a change is called ready for review.
ConfidenceKind = Literal["unit-test", "replayed-event", "migration-check", "rollback-plan"]
# Writes whose failure is shown and holds nothing else up.
ASIDE: frozenset[EffectKind] = frozenset({"comment", "auto_merge"})
EffectState = Literal["intended", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Write:
    """One write that would leave this machine, in order. target: host and repository, or issue.

    text: exactly what is sent (commit message, body, comment). key: idempotency key.
    """

    kind: EffectKind
    target: str
    key: str
    title: str = ""
    text: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be sent where. digest covers destination, tree and every write's exact text.

    parts: (name, Markdown) in order; body: the parts joined. tree: git tree id, "" for a ticket. fork: the project
    that the branch is pushed to where it is not the one the change goes to. opener: who opens it there, "" unknown.
    depth_rule: which policy rule set the kind. redacted: what was taken out, in words. level_rule: which
    setting gave `policy`. required: kinds of confidence that were asked for; waits: those that were open;
    picked: those that a human had picked for the case.
    escalates: why a human is called, "" for an ordinary proposal.
    """

    kind: ProposalKind
    title: str
    body: str
    digest: str
    parts: tuple[tuple[str, str], ...] = ()
    draft: int = 0
    draft_digest: str = ""
    tree: str = ""
    base_branch: str = ""
    base_commit: str = ""
    branch: str = ""
    writes: tuple[Write, ...] = ()
    reviewers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    policy: str = "draft-only"
    depth_rule: str = ""
    redacted: str = ""
    fork: str = ""
    opener: str = ""
    level_rule: str = ""
    required: tuple[ConfidenceKind, ...] = ()
    waits: tuple[ConfidenceKind, ...] = ()
    picked: tuple[ConfidenceKind, ...] = ()
    escalates: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A kind of confidence that somebody took upon themselves. digest: of the draft that it was said about."""

    kind: ConfidenceKind
    by: str
    reason: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """A write outside, found by `key`. url, number: what the service answered. queued: failed for want of a network."""

    key: str
    kind: EffectKind
    target: str
    state: EffectState
    digest: str = ""
    url: str = ""
    number: str = ""
    why: str = ""
    queued: bool = False


def proposal_digest(proposal: Proposal) -> str:
    """64 hex digits over destination, tree, reviewers, labels and every write's exact title and text.

    What an approval names. Left out: the digest itself, keys and notes, which change nothing that is sent.
    """
    digest = hashlib.sha256(b"rootcase proposal 1")
    for group in (
        (proposal.kind, proposal.tree, proposal.base_branch, proposal.base_commit, proposal.branch),
        proposal.reviewers,
        proposal.labels,
        *((write.kind, write.target, write.title, write.text) for write in proposal.writes),
    ):
        digest.update(len(group).to_bytes(8, "big"))
        for part in group:
            raw = part.encode("utf-8", "surrogatepass")
            digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()
