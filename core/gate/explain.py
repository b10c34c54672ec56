"""What the gate makes of a case, rule by rule, for `rootcase explain gate`."""

from __future__ import annotations

from rootcase.core.model.verdicts import GateDecision

MARKS = {None: "√", "fix": "√", "investigate": "?", "ticket": "!", "wait": "○", "ignore": "–"}


def as_text(decision: GateDecision, case: str = "") -> str:
    """The verdict, then every rule in its order with what it saw and why it matters."""
    head = f"{decision.priority}  {decision.verdict}: {decision.because}  (asked {decision.asked})"
    lines = [f"{case}  {head}" if case else head]
    if decision.waits_for:
        lines.append(f"    waits for {decision.waits_for}")
    if decision.why_urgent:
        lines.append(f"    urgent by: {', '.join(decision.why_urgent)}")
    for rule in decision.rules:
        decides = "  ← decides" if rule.rule == decision.rule else ""
        lines.append(f"  {MARKS[rule.verdict]} {rule.rule}: {rule.saw}{decides}")
        if rule.verdict is not None and rule.matters:
            lines.append(f"      {rule.matters}")
    return "\n".join(lines)
