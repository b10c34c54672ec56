"""Code outside our repositories goes to its owner."""

from __future__ import annotations

import re

from rootcase.core.gate.facts import Facts
from rootcase.core.model.events import Event
from rootcase.core.model.verdicts import RuleResult

RULE = "code_not_ours"
_PACKAGE = re.compile(
    r"(?:site|dist)-packages/([\w.-]+?)(?:\.py)?(?:/|$)|node_modules/((?:@[\w.-]+/)?[\w.-]+)/"
)


def check(facts: Facts) -> RuleResult:
    if facts.asked == "before":
        return RuleResult(RULE, None, "whose code it is shows when the code is mapped")
    code = facts.case.code
    if code is None or not code.repository:
        service = facts.case.service or "this service"
        saw = (
            f"no repository is configured for {service}"
            if facts.repository is None
            else "the code was not mapped"
        )
        return RuleResult(RULE, "investigate", saw, "add it under `repositories` in the configuration")
    failing = code.failing
    if code.frames and failing is None:
        owner = library_of(facts.events)
        saw = f"no frame is in {code.repository}" + (f"; the innermost is {owner}'s" if owner else "")
        return RuleResult(
            RULE,
            "ticket",
            saw,
            "its owner has to change it",
            facts.cites,
            waits_for=owner,
            kind="not our code",
        )
    if failing is None:
        return RuleResult(RULE, None, "no frame to tell whose code it is")
    sure = (
        f"line {failing.verdict} at {code.release_commit[:7]}"
        if code.release_commit
        else f"line {failing.verdict} at HEAD"
    )
    cites = tuple(item for item in (failing.evidence, failing.span) if item)
    return RuleResult(RULE, None, f"our code, {sure}", cites=cites)


def library_of(events: tuple[Event, ...]) -> str:
    """The package of the innermost frame, or ""."""
    for event in events:
        for exception in event.exceptions:
            for frame in reversed(exception.frames):
                found = _PACKAGE.search(frame.abs_path or frame.filename)
                if found:
                    return found.group(1) or found.group(2)
    return ""
