"""Bodies of the entries about drafts: hunks, what humans decide about them, proof and review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rootcase.core.model.drafts import Hunk, HunkDecision, Origin
from rootcase.core.model.proofs import Finding, ProofResult, ProofStep


@dataclass(frozen=True, slots=True)
class DraftStarted:
    """reverts: full sha of the commit that a revert takes back, "" for any other draft."""

    draft: int
    base_commit: str
    origin: Origin = "agent"
    reverts: str = ""


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
class DraftRebased:
    """The draft's hunks on another commit, since `branch` has moved on; their text and all decisions stay.

    hunks: where each stands now; one that was rejected and has no place there is left out.
    """

    draft: int
    was: str
    base_commit: str
    hunks: tuple[Hunk, ...]
    branch: str = ""


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
class Judged:
    """What a second model says about exactly this text, beside review's checks and never instead of them.

    findings: those whose quotes a program found in the change keep their weight; model: who says it.
    verdict `none`: the judge could not be heard, and reason says why.
    """

    draft: int
    digest: str
    verdict: Literal["offer", "hold", "refuse", "none"]
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class FindingWaived:
    """finding: its id; or a surviving mutant's (`proofs.mutant_id`), which the human says changes nothing."""

    finding: str
    reason: str
