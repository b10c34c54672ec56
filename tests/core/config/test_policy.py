"""The policy as a user writes it: what fits together, what does not, and what a repository may add."""

from __future__ import annotations

from pathlib import Path

import pytest

from rootcase.core.config.load import load
from rootcase.core.config.settings import PolicyRule, PolicySettings, Settings
from rootcase.core.config.tighten import tightened
from rootcase.core.model.errors import ConfigError

REPOSITORY = "repositories:\n  - {path: checkout, name: checkout, forge: github, services: [checkout-api]}\n"


def loaded(tmp_path: Path, policy: str) -> Settings:
    file = tmp_path / "config.yaml"
    file.write_text(REPOSITORY + policy, encoding="utf-8")
    return load({"HOME": str(tmp_path), "ROOTCASE_HOME": str(tmp_path)}, config=str(file)).settings


def test_rules_limits_and_the_narrow_set_are_read(tmp_path):
    policy = loaded(
        tmp_path,
        "policy:\n  level: review-ready\n  confidence: [unit-test]\n"
        "  auto_merge: {paths: [app/text/**], max_lines: 8}\n"
        "  rules:\n    - {repository: checkout, paths: [app/text/**], level: auto-merge}\n"
        "    - {paths: [db/**], confidence: [migration-check, rollback-plan]}\n"
        "  limits:\n    - {name: money, paths: [app/pay/**], level: draft-only}\n",
    ).policy
    assert policy.rules[0] == PolicyRule(repository="checkout", paths=("app/text/**",), level="auto-merge")
    assert policy.rules[1].confidence == ("migration-check", "rollback-plan")
    assert (policy.limits[0].name, policy.auto_merge.max_lines, policy.auto_merge.max_files) == (
        "money",
        8,
        1,
    )


@pytest.mark.parametrize(
    ("policy", "line", "words"),
    [
        ("policy:\n  level: auto-merge\n", 4, "auto-merge needs to be told which files"),
        (
            "policy:\n  rules:\n    - {paths: [app/**], level: auto-merge}\n",
            5,
            "needs to be told which files",
        ),
        ("policy:\n  rules:\n    - {paths: [app/**]}\n", 5, "this rule says nothing"),
        (
            "policy:\n  rules:\n    - {repository: chekout, level: draft-only}\n",
            5,
            "no repository is called chekout",
        ),
        ("policy:\n  limits:\n    - {paths: [/app/**], level: draft-only}\n", 5, "covers nothing"),
        ("policy:\n  limits:\n    - {paths: [../x], level: draft-only}\n", 5, "covers nothing"),
        (
            "policy:\n  rules:\n    - {level: draft-only}\n    - {paths: [a/**], level: review-ready}\n",
            6,
            "this rule never sets a level",
        ),
        ("policy:\n  level: auto-merge\n  auto_merge: {paths: ['**']}\n", 5, "auto-merge needs narrow paths"),
        (
            "policy:\n  level: auto-merge\n  auto_merge: {paths: [a/**], max_lines: 0}\n",
            5,
            "nothing would ever be",
        ),
        ("policy:\n  approve: [pr, auto_merge]\n", 4, "which no level allows"),
        (
            "policy:\n  level: auto-merge\n  approve: [auto_merge]\n  auto_merge: {paths: [a/**]}\n",
            5,
            "approve lists auto_merge without pr",
        ),
        ("policy:\n  confidence: [unit-tests]\n", 4, "cannot be used"),
    ],
)
def test_what_does_not_fit_together_is_refused_with_its_line(tmp_path, policy, line, words):
    with pytest.raises(ConfigError) as fault:
        loaded(tmp_path, policy)
    assert words in fault.value.title and fault.value.title.startswith(f"{tmp_path}/config.yaml:{line}:")


def test_a_repository_adds_limits_and_kinds_of_confidence_and_raises_nothing():
    own = Settings(
        policy=PolicySettings(
            level="review-ready", rules=(PolicyRule(paths=("docs/**",), level="auto-merge"),)
        )
    )
    text = (
        "policy:\n  level: auto-merge\n  confidence: [rollback-plan]\n"
        "  rules:\n    - {paths: [app/**], level: draft-only}\n    - {repository: other, level: auto-merge}\n"
        "  auto_merge: {paths: ['**'], max_lines: 9999}\n"
    )
    settings, warnings = tightened(own, text, "checkout/rootcase.yaml")
    assert settings.policy.level == "review-ready" and settings.policy.rules == own.policy.rules
    assert settings.policy.auto_merge == own.policy.auto_merge
    assert [(rule.paths, rule.level, rule.confidence, rule.repository) for rule in settings.policy.limits] == [
        ((), None, ("rollback-plan",), ""), (("app/**",), "draft-only", (), ""),
    ]  # fmt: skip
    assert all(rule.name == "checkout/rootcase.yaml" for rule in settings.policy.limits)
    assert any("would widen" in words for words in warnings) and any(
        "auto_merge" in words or "ends it" in words for words in warnings
    )
    assert tightened(settings, text, "checkout/rootcase.yaml")[0].policy.limits == settings.policy.limits
