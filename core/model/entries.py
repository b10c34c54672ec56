"""The bodies of journal entries, one frozen dataclass per kind, and the entry that carries them.

A stage yields bodies; the pipeline stamps and appends them. The kind of an entry is the body's class
name in snake_case, so a body class is never renamed. New fields get defaults, so old text decodes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rootcase.core.model.code import CodePath
from rootcase.core.model.delivery import EffectKind, Proposal, Write
from rootcase.core.model.draft_entries import (
    DraftAbandoned,
    DraftExplained,
    DraftStarted,
    DraftWritten,
    FindingWaived,
    HunkDecided,
    HunkEdited,
    HunkSplit,
    Judged,
    ProofStarted,
    Proved,
    Redone,
    Reviewed,
    Undone,
)
from rootcase.core.model.evidence import Evidence, NoteLine
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.pull_entries import PullRead, ReviewAddressed, TookOver
from rootcase.core.model.run_entries import (
    Blob,
    BudgetRaised,
    BudgetWarned,
    ClaimMade,
    ClaimMarked,
    Commented,
    HookRan,
    ModelCalled,
    Outcome,
    PauseAsked,
    Phase,
    PhaseEnded,
    PhaseStarted,
    PlanMade,
    PlanWidened,
    ProofAsked,
    ResumeAsked,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    Steered,
    StopAsked,
    ToolCalled,
    Until,
)
from rootcase.core.model.signals import Signal, Work
from rootcase.core.model.source_entries import ActDone, ActFailed, ActIntended, SignalGone
from rootcase.core.model.verdicts import GateDecision, Opinion, Verdict

__all__ = [
    "BODY_TYPES", "KINDS", "ActDone", "ActFailed", "ActIntended", "Approved", "Blob", "Body", "BudgetRaised",
    "BudgetWarned", "CaseOpened", "ClaimMade",
    "ClaimMarked", "CodeMapped", "Commented", "DraftAbandoned", "DraftExplained", "DraftStarted",
    "DraftWritten", "EffectDone", "EffectFailed", "EffectIntended", "Entry", "EvidenceRecorded",
    "Faulted", "FindingWaived", "GateDecided", "HookRan", "HunkDecided", "HunkEdited", "HunkSplit", "JoinDeclined",
    "JoinProposed", "Judged", "Merged",
    "ModelCalled", "NoteWritten", "OpinionGiven", "Outcome", "OwnerAgreed", "OwnershipMarked",
    "PauseAsked", "Phase", "PhaseEnded",
    "PhaseStarted", "PlanMade", "PlanWidened", "ProofAsked", "ProofStarted", "ProposalEdited", "Proposed",
    "Proved", "PullRead", "Redone", "ResumeAsked", "ReviewAddressed", "Reviewed", "ReviewersChosen", "RunEnded",
    "RunPaused", "RunResumed", "RunStarted", "SignalGone", "SignalSeen", "Steered", "StopAsked", "TookOver",
    "ToolCalled", "Undone", "Unknown", "Unmerged", "Until", "VerdictOverridden", "WorkFound", "kind_of",
]  # fmt: skip


# -- what was seen


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A cluster became a case. repository: the configured one its service maps to, or ""."""

    key: str
    title: str
    service: str
    fingerprint: Fingerprint
    repository: str = ""


@dataclass(frozen=True, slots=True)
class SignalSeen:
    """A source's signal as it was when a decision looked at it. change: `new`, `changed` or `regressed`."""

    signal: Signal
    joined_because: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceRecorded:
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class WorkFound:
    """Existing work at forge, tracker and source. asked: which were asked; failed: which did not answer."""

    work: tuple[Work, ...]
    asked: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Merged:
    """This case was merged into another (`into`), or took one in (`took`); by hand or at the source.

    names: the aliases that went along, so that undoing it gives back exactly these.
    """

    into: str = ""
    took: str = ""
    reason: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unmerged:
    """A signal left a case for one of its own, and stays apart for ever, whatever its fingerprint says.

    case: the one that it left. names: the aliases that went along. In the journal of `to` itself: that case
    has come back out of the one it was merged into.
    """

    source: str
    signal_id: str
    to: str
    reason: str = ""
    case: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JoinProposed:
    """This case and another look like one; a human has seen one of them, so a human decides."""

    other: str
    because: str


@dataclass(frozen=True, slots=True)
class JoinDeclined:
    """A human said that this case and `other` are two; never proposed again. case: this one, in `@store`."""

    other: str
    reason: str = ""
    case: str = ""


# -- what was decided


@dataclass(frozen=True, slots=True)
class GateDecided:
    decision: GateDecision


@dataclass(frozen=True, slots=True)
class OpinionGiven:
    """A model's word on the present decision, shown beside it; the next decision makes it old."""

    opinion: Opinion


@dataclass(frozen=True, slots=True)
class VerdictOverridden:
    """A human set the verdict; it stands until new evidence or another human."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class OwnershipMarked:
    """A human said who has it; who is "" to take that back."""

    who: str


@dataclass(frozen=True, slots=True)
class OwnerAgreed:
    """A named owner's word that sensitive code may be changed for this case; the actor is the owner."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class CodeMapped:
    path: CodePath


@dataclass(frozen=True, slots=True)
class NoteWritten:
    lines: tuple[NoteLine, ...]


# -- delivery


@dataclass(frozen=True, slots=True)
class Proposed:
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class ProposalEdited:
    """A human's title and body for the proposal; approval is asked anew."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class ReviewersChosen:
    reviewers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Approved:
    """Names the digest of destination, tree and exact text; rule: the policy line, for unattended runs."""

    digest: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class EffectIntended:
    write: Write
    digest: str


@dataclass(frozen=True, slots=True)
class EffectDone:
    key: str
    kind: EffectKind
    url: str = ""
    number: str = ""
    found: bool = False


@dataclass(frozen=True, slots=True)
class EffectFailed:
    """queued: nobody could be reached there, so nothing was sent; it waits for the next try."""

    key: str
    kind: EffectKind
    why: str
    hint: str = ""
    queued: bool = False


# -- trouble


@dataclass(frozen=True, slots=True)
class Faulted:
    """A stage could not do its work: what failed, why, and what to do next."""

    stage: str
    title: str
    detail: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """An entry of a kind this version does not know; kept as it is."""

    kind: str
    text: str


Body = (
    CaseOpened | SignalSeen | EvidenceRecorded | WorkFound | Merged | Unmerged
    | JoinProposed | JoinDeclined | OwnerAgreed
    | GateDecided | OpinionGiven | VerdictOverridden | OwnershipMarked | CodeMapped | NoteWritten
    | RunStarted | RunEnded | RunPaused | RunResumed | PhaseStarted | PhaseEnded
    | ToolCalled | ModelCalled | ClaimMade | ClaimMarked | PlanMade | PlanWidened
    | DraftStarted | DraftWritten | DraftAbandoned | DraftExplained
    | HunkDecided | HunkEdited | HunkSplit | Undone | Redone
    | ProofStarted | Proved | Reviewed | Judged | FindingWaived
    | Steered | PauseAsked | ResumeAsked | StopAsked | BudgetRaised | BudgetWarned | HookRan | ProofAsked | Commented
    | Proposed | ProposalEdited | ReviewersChosen | Approved | EffectIntended | EffectDone | EffectFailed
    | PullRead | ReviewAddressed | TookOver
    | SignalGone | ActIntended | ActDone | ActFailed
    | Faulted | Unknown
)  # fmt: skip


def kind_of(body_type: type) -> str:
    """The entry kind of a body class: `HunkDecided` is `hunk_decided`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", body_type.__name__).lower()


BODY_TYPES: dict[str, type[Body]] = {kind_of(t): t for t in Body.__args__ if t is not Unknown}
KINDS: dict[type, str] = {body_type: kind for kind, body_type in BODY_TYPES.items()}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a journal.

    at_us: microseconds since 1970. actor: `human:NAME`, `rootcase`, or `model:NAME`.
    trace: W3C trace id of the run that wrote it, "" outside a run. epoch: of the run's lease, 0 outside.
    prev, hash: the chain, hex SHA-256; prev is "" for the first entry.
    """

    case: str
    seq: int
    at_us: int
    actor: str
    kind: str
    body: Body
    trace: str = ""
    epoch: int = 0
    prev: str = ""
    hash: str = ""
