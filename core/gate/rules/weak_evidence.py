"""Too little to change code on: look closer first, and say what is missing."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts, counted
from rootcase.core.gate.frames import all_frames, is_minified, library
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
    if facts.failed:
        return _weak(
            f"{', '.join(facts.failed)}: nobody could be asked whether somebody has it",
            "what was not looked at may exist; it is asked again at the next run",
        )
    code = facts.case.code
    if code is None and (missing := _unreadable(facts)):
        return missing
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


def _unreadable(facts: Facts) -> RuleResult | None:
    """Frames are there, and none of them names a line that a person wrote."""
    frames = list(all_frames(facts.events[0]))
    if not frames:
        return None
    own = [frame for frame in frames if library(frame) is None]
    if own and all(is_minified(frame) for frame in own):
        return _weak("the frames are minified, source maps are missing", "a bundle's column names no line")
    if not own and facts.failing is None:
        return _weak("no frame names code of ours", "where our code comes in is missing")
    if own and not any(frame.line for frame in own):
        return _weak(
            "no frame has a line number, symbols are missing", "a function alone is no place to change"
        )
    return None


def _weak(saw: str, matters: str) -> RuleResult:
    return RuleResult(RULE, "investigate", saw, matters)
