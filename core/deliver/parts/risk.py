"""What could be wrong, what was assumed, and how to go back."""

from __future__ import annotations

from rootcase.core.deliver.markdown import code, inline
from rootcase.core.deliver.part import Facts, Part, cites


def could_be_wrong(facts: Facts) -> Part:
    """The draft's own risk, assumed claims, open and waived findings."""
    case = facts.case
    draft = case.draft
    lines = []
    risk = (draft.risk if draft else "") or (case.plan.risk if case.plan else "")
    if risk:
        lines.append(f"- {inline(risk)}")
    if facts.depth.unproved:
        lines.append(f"- **Not proved.** Opened by hand: {inline(facts.depth.unproved)}")
    for claim in case.claims:
        if claim.status == "assumed":
            lines.append(f"- Assumed: {inline(claim.text)}{cites(c.evidence for c in claim.citations)}")
    if case.disagreement:
        lines.append(f"- They differ: {inline(case.disagreement)}")
    for finding in case.findings:
        if finding.severity == "info" and not finding.waived:
            continue
        state = f"waived: {inline(finding.waived)}" if finding.waived else "open"
        who = f"Judge {inline(finding.by)}" if finding.check == "judge" else "Review"
        lines.append(f"- {who}, {finding.severity} ({state}): {inline(finding.text)}")
    mutation = case.proof("mutation")
    if mutation is not None and mutation.survivors:
        lines.append(f"- No test would notice: {', '.join(inline(s) for s in mutation.survivors[:3])}")
    if not lines:
        lines = ["- Nothing is known to be open; no claim rests on an assumption."]
    return Part("What could be wrong", tuple(lines), most=7)


def roll_back(facts: Facts) -> Part:
    """How to undo the change, or stop the bleeding before there is one."""
    case = facts.case
    target = case.code.rollback if case.code else None
    lines = []
    if facts.depth.kind != "ticket":
        again = any(effect.kind == "push" and effect.state == "done" for effect in case.effects)
        lines.append(
            "- Revert its commits together, one for each time it was sent; they touch nothing outside its files."
            if again
            else "- Revert this commit; it is one commit and touches nothing outside its files."
        )
    if target is not None:
        commit = f" ({code(target.commit[:10])})" if target.commit else ""
        good = f", good for {inline(target.good_for)}" if target.good_for else ""
        lines.append(f"- Last good release: {code(target.release)}{commit}{good}.{cites([target.evidence])}")
    if case.plan is not None and case.plan.rollback:
        lines.append(f"- {inline(case.plan.rollback)}")
    if not lines:
        lines = ["- No earlier good release is known."]
    return Part("Roll back" if facts.depth.kind != "ticket" else "Stop the bleeding", tuple(lines))
