"""What code of ours has caught and only noted may be left alone, unless it grows."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts
from rootcase.core.model.verdicts import RuleResult

RULE = "handled_and_harmless"
QUIET_LEVELS = frozenset({"info", "debug", "warning"})


def check(facts: Facts) -> RuleResult:
    signals = facts.case.signals
    quiet = bool(signals) and all(
        signal.handled is True and signal.level.lower() in QUIET_LEVELS for signal in signals
    )
    if not quiet:
        return RuleResult(RULE, None, "not handled, or reported as an error")
    level = signals[0].level.lower()
    if facts.rising:
        saw = f"handled at level {level}, but rising"
        return RuleResult(RULE, None, saw, "a handled error that grows is not harmless")
    return RuleResult(
        RULE,
        "ignore",
        f"handled, level {level}, not rising",
        "users do not see it",
        facts.cites,
        kind="handled",
    )
