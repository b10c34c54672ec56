"""A case as a report: one versioned dataclass for JSON, and the same as Markdown or plain text."""

from __future__ import annotations

from dataclasses import dataclass, field

from rootcase.core.model import ladder
from rootcase.core.model.acts import ActRecord
from rootcase.core.model.case import Case
from rootcase.core.model.code import CodePath
from rootcase.core.model.delivery import Effect
from rootcase.core.model.evidence import Claim, Evidence, NoteLine
from rootcase.core.model.proofs import Finding, ProofResult, Rung
from rootcase.core.model.radius import FACETS, Slice, percent, radius, radius_line
from rootcase.core.model.verdicts import RuleResult

SCHEMA = "rootcase.report/1"


@dataclass(frozen=True, slots=True)
class Sent:
    """A write that left this machine: kind, url, number; state: intended, done or failed."""

    kind: str
    url: str
    number: str
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """schema: name and version of this shape. ladder: the level; rungs: each with its state and why.

    exit_code: what the last run returned. pull_request, ticket: the sent one, or None.
    radius: on what the error falls, facet by facet, largest first. acts: what was done at the sources.
    """

    schema: str
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
        radius=radius(case.signals), acts=case.acts,
    )  # fmt: skip


def _sent(effect: Effect | None) -> Sent | None:
    return Sent(effect.kind, effect.url, effect.number, effect.state, effect.why) if effect else None


def markdown(case: Case) -> str:
    """The report for people; sections without content are left out."""
    it = report(case)
    blocks = [f"# {it.case} {it.title}", _facts(it)]
    blocks.append(_section("Note", [f"{n.label}: {n.text} {_cites(n.cites)}".rstrip() for n in it.note]))
    blocks.append(_section(f"Blast radius {radius_line(it.radius, it.users)}".rstrip(), _radius(it.radius)))
    rules = [f"{r.rule}: {r.saw}{f' ({r.matters})' if r.matters else ''}" for r in it.rules]
    blocks.append(_section(f"Verdict {it.verdict}: {it.because}", rules))
    if it.code:
        frames = [f"{f.path}:{f.line} {f.qualified_name or f.function}, {f.verdict}" for f in it.code.frames]
        blocks.append(_section(f"Code path at {it.code.release_commit[:7]}", frames))
        suspects = [f"{s.commit.short} {s.commit.subject}: {', '.join(s.reasons)}" for s in it.code.suspects]
        blocks.append(_section("Suspects", suspects))
    claims = [
        f"{c.status}: {c.text} {_cites(tuple(x.evidence for x in c.citations))}".rstrip() for c in it.claims
    ]
    blocks.append(_section("Claims", claims))
    blocks.append(_section("Proof", [f"{p.step}: {p.outcome}, {p.summary}" for p in it.proofs]))
    blocks.append(_section("Findings", [f"{f.severity}: {f.text}" for f in it.findings]))
    blocks.append(
        _section("Evidence ladder", [f"{r.name} {r.state}: {r.text}. {r.why}".rstrip() for r in it.rungs])
    )
    blocks.append(
        _section("Sent", [f"{e.kind}: {e.url or e.number or e.state} {e.why}".rstrip() for e in it.effects])
    )
    acts = [
        f"{a.state}: {a.act} {a.signal_id} at {a.source}, by {a.by}. {a.why}".rstrip(". ") for a in it.acts
    ]
    blocks.append(_section("At the sources", acts))
    blocks.append(_section("Faults", list(it.faults)))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _radius(slices: tuple[Slice, ...]) -> list[str]:
    """`endpoint: POST /checkout 61%, 12 users; GET /cart 22%`, one row a facet."""
    rows = []
    for facet in FACETS:
        mine = [item for item in slices if item.facet == facet]
        told = "; ".join(
            f"{item.value} {percent(item)}"
            + (f", {item.users:,} users" if item.users and not item.sampled else "")
            for item in mine
        )
        if told:
            rows.append(f"{facet}: {told}" + (" (of the samples)" if mine[0].sampled else ""))
    return rows


def _facts(it: Report) -> str:
    return (
        f"{it.events} events, {it.users} users. State {it.state}. Evidence {it.ladder}. Cost ${it.cost_usd:.2f}, "
        f"{it.input_tokens} tokens in, {it.output_tokens} out, {it.steps} model calls.\n"
        f"Fingerprint {it.fingerprint}. Trace {it.trace_id or 'none yet'}. Journal {it.journal_head[:16]}."
    )


def _section(title: str, rows: list[str]) -> str:
    return f"## {title}\n\n" + "\n".join(f"- {row}" for row in rows) if rows else ""


def _cites(ids: tuple[str, ...]) -> str:
    return "".join(f"[{i}]" for i in ids)
