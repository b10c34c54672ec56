"""The bodies of journal entries, one frozen dataclass per kind, and the entry that carries them.

A stage yields bodies; the pipeline stamps and appends them. The kind of an entry is the body's class
name in snake_case, so a body class is never renamed. New fields get defaults, so old text decodes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rootcase.core.model.code import CodePath
from rootcase.core.model.delivery import EffectKind, Proposal, Write
from rootcase.core.model.drafts import Hunk, HunkDecision, Origin
from rootcase.core.model.evidence import Claim, ClaimStatus, Evidence, NoteLine
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.proofs import Finding, ProofResult, ProofStep
from rootcase.core.model.signals import Signal, Work
from rootcase.core.model.verdicts import GateDecision, Verdict

Phase = Literal["investigate", "plan", "reproduce", "patch", "prove", "review", "explain"]
Until = Literal["gate", "map", "draft", "prove", "propose"]
Outcome = Literal["done", "stopped", "waiting", "handed_over", "budget", "failed", "partial"]


@dataclass(frozen=True, slots=True)
class Blob:
    """Large or personal content kept beside the journal. hash: SHA-256 of salt‖content, hex."""

    hash: str
    bytes: int = 0


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
    """A source's signal as it was when a decision looked at it."""

    signal: Signal
    joined_because: str = ""


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
    """This case was merged into another (`into`), or took one in (`took`); by hand or at the source."""

    into: str = ""
    took: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unmerged:
    """A signal left this case for a case of its own, and stays apart."""

    source: str
    signal_id: str
    to: str
    reason: str = ""


# -- what was decided


@dataclass(frozen=True, slots=True)
class GateDecided:
    decision: GateDecision


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
class CodeMapped:
    path: CodePath


@dataclass(frozen=True, slots=True)
class NoteWritten:
    lines: tuple[NoteLine, ...]


# -- a run


@dataclass(frozen=True, slots=True)
class RunStarted:
    """run: id; trace: W3C trace id, 32 hex digits; sandbox: the tier in words."""

    run: str
    trace: str
    until: Until
    host: str
    pid: int
    sandbox: str = ""
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class RunEnded:
    run: str
    outcome: Outcome
    because: str
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class RunPaused:
    run: str
    because: str


@dataclass(frozen=True, slots=True)
class RunResumed:
    run: str


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    phase: Phase
    draft: int = 0
    model: str = ""
    round: int = 1


@dataclass(frozen=True, slots=True)
class PhaseEnded:
    phase: Phase
    ok: bool
    summary: str
    draft: int = 0


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """A tool call with its answer. arguments: JSON text as the model gave it; result: cut for reading."""

    phase: Phase
    call: str
    tool: str
    arguments: str
    ok: bool
    result: str
    seconds: float = 0.0
    full: Blob | None = None


@dataclass(frozen=True, slots=True)
class ModelCalled:
    """A settled model call. estimated: the provider told no usage, so the numbers are the worst case."""

    phase: Phase
    role: str
    model: str
    reservation: str
    input_tokens: int
    output_tokens: int
    cost_usd: float
    seconds: float = 0.0
    estimated: bool = False
    prompt: Blob | None = None
    answer: Blob | None = None


@dataclass(frozen=True, slots=True)
class ClaimMade:
    claim: Claim


@dataclass(frozen=True, slots=True)
class ClaimMarked:
    """A human marks a claim right (`supported`) or wrong (`refuted`)."""

    claim: str
    status: ClaimStatus
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PlanMade:
    """files: the only ones the patch may touch, besides test_file. no_fix: why no change is right, or ""."""

    summary: str
    files: tuple[str, ...]
    test_file: str = ""
    cause: str = ""
    risk: str = ""
    rollback: str = ""
    no_fix: str = ""


@dataclass(frozen=True, slots=True)
class PlanWidened:
    """A human allowed one more file."""

    path: str


# -- drafts


@dataclass(frozen=True, slots=True)
class DraftStarted:
    draft: int
    base_commit: str
    origin: Origin = "agent"


@dataclass(frozen=True, slots=True)
class DraftWritten:
    """The agent's whole draft as it stands; replaces what the draft held before, decisions included."""

    draft: int
    hunks: tuple[Hunk, ...]
    test_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftAbandoned:
    draft: int
    reason: str


@dataclass(frozen=True, slots=True)
class DraftExplained:
    draft: int
    explanation: str
    sentences: tuple[tuple[str, str], ...] = ()
    risk: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class HunkDecided:
    draft: int
    hunks: tuple[str, ...]
    decision: HunkDecision
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HunkEdited:
    """A human's text for a hunk: all of its new lines, line ends kept."""

    draft: int
    hunk: str
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HunkSplit:
    """A hunk became several, which together do exactly what it did."""

    draft: int
    hunk: str
    into: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class Undone:
    """Takes back the human's decision entry with that seq (hunk, claim, verdict, ownership)."""

    seq: int


@dataclass(frozen=True, slots=True)
class Redone:
    """Brings back the decision entry with that seq."""

    seq: int


# -- proof and review


@dataclass(frozen=True, slots=True)
class ProofStarted:
    step: ProofStep
    draft: int
    digest: str


@dataclass(frozen=True, slots=True)
class Proved:
    result: ProofResult


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One round of review of exactly this text. verdict: offer, hold (warnings open) or refuse."""

    draft: int
    digest: str
    round: int
    findings: tuple[Finding, ...]
    verdict: Literal["offer", "hold", "refuse"]


@dataclass(frozen=True, slots=True)
class FindingWaived:
    finding: str
    reason: str


# -- what people say to a run


@dataclass(frozen=True, slots=True)
class Steered:
    text: str


@dataclass(frozen=True, slots=True)
class PauseAsked:
    pass


@dataclass(frozen=True, slots=True)
class ResumeAsked:
    pass


@dataclass(frozen=True, slots=True)
class StopAsked:
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BudgetRaised:
    """The case's caps from now on; 0 leaves a cap as it is."""

    usd: float = 0.0
    minutes: float = 0.0
    steps: int = 0


@dataclass(frozen=True, slots=True)
class ProofAsked:
    """A human wants the draft proved again, as it stands now."""

    draft: int


@dataclass(frozen=True, slots=True)
class Commented:
    """about: evidence, claim, hunk or finding id, or "" for the case."""

    text: str
    about: str = ""


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
    key: str
    kind: EffectKind
    why: str
    hint: str = ""


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
    | GateDecided | VerdictOverridden | OwnershipMarked | CodeMapped | NoteWritten
    | RunStarted | RunEnded | RunPaused | RunResumed | PhaseStarted | PhaseEnded
    | ToolCalled | ModelCalled | ClaimMade | ClaimMarked | PlanMade | PlanWidened
    | DraftStarted | DraftWritten | DraftAbandoned | DraftExplained
    | HunkDecided | HunkEdited | HunkSplit | Undone | Redone
    | ProofStarted | Proved | Reviewed | FindingWaived
    | Steered | PauseAsked | ResumeAsked | StopAsked | BudgetRaised | ProofAsked | Commented
    | Proposed | ProposalEdited | ReviewersChosen | Approved | EffectIntended | EffectDone | EffectFailed
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
