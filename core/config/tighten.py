"""What a repository's own rootcase.yaml may do: tighten limits, never widen them."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from rootcase.core.config.schema import to_settings
from rootcase.core.config.settings import (
    BudgetSettings,
    GuardrailSettings,
    PolicyLevel,
    PolicyRule,
    PolicySettings,
    Settings,
)
from rootcase.core.config.yamltext import Parsed, parse

LEVELS: tuple[str, ...] = get_args(PolicyLevel)
LIST_KEYS = ("protected_files", "blocked_commands", "product_sensitive")


def tightened(settings: Settings, text: str, origin: str) -> tuple[Settings, tuple[str, ...]]:
    """The settings with a repository's limits, and what was refused, in words.

    text: the content of `rootcase.yaml` at the commit that counts; origin: how to name it.
    ConfigError where the file cannot be read at all: a limit that cannot be read must not be lost.
    """
    parsed = parse(text, origin)
    wanted, warnings = to_settings(parsed, origin)
    for key in parsed.value:
        if key not in ("budget", "guardrails", "policy"):
            line = parsed.lines[key]
            warnings.append(f"{origin}:{line}: `{key}` is not a repository's to set; ignored")
    return (
        replace(
            settings,
            budget=_budget(settings.budget, wanted.budget, parsed, origin, warnings),
            guardrails=_guardrails(settings.guardrails, wanted.guardrails, parsed, origin, warnings),
            policy=_policy(settings.policy, wanted.policy, parsed, origin, warnings),
        ),
        tuple(warnings),
    )


def _given(parsed: Parsed, section: str) -> list[str]:
    value = parsed.value.get(section)
    return list(value) if isinstance(value, dict) else []


def _widens(parsed: Parsed, origin: str, name: str) -> str:
    return f"{origin}:{parsed.lines.get(name, 1)}: `{name}` would widen the limit; ignored"


def _budget(
    own: BudgetSettings, wanted: BudgetSettings, parsed: Parsed, origin: str, warnings: list[str]
) -> BudgetSettings:
    changes: dict[str, float] = {}
    for key in _given(parsed, "budget"):
        if 0 <= getattr(wanted, key) <= getattr(own, key):
            changes[key] = getattr(wanted, key)
        else:
            warnings.append(_widens(parsed, origin, f"budget.{key}"))
    return replace(own, **changes)  # type: ignore[arg-type]


def _guardrails(
    own: GuardrailSettings, wanted: GuardrailSettings, parsed: Parsed, origin: str, warnings: list[str]
) -> GuardrailSettings:
    changes: dict[str, object] = {}
    for key in _given(parsed, "guardrails"):
        mine, theirs = getattr(own, key), getattr(wanted, key)
        if key in LIST_KEYS:
            changes[key] = tuple(dict.fromkeys(mine + theirs))
        elif key == "network":
            changes[key] = mine and theirs
        elif key == "require_sandbox":
            changes[key] = mine or theirs
        elif 0 <= theirs <= mine:  # a limit below zero is none: `ulimit` would refuse it
            changes[key] = theirs
        else:
            warnings.append(_widens(parsed, origin, f"guardrails.{key}"))
    return replace(own, **changes)  # type: ignore[arg-type]


def _policy(
    own: PolicySettings, wanted: PolicySettings, parsed: Parsed, origin: str, warnings: list[str]
) -> PolicySettings:
    given = _given(parsed, "policy")
    policy = own
    if "level" in given:
        if LEVELS.index(wanted.level) <= LEVELS.index(own.level):
            policy = replace(policy, level=wanted.level)
        else:
            warnings.append(_widens(parsed, origin, "policy.level"))
    if "approve" in given:
        policy = replace(policy, approve=tuple(a for a in own.approve if a in wanted.approve))
    if "stop" in given:
        policy = replace(policy, stop=own.stop or wanted.stop)
    if "when_detached" in given and wanted.when_detached == "stop":
        policy = replace(policy, when_detached="stop")
    if "auto_merge" in given:
        warnings.append(
            f"{origin}:{parsed.lines['policy.auto_merge']}: only a limit or a lower level ends it"
        )
    limits = _limits(wanted, "level" in given, origin)
    return replace(policy, limits=tuple(dict.fromkeys((*own.limits, *limits))))


def _limits(wanted: PolicySettings, level: bool, origin: str) -> list[PolicyRule]:
    """The repository's level, rules and kinds of confidence as limits: each lowers or adds, none raises."""
    told = [PolicyRule(level=wanted.level if level else None, confidence=wanted.confidence)]
    told += [*wanted.rules, *wanted.limits]
    limits = [
        # The highest level lowers nothing.
        replace(
            rule,
            repository="",
            name=rule.name or origin,
            level=rule.level if rule.level != LEVELS[-1] else None,
        )
        for rule in told
    ]
    return [rule for rule in limits if rule.level is not None or rule.confidence]
