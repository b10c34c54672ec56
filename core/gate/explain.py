"""What the gate makes of a case, rule by rule, for `rootcase explain gate`."""

from __future__ import annotations

from rootcase.core.model.verdicts import GateDecision

MARKS = {None: "√", "fix": "√", "investigate": "?", "ticket": "!", "wait": "○", "ignore": "–"}


def as_text(decision: GateDecision) -> str:
    """The verdict, then every rule with what it saw and why it matters."""
    lines = [f"{decision.priority}  {decision.verdict}: {decision.because}  (asked {decision.asked})"]
    for rule in decision.rules:
        lines.append(f"  {MARKS[rule.verdict]} {rule.rule}: {rule.saw}")
        if rule.verdict is not None and rule.matters:
            lines.append(f"      {rule.matters}")
    return "\n".join(lines)
