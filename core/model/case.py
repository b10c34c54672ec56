"""A cluster under triage as its journal tells it: the fold's result, and what every reader works from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rootcase.core.model.acts import ActRecord
from rootcase.core.model.aftermath import Aftermath
from rootcase.core.model.code import CodePath
from rootcase.core.model.delivery import ConfidenceKind, Effect, Proposal, Waiver
from rootcase.core.model.draft_entries import Judged
from rootcase.core.model.drafts import Draft
from rootcase.core.model.entries import (
    BudgetWarned,
    Faulted,
    HookRan,
    Phase,
    PlanMade,
    ToolCalled,
    Until,
)
from rootcase.core.model.evidence import Claim, Evidence, NoteLine
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.history import Moment, RuleAsked
from rootcase.core.model.proofs import Finding, ProofResult
from rootcase.core.model.pull_entries import TookOver
from rootcase.core.model.pulls import Standing
from rootcase.core.model.signals import Signal, Work
from rootcase.core.model.verdicts import GateDecision, Opinion, Verdict

CaseState = Literal[
    "new",
    "regressed",
    "running",
    "asks",
    "ready",
    "waiting",
    "sent",
    "verified",
    "ignored",
    "resolved",
    "merged",
]
RunState = Literal["running", "paused", "ended"]


@dataclass(frozen=True, slots=True)
class PhaseRecord:
    """One phase of one round. tools: its calls in order; cost_usd and tokens: its settled model calls."""

    phase: Phase
    draft: int
    round: int
    model: str
    started_us: int
    ended_us: int = 0
    ok: bool | None = None
    summary: str = ""
    tools: tuple[ToolCalled, ...] = ()
    claims: tuple[str, ...] = ()
    cost_usd: float = 0.0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    id: str
    trace: str
    until: Until
    host: str
    pid: int
    sandbox: str
    started_us: int
    state: RunState = "running"
    because: str = ""
    outcome: str = ""
    ended_us: int = 0
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """Settled spend of the case so far. steps: model calls; seconds: time in runs, pauses left out."""

    usd: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    steps: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Caps:
    """The case's budget after all raises; 0 where the configuration's cap stands."""

    usd: float = 0.0
    minutes: float = 0.0
    steps: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """Something a human said or did, for showing: at, who, text, and what it is about."""

    seq: int
    at_us: int
    actor: str
    what: str
    text: str
    about: str = ""
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """Another case that looks like this one, and why; open until it is merged or declined."""

    other: str
    because: str
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """The fold of a journal. Empty where nothing was recorded yet; never partially true.

    verdict: the last gate decision's, or the human's override. drafts: oldest first; `draft` is the
    latest not abandoned. proofs and findings may be stale: compare their digest with the draft's.
    warned: caps that are nearly used, until they are raised. hooks: what the user's own commands answered.
    steering: what humans said that no phase has started after yet. asks: why a human is needed, or "".
    review_draft: number of the draft that the findings are about. judged: the second model's word on a text;
    its findings are among `findings` while they are about the text that review was.
    pause_asked, stop_asked, prove_asked: requests that no run has answered yet.
    test_digests: (draft digest, digest of its test hunks alone) of every text that was proved or is current.
    acts: what was asked of the sources, oldest first; signals show what is intended or done since they were seen.
    took: cases that are merged into this one. joins: open proposals; declined: keys that stay apart.
    news: what is not as it was when the gate decided (`assignee`, `trend`…); it is asked again.
    reopened_us: when a fix of ours that was out was last seen not to hold, 0 for never; phases before it count for
    nothing. remap: the code map is of before then.
    after: what became of our pull request, None before there is one. moments: when it reached what, in the order
    of the journal. asked: the rules of the gate that decided it, and which of them humans overruled.
    confidence: kinds that a human picked for this case, and by whom; waivers: those taken upon themselves.
    pull: our pull request as last read; addressed: ids of its remarks that a human handed to the agent.
    takings: what humans took over from others. recurred: the entry that showed the error coming back after what
    was sent last, 0 where none did.
    chosen: number of the draft that a human chose of several that stand, 0 where the latest counts.
    pinned: id of the claim that a human says is the cause. replan: why the plan stands no more, "" while it does.
    investigate_again_us: when an investigation was last called for anew. rounds_from: drafts up to that number
    do not count as rounds. another: the draft beside which another is wanted; test_anew: one whose test is not kept.
    undoable, redoable: seq of the entry `u` and `U` would take, 0 where none.
    """

    key: str = ""
    title: str = ""
    service: str = ""
    repository: str = ""
    opened_us: int = 0
    last_us: int = 0
    seq: int = 0
    head_hash: str = ""
    state: CaseState = "new"
    fingerprint: Fingerprint | None = None
    merged_into: str = ""
    took: tuple[str, ...] = ()
    joins: tuple[Join, ...] = ()
    declined: tuple[str, ...] = ()
    news: tuple[str, ...] = ()
    signals: tuple[Signal, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    work: tuple[Work, ...] = ()
    work_failed: tuple[str, ...] = ()
    gate: GateDecision | None = None
    verdict: Verdict | None = None
    opinion: Opinion | None = None
    verdict_by: str = ""
    verdict_reason: str = ""
    owner: str = ""
    code: CodePath | None = None
    note: tuple[NoteLine, ...] = ()
    claims: tuple[Claim, ...] = ()
    plan: PlanMade | None = None
    widened: tuple[str, ...] = ()
    runs: tuple[Run, ...] = ()
    phases: tuple[PhaseRecord, ...] = ()
    spent: Spent = field(default_factory=Spent)
    caps: Caps = field(default_factory=Caps)
    warned: tuple[BudgetWarned, ...] = ()
    hooks: tuple[HookRan, ...] = ()
    drafts: tuple[Draft, ...] = ()
    title_of_change: str = ""
    proofs: tuple[ProofResult, ...] = ()
    proving: str = ""
    test_digests: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    review_digest: str = ""
    review_round: int = 0
    review_draft: int = 0
    review_verdict: str = ""
    judged: Judged | None = None
    proposal: Proposal | None = None
    approved: str = ""
    approved_by: str = ""
    effects: tuple[Effect, ...] = ()
    said: tuple[Said, ...] = ()
    steering: tuple[str, ...] = ()
    asks: str = ""
    pause_asked: bool = False
    stop_asked: bool = False
    prove_asked: int = 0
    faults: tuple[Faulted, ...] = ()
    chosen: int = 0
    pinned: str = ""
    replan: str = ""
    investigate_again_us: int = 0
    rounds_from: int = 0
    another: int = 0
    test_anew: int = 0
    undoable: int = 0
    redoable: int = 0
    unknown_kinds: tuple[str, ...] = ()
    acts: tuple[ActRecord, ...] = ()
    reopened_us: int = 0
    remap: bool = False
    after: Aftermath | None = None
    moments: tuple[Moment, ...] = ()
    asked: tuple[RuleAsked, ...] = ()
    confidence: tuple[ConfidenceKind, ...] = ()
    confidence_by: str = ""
    waivers: tuple[Waiver, ...] = ()
    pull: Standing | None = None
    addressed: tuple[str, ...] = ()
    takings: tuple[TookOver, ...] = ()
    recurred: int = 0

    @property
    def draft(self) -> Draft | None:
        """The draft that a human chose, else the latest that was not abandoned, or None."""
        standing = self.standing
        return next((d for d in standing if d.number == self.chosen), standing[-1] if standing else None)

    @property
    def standing(self) -> tuple[Draft, ...]:
        """The drafts that were not abandoned, oldest first."""
        return tuple(draft for draft in self.drafts if not draft.abandoned)

    @property
    def run(self) -> Run | None:
        """The latest run, or None."""
        return self.runs[-1] if self.runs else None

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every name forges and trackers are searched by: case key, fingerprint, source ids."""
        names = [self.key]
        if self.fingerprint:
            names.append(self.fingerprint.alias)
        for signal in self.signals:
            names.extend(name for name in (signal.short_id, f"{signal.source}:{signal.id}") if name)
        return tuple(dict.fromkeys(names))

    @property
    def events(self) -> int:
        return sum(signal.events for signal in self.signals)

    @property
    def users(self) -> int:
        """Users of the source that counts most; sources count the same people, so they do not add up."""
        return max((signal.users for signal in self.signals), default=0)

    @property
    def disagreement(self) -> str:
        """What checks and judge say where they differ about the present text, "" where they agree or one is silent."""
        draft, judged = self.draft, self.judged
        if draft is None or judged is None or not draft.digest == judged.digest == self.review_digest:
            return ""
        if judged.verdict in ("none", self.review_verdict):
            return ""
        return f"checks say {self.review_verdict}, the judge says {judged.verdict}: {judged.reason}"

    def effect(self, kind: str) -> Effect | None:
        """The latest effect of that kind, or None."""
        return next((e for e in reversed(self.effects) if e.kind == kind), None)

    def proof(self, step: str) -> ProofResult | None:
        """The latest result of that step for the current draft's exact text, or None."""
        draft = self.draft
        if draft is None:
            return None
        return next((p for p in reversed(self.proofs) if p.step == step and p.digest == draft.digest), None)
