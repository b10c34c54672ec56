"""Too little to change code on: look closer first, and say what is missing."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts, counted
from rootcase.core.model.verdicts import RuleResult

RULE = "weak_evidence"
FEW_EVENTS = 3


def check(facts: Facts) -> RuleResult:
    mark = facts.case.fingerprint
    framed = any(exception.frames for event in facts.events for exception in event.exceptions)
    number = facts.case.events or len(facts.events)
    if not facts.events:
        return _weak("no event could be read", "without one there is no path to follow")
    if mark is None or mark.kind in ("message", "unknown") or not framed:
        return _weak("no stack trace", "the message alone names no line")
    code = facts.case.code
    if facts.asked == "before" or code is None:
        return RuleResult(RULE, None, f"{counted(number, 'event')} with a stack trace", cites=facts.cites)
    failing = code.failing
    if failing is not None and failing.verdict == "guessed":
        few = "few events, " if number < FEW_EVENTS else ""
        return _weak(
            f"{few}path guessed: {failing.why or 'no line could be verified'}",
            "a guessed line is no ground for a patch",
        )
    return RuleResult(
        RULE, None, f"{counted(number, 'event')}, the path is {failing.verdict if failing else 'open'}"
    )


def _weak(saw: str, matters: str) -> RuleResult:
    return RuleResult(RULE, "investigate", saw, matters)
