"""A human's own verdict stands, whatever the other rules say."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts
from rootcase.core.model.verdicts import RuleResult


def check(facts: Facts) -> RuleResult:
    case = facts.case
    if case.verdict is None or not case.verdict_by.startswith("human:"):
        return RuleResult("human_word", None, "nobody has set a verdict by hand")
    name = case.verdict_by.removeprefix("human:")
    saw = f"{name} said {case.verdict}" + (f": {case.verdict_reason}" if case.verdict_reason else "")
    return RuleResult("human_word", case.verdict, saw, "a human's word stands until a human takes it back")
