"""The kinds of confidence that were asked for, what shows each, and what is still needed before review."""

from __future__ import annotations

from rootcase.core.deliver.markdown import inline
from rootcase.core.deliver.part import Facts, Part, cites
from rootcase.core.model.confidence import CONFIDENCE_KINDS, WORDS, Need, shown

MARKS = {"done": "✓", "waived": "–", "open": "✗"}


def confidence(facts: Facts) -> Part:
    """What was asked for first; of the other kinds, what there is and what nobody has shown."""
    lines = [f"- {_need(need)}" for need in facts.depth.needs]
    asked = {need.kind for need in facts.depth.needs}
    others = [(kind, shown(facts.case, kind)) for kind in CONFIDENCE_KINDS if kind not in asked]
    there = [f"{WORDS[kind]} ({inline(found.why, limit=120)})" for kind, found in others if found.done]
    missing = [WORDS[kind] for kind, found in others if not found.done]
    if there:
        lines.append(f"- Not asked for, there all the same: {', '.join(there)}")
    if missing:
        lines.append(f"- Not asked for, not there: {', '.join(missing)}")
    return Part("Confidence", tuple(lines), most=6)


def _need(need: Need) -> str:
    still = "still needed: " if need.state == "open" else ""
    by = inline(need.by.removeprefix("human:"))
    told = f"{still}{inline(need.why)}{cites(need.cites)}"
    return f"{MARKS[need.state]} {WORDS[need.kind]}, asked for by {by}: {told}"
