"""The cause as it is claimed, with the citations that a program has checked, and the refuted alternatives."""

from __future__ import annotations

from rootcase.core.deliver.markdown import inline, link
from rootcase.core.deliver.part import Facts, Part, cites
from rootcase.core.model.evidence import Claim

REASONING = ("cause", "mechanism", "scope", "timeline", "other")


def cause(facts: Facts) -> Part:
    """Supported claims, causes first; an explanation in plain English in front where the draft has one."""
    case = facts.case
    supported = [c for role in REASONING for c in case.claims if c.status == "supported" and c.role == role]
    lines = [f"- {_claim(claim)}" for claim in supported]
    if case.draft is not None and case.draft.explanation and facts.depth.kind != "ticket":
        lines = [inline(case.draft.explanation, limit=700), "", *lines]
    lines += [f"- {words}" for words in _diagnoses(facts)]
    if not lines:
        lines = ["No claim about the cause has held so far."]
    return Part("Cause", tuple(lines), most=8)


def ruled_out(facts: Facts) -> Part | None:
    """Hypotheses that were refuted, and why; None where there was none."""
    refuted = [claim for claim in facts.case.claims if claim.status == "refuted"]
    if not refuted:
        return None
    lines = [f"- ✗ {_claim(c)}{': ' + inline(c.why) if c.why else ''}" for c in refuted]
    return Part("Ruled out", tuple(lines), most=4)


def _diagnoses(facts: Facts) -> list[str]:
    """Where the case came from a diagnosis of another tool: who says it, with a link to what it said."""
    evidence = {item.id: item for item in facts.case.evidence}
    out = []
    for claim in facts.case.claims:
        item = evidence.get(claim.citations[0].evidence) if claim.citations else None
        if claim.origin != "diagnosis" or item is None:
            continue
        page = f", {link('the diagnosis', item.url, facts.hosts)}" if item.url else ""
        out.append(f"From a diagnosis, {claim.status} here: {inline(item.label)}{page}{cites([item.id])}")
    return out


def _claim(claim: Claim) -> str:
    return inline(claim.text) + cites(c.evidence for c in claim.citations if c.ok is not False)
