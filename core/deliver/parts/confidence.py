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
    others = {kind: shown(facts.case, kind).done for kind in CONFIDENCE_KINDS if kind not in asked}
    for done, words in ((True, "Shown, not asked for"), (False, "Not shown, not asked for")):
        names = [WORDS[kind] for kind, is_done in others.items() if is_done is done]
        lines += [f"- {words}: {', '.join(names)}"] if names else []
    return Part("Confidence", tuple(lines), most=6)


def _need(need: Need) -> str:
    still = "still needed: " if need.state == "open" else ""
    by = inline(need.by.removeprefix("human:"))
    told = f"{still}{inline(need.why)}{cites(need.cites)}"
    return f"{MARKS[need.state]} {WORDS[need.kind]}, asked for by {by}: {told}"
