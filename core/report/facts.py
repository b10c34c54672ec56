"""All that a post-mortem needs of a case, as one versioned dataclass."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rootcase.core.model import ladder
from rootcase.core.model.acts import ActRecord
from rootcase.core.model.aftermath import Aftermath, told
from rootcase.core.model.case import Case
from rootcase.core.model.code import CodePath
from rootcase.core.model.delivery import Effect
from rootcase.core.model.evidence import Claim, Evidence, NoteLine
from rootcase.core.model.hunks import unified
from rootcase.core.model.proofs import Finding, ProofResult, Rung
from rootcase.core.model.radius import Slice, radius, radius_line
from rootcase.core.model.signals import Signal
from rootcase.core.model.verdicts import RuleResult
from rootcase.core.report.timeline import Happening, timeline

SCHEMA: Literal["rootcase.report/1"] = "rootcase.report/1"
CAUSES = frozenset({"cause", "mechanism"})


@dataclass(frozen=True, slots=True)
class Sent:
    """A write that left this machine: kind, url, number; state: intended, done or failed."""

    kind: str
    url: str
    number: str
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class SeenAt:
    """The error at one of its sources. name: as people say it there."""

    source: str
    name: str
    url: str
    status: str
    events: int
    users: int
    first_seen_us: int
    last_seen_us: int
    releases: tuple[str, ...]
    environment: str


@dataclass(frozen=True, slots=True)
class Impact:
    """Whom it hit, and since when. first_seen_us, last_seen_us: over all sources, 0 where none tells. line: the
    blast radius in one line."""

    events: int
    users: int
    first_seen_us: int
    last_seen_us: int
    line: str
    sources: tuple[SeenAt, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One changed piece of the fix: where, and in a sentence why."""

    path: str
    line: int
    why: str
    test: bool


@dataclass(frozen=True, slots=True)
class Fix:
    """The draft as it stands, or the last one where a new one is to follow.

    diff: its accepted hunks. rollback: how to undo it, as planned. digest: of its text.
    """

    draft: int
    title: str
    explanation: str
    risk: str
    rollback: str
    base_commit: str
    digest: str
    changes: tuple[Change, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a human decided: who, when, what (`verdict_overridden`, `approved` …), in words. undone: taken back."""

    at_us: int
    actor: str
    what: str
    text: str
    about: str
    undone: bool


@dataclass(frozen=True, slots=True)
class Report:
    """schema: name and version of this shape. ladder: the level; rungs: each with its state and why.

    exit_code: what the last run returned. pull_request, ticket: the sent one, or None.
    radius: on what the error falls, facet by facet, largest first. acts: what was done at the sources.
    timeline: from the first event to what was verified last, in the order of time. cause: the supported claims
    about it; refuted: those that did not hold. after: what became of the pull request; afterwards: in a sentence.
    still_open: what nobody has settled, in words.
    """

    schema: Literal["rootcase.report/1"]
    case: str
    title: str
    service: str
    state: str
    verdict: str
    because: str
    ladder: str
    pull_request: Sent | None
    ticket: Sent | None
    cost_usd: float
    input_tokens: int
    output_tokens: int
    steps: int
    seconds: float
    trace_id: str
    journal_head: str
    outcome: str
    exit_code: int
    events: int
    users: int
    fingerprint: str
    reasons: tuple[str, ...]
    rungs: tuple[Rung, ...]
    rules: tuple[RuleResult, ...]
    note: tuple[NoteLine, ...]
    code: CodePath | None
    claims: tuple[Claim, ...]
    proofs: tuple[ProofResult, ...]
    findings: tuple[Finding, ...]
    drafts: int
    effects: tuple[Sent, ...]
    evidence: tuple[Evidence, ...] = field(default=())
    faults: tuple[str, ...] = ()
    radius: tuple[Slice, ...] = ()
    acts: tuple[ActRecord, ...] = ()
    opened_us: int = 0
    timeline: tuple[Happening, ...] = ()
    impact: Impact | None = None
    cause: tuple[Claim, ...] = ()
    refuted: tuple[Claim, ...] = ()
    fix: Fix | None = None
    decisions: tuple[Decision, ...] = ()
    after: Aftermath | None = None
    afterwards: str = ""
    still_open: tuple[str, ...] = ()


def report(case: Case) -> Report:
    """All that a post-mortem needs, from the fold alone."""
    run = case.run
    fingerprint = case.fingerprint
    return Report(
        schema=SCHEMA, case=case.key, title=case.title, service=case.service, state=case.state,
        verdict=case.verdict or "", because=case.verdict_reason or (case.gate.because if case.gate else ""),
        ladder=ladder.level(case),
        pull_request=_sent(case.effect("pull_request")), ticket=_sent(case.effect("ticket")),
        cost_usd=round(case.spent.usd, 6), input_tokens=case.spent.input_tokens,
        output_tokens=case.spent.output_tokens, steps=case.spent.steps, seconds=round(case.spent.seconds, 3),
        trace_id=run.trace if run else "", journal_head=case.head_hash,
        outcome=run.outcome if run else "", exit_code=run.exit_code if run else 0,
        events=case.events, users=case.users, fingerprint=fingerprint.alias if fingerprint else "",
        reasons=tuple(r.text for r in fingerprint.reasons) if fingerprint else (),
        rungs=ladder.rungs(case), rules=case.gate.rules if case.gate else (), note=case.note, code=case.code,
        claims=case.claims, proofs=case.proofs, findings=case.findings, drafts=len(case.drafts),
        effects=tuple(sent for sent in map(_sent, case.effects) if sent), evidence=case.evidence,
        faults=tuple(f"{f.stage}: {f.title}. {f.detail} {f.hint}".strip() for f in case.faults),
        radius=radius(case.signals), acts=case.acts, opened_us=case.opened_us, timeline=timeline(case),
        impact=_impact(case), fix=_fix(case), decisions=_decisions(case),
        cause=tuple(c for c in case.claims if c.status == "supported" and c.role in CAUSES),
        refuted=tuple(c for c in case.claims if c.status == "refuted"),
        after=case.after, afterwards=told(case.after) if case.after else "", still_open=_still_open(case),
    )  # fmt: skip


def _impact(case: Case) -> Impact:
    signals = case.signals
    return Impact(
        case.events, case.users, min((s.first_seen_us for s in signals if s.first_seen_us), default=0),
        max((s.last_seen_us for s in signals), default=0), radius_line(radius(signals), case.users),
        tuple(_seen_at(signal) for signal in signals),
    )  # fmt: skip


def _seen_at(signal: Signal) -> SeenAt:
    releases = dict.fromkeys(name for name in (signal.first_release, signal.last_release) if name)
    return SeenAt(
        signal.source, signal.short_id or signal.id, signal.url, signal.status, signal.events, signal.users,
        signal.first_seen_us, signal.last_seen_us, tuple(releases), signal.environment,
    )  # fmt: skip


def _fix(case: Case) -> Fix | None:
    draft = case.draft or next((each for each in reversed(case.drafts) if each.accepted), None)
    if draft is None or not draft.accepted:
        return None
    why = dict(draft.sentences)
    return Fix(
        draft.number, case.title_of_change, draft.explanation, draft.risk, case.plan.rollback if case.plan else "",
        draft.base_commit, draft.digest,
        tuple(Change(h.path, h.start, why.get(h.id, ""), h.test) for h in draft.accepted), unified(draft.accepted),
    )  # fmt: skip


def _decisions(case: Case) -> tuple[Decision, ...]:
    """Everything that humans said or decided, oldest first."""
    return tuple(
        Decision(said.at_us, said.actor, said.what, said.text, said.about, said.undone)
        for said in case.said
        if said.actor.startswith("human:")
    )


def _still_open(case: Case) -> tuple[str, ...]:
    """Questions that the case leaves, the most pressing first."""
    out = [case.asks] if case.asks else []
    if case.after is not None and case.after.stage not in ("verified", "closed"):
        out.append(told(case.after))
        out.extend([case.after.awaits] if case.after.awaits else [])
    out += [finding.text for finding in case.findings if finding.severity != "info" and not finding.waived]
    out += [f"assumed, not shown: {claim.text}" for claim in case.claims if claim.status == "assumed"]
    out += [line.text for line in case.note if line.label == "missing" and not case.proofs]
    out += [f"{name} did not answer: existing work may be missing" for name in case.work_failed]
    out += [f"{join.other} looks like the same: {join.because}" for join in case.joins]
    out += [f"a write failed: {effect.why}" for effect in case.effects if effect.state == "failed"]
    return tuple(dict.fromkeys(text for text in out if text))


def _sent(effect: Effect | None) -> Sent | None:
    return Sent(effect.kind, effect.url, effect.number, effect.state, effect.why) if effect else None
