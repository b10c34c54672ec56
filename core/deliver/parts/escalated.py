"""Why a human is called now, and what has been tried; only a ticket that escalates has it."""

from __future__ import annotations

from rootcase.core.deliver.markdown import inline
from rootcase.core.deliver.part import Facts, Part, plural

TITLES = {
    "tests fail": "the tests do not show a fix", "budget": "the budget is over",
    "weak evidence": "the evidence stays weak",
}  # fmt: skip


def escalated(facts: Facts) -> Part | None:
    """The reason in front, then each draft that was given up; None for an ordinary ticket."""
    called = facts.depth.escalation
    if called is None:
        return None
    case = facts.case
    lines = [f"- **A human is needed**: {TITLES[called.reason]}. {inline(called.words)}"]
    lines += [
        f"- Draft {draft.number} was given up: {inline(draft.abandoned, limit=200)}"
        for draft in case.drafts
        if draft.abandoned
    ]
    minutes = case.spent.seconds / 60
    lines.append(
        f"- So far: ${case.spent.usd:.2f}, {minutes:.0f} minutes, {plural(case.spent.steps, 'model call')}"
    )
    return Part("Escalation", tuple(lines), most=6)
