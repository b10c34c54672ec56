"""What code of ours has caught and only noted may be left alone, unless it grows or hits users."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts, counted, is_doubling
from rootcase.core.model.signals import Signal
from rootcase.core.model.verdicts import RuleResult

RULE = "handled_and_harmless"
QUIET_LEVELS = frozenset({"info", "debug", "warning", "warn", "notice", "log", "trace"})
NOTES = frozenset({"info", "debug", "notice", "trace"})
# Exceptions that steer and do not fail: a task that will be tried again, a process that was told to end.
STEERING = frozenset(
    {
        "Retry",
        "Ignore",
        "Reject",
        "KeyboardInterrupt",
        "GeneratorExit",
        "StopRequested",
        "InterruptedException",
    }
)
MANY_USERS = 10


def check(facts: Facts) -> RuleResult:
    signals = facts.case.signals
    quiet = bool(signals) and all(_is_quiet(signal, facts) for signal in signals)
    steering = bool(facts.types) and facts.types[-1] in STEERING
    if not quiet and not steering:
        return RuleResult(RULE, None, "not handled, or reported as an error")
    level = signals[0].level.lower() if signals else "info"
    how = f"{facts.types[-1]} steers the program" if steering else f"handled, level {level}"
    if facts.rising:
        grows = "doubling" if any(is_doubling(s.trend) for s in signals) else "rising"
        return RuleResult(RULE, None, f"{how}, but {grows}", "a handled error that grows is not harmless")
    if facts.case.users >= MANY_USERS:
        saw = f"{how}, but it hits {counted(facts.case.users, 'user')}"
        return RuleResult(RULE, None, saw, "what users meet is not harmless")
    return RuleResult(
        RULE, "ignore", f"{how}, not rising", "users do not see it", facts.cites, kind="handled"
    )


def _is_quiet(signal: Signal, facts: Facts) -> bool:
    """By level and mechanism: noted on purpose, or caught and kept below an error."""
    level = signal.level.lower()
    if level not in QUIET_LEVELS or signal.handled is False:
        return False
    return signal.handled is True or level in NOTES or not any(event.exceptions for event in facts.events)
