"""Combinations in the policy that mean nothing or too much, refused with their line."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator

from rootcase.core.config.settings import PolicyRule, Settings
from rootcase.core.config.yamltext import Parsed
from rootcase.core.model.errors import ConfigError

_Where = Callable[[str], str]
WIDE = ("*", "**", "**/*", ".", "/", "./")


def check_policy(settings: Settings, parsed: Parsed, origin: str) -> None:
    """ConfigError names file, line, what does not fit together, and what to write."""

    def where(key: str) -> str:
        while key not in parsed.lines and "." in key:
            key = key.rpartition(".")[0]
        return f"{origin}:{parsed.lines.get(key, 1)}"

    for key, rule in _rules(settings):
        _check_rule(rule, settings, key, where)
    _check_order(settings.policy.rules, where)
    _check_auto_merge(settings, where)


def _rules(settings: Settings) -> Iterator[tuple[str, PolicyRule]]:
    for name, rules in (("rules", settings.policy.rules), ("limits", settings.policy.limits)):
        for index, rule in enumerate(rules):
            yield f"policy.{name}.{index}", rule


def _check_rule(rule: PolicyRule, settings: Settings, key: str, where: _Where) -> None:
    if rule.level is None and not rule.confidence:
        raise ConfigError(
            f"{where(key)}: this rule says nothing", "It has neither `level` nor `confidence`.",
            "Give it a level (draft-only, review-ready, auto-merge), or take it out.",
        )  # fmt: skip
    labels = [repository.label for repository in settings.repositories]
    if rule.repository and rule.repository not in labels:
        near = difflib.get_close_matches(rule.repository, labels, 1, 0.5)
        known = ", ".join(labels) or "none is configured"
        raise ConfigError(
            f"{where(f'{key}.repository')}: no repository is called {rule.repository}",
            f"Repositories: {known}.", f"Did you mean {near[0]}?" if near else "Use its name or its folder's.",
        )  # fmt: skip
    for path in rule.paths:
        _check_glob(path, where(f"{key}.paths"))


def _check_glob(path: str, where: str) -> None:
    if not path.strip() or path.startswith(("/", "~", "!")) or ".." in path.split("/"):
        raise ConfigError(
            f"{where}: {path!r} covers nothing", "Globs are relative to the repository's root, without `!`.",
            "Write it as app/pricing/** or *.md",
        )  # fmt: skip


def _check_order(rules: tuple[PolicyRule, ...], where: _Where) -> None:
    """A rule behind one that takes all of its files would never set a level."""
    for index, rule in enumerate(rules):
        for earlier in range(index):
            before = rules[earlier]
            takes_all = (
                before.level is not None and not before.paths and before.repository in ("", rule.repository)
            )
            if rule.level is not None and takes_all:
                raise ConfigError(
                    f"{where(f'policy.rules.{index}')}: this rule never sets a level",
                    f"Rule {earlier + 1} covers all of its files, and the first rule counts.",
                    "Put the narrower rule first.",
                )  # fmt: skip


def _check_auto_merge(settings: Settings, where: _Where) -> None:
    policy = settings.policy
    narrow = policy.auto_merge
    for path in narrow.paths:
        _check_glob(path, where("policy.auto_merge.paths"))
    if any(path.strip() in WIDE for path in narrow.paths):
        raise ConfigError(
            f"{where('policy.auto_merge.paths')}: auto-merge needs narrow paths", "This one covers every file.",
            "Name the folders whose changes may be merged: [app/text/**, tests/text/**]",
        )  # fmt: skip
    if narrow.max_lines < 1 or narrow.max_files < 1:
        raise ConfigError(
            f"{where('policy.auto_merge')}: nothing would ever be merged",
            "max_lines and max_files are at least 1.", "Write review-ready to leave merging to people.",
        )  # fmt: skip
    asking = [key for key, rule in _rules(settings) if rule.level == "auto-merge" and ".rules." in key]
    asking += ["policy.level"] if policy.level == "auto-merge" else []
    if asking and not narrow.paths:
        raise ConfigError(
            f"{where(asking[0])}: auto-merge needs to be told which files", "policy.auto_merge.paths is empty.",
            "Add auto_merge: {paths: [app/text/**], max_lines: 20} under policy.",
        )  # fmt: skip
    if "auto_merge" in policy.approve and not asking:
        raise ConfigError(
            f"{where('policy.approve')}: approve lists auto_merge, which no level allows",
            "Neither policy.level nor a rule says auto-merge.", "Take it out, or give a rule that level.",
        )  # fmt: skip
    if "auto_merge" in policy.approve and "pr" not in policy.approve:
        raise ConfigError(
            f"{where('policy.approve')}: approve lists auto_merge without pr",
            "What may not be opened cannot be merged.", "Write approve: [pr, auto_merge]",
        )  # fmt: skip
