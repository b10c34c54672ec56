"""The report as Markdown, for people and for a terminal without room for the screen."""

from __future__ import annotations

from datetime import UTC, datetime

from rootcase.core.model.case import Case
from rootcase.core.model.radius import FACETS, Slice, percent, radius_line
from rootcase.core.report.facts import Decision, Fix, Report, report
from rootcase.core.report.timeline import Happening


def markdown(case: Case) -> str:
    """The report for people; sections without content are left out."""
    it = report(case)
    blocks = [f"# {it.case} {it.title}", _facts(it)]
    if it.afterwards:
        blocks.append(f"After sending: {it.afterwards}.")
    blocks.append(_section("Timeline", [happening(each) for each in it.timeline]))
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
    if it.fix:
        blocks.append(_section(f"Fix {it.fix.title}".rstrip(), _fix(it.fix)))
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
    decided = [
        f"{moment_of(d.at_us)}  {_who(d)}: {d.text}{' (taken back)' if d.undone else ''}"
        for d in it.decisions
    ]
    blocks.append(_section("Decisions", decided))
    blocks.append(_section("Still open", list(it.still_open)))
    blocks.append(_section("Faults", list(it.faults)))
    return "\n\n".join(block for block in blocks if block) + "\n"


def happening(it: Happening) -> str:
    """`2 Mar 2026 10:00 UTC  first event`, with who did it."""
    by = f", by {it.actor}" if it.actor else ""
    return f"{moment_of(it.at_us)}  {it.text}{by} {it.url}".rstrip()


def _fix(fix: Fix) -> list[str]:
    rows = [fix.explanation] if fix.explanation else []
    rows += [f"{c.path}:{c.line}{' (test)' if c.test else ''} {c.why}".rstrip() for c in fix.changes]
    rows += [f"Risk: {fix.risk}"] if fix.risk else []
    return rows + ([f"Rollback: {fix.rollback}"] if fix.rollback else [])


def words_of(decision: Decision) -> str:
    """What was decided, about what, and whether it was taken back."""
    about = "" if decision.what == "approved" or not decision.about else f" ({decision.about})"
    return f"{decision.text}{about}{' (taken back)' if decision.undone else ''}"


def _who(decision: Decision) -> str:
    return decision.actor.partition(":")[2] or decision.actor


def moment_of(at_us: int) -> str:
    """`2 Mar 2026 10:00 UTC`."""
    at = datetime.fromtimestamp(at_us / 1_000_000, UTC)
    return f"{at.day} {at:%b %Y %H:%M} UTC"


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
