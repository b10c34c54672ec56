"""Bodies of the entries that a run writes, and of what people say to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rootcase.core.model.evidence import Claim, ClaimStatus

Phase = Literal["probe", "opinion", "investigate", "plan", "reproduce", "patch", "prove", "review", "explain"]
Until = Literal["gate", "map", "draft", "prove", "propose"]
Outcome = Literal["done", "stopped", "waiting", "handed_over", "budget", "failed", "partial"]


@dataclass(frozen=True, slots=True)
class Blob:
    """Large or personal content kept beside the journal. hash: SHA-256 of salt‖content, hex."""

    hash: str
    bytes: int = 0


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
class BudgetWarned:
    """Most of a cap is used: what (`dollars`, `minutes`, `steps`, `tokens`, `today`), how much of it, in words.

    what `price`: nobody knows what a model costs, so that tokens are what is counted.
    """

    what: str
    text: str


@dataclass(frozen=True, slots=True)
class HookRan:
    """One of the user's own commands after a stage. exit_code: None where it was ended or never started."""

    stage: str
    command: tuple[str, ...]
    exit_code: int | None
    seconds: float = 0.0
    output: str = ""


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
    """files: the only ones the patch may touch, besides test_file. no_fix: why no change is right, or "".

    claims: ids of the claims that the cause rests on. needs: where evidence is missing, what would settle it.
    """

    summary: str
    files: tuple[str, ...]
    test_file: str = ""
    cause: str = ""
    risk: str = ""
    rollback: str = ""
    no_fix: str = ""
    claims: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanWidened:
    """A human allowed one more file."""

    path: str


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
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class ProofAsked:
    """A human wants the draft proved again, as it stands now."""

    draft: int


@dataclass(frozen=True, slots=True)
class Commented:
    """about: evidence, claim, hunk or finding id, or "" for the case."""

    text: str
    about: str = ""
