"""Which policy level holds for a change, file by file, and the setting that says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from rootcase.core.config.settings import PolicyLevel, PolicyRule, PolicySettings, Settings
from rootcase.core.model.case import Case
from rootcase.core.model.delivery import ConfidenceKind
from rootcase.core.model.errors import GuardrailError
from rootcase.core.safety.paths import matches

LEVELS: tuple[PolicyLevel, ...] = get_args(PolicyLevel)


@dataclass(frozen=True, slots=True)
class FileLevel:
    """The level of one file, and the setting it comes from, as it is called in config.yaml."""

    path: str
    level: PolicyLevel
    rule: str


@dataclass(frozen=True, slots=True)
class Standing:
    """level: the lowest of the files', or the repository's without any. asked: (kind of confidence, setting)."""

    level: PolicyLevel
    rule: str
    files: tuple[FileLevel, ...] = ()
    asked: tuple[tuple[ConfidenceKind, str], ...] = ()


def standing(case: Case, settings: Settings) -> Standing:
    """The policy on a case: of its change's files where it has any, else of its repository."""
    label = label_of(case, settings)
    paths = tuple(dict.fromkeys(hunk.path for hunk in (case.draft.accepted if case.draft else ())))
    files = tuple(_file(path, label, settings.policy) for path in paths)
    asked = tuple(_asked(paths, label, settings.policy))
    if not files:
        whole = _file("", label, settings.policy)
        return Standing(whole.level, whole.rule, (), asked)
    lowest = min(files, key=lambda file: LEVELS.index(file.level))
    same = all(file.rule == lowest.rule for file in files)
    return Standing(lowest.level, lowest.rule if same else f"{lowest.rule} for {lowest.path}", files, asked)


def label_of(case: Case, settings: Settings) -> str:
    """What the case's repository is called in the configuration, "" where none serves it."""
    if case.repository:
        return case.repository
    repository = settings.repository_for(case.service)
    return repository.label if repository else ""


def _file(path: str, label: str, policy: PolicySettings) -> FileLevel:
    level, named = policy.level, "policy.level"
    for index, rule in enumerate(policy.rules):
        if rule.level is not None and _covers(rule, path, label):
            level, named = rule.level, _called(rule, f"policy.rules[{index}]")
            break
    for index, rule in enumerate(policy.limits):
        lower = rule.level is not None and LEVELS.index(rule.level) < LEVELS.index(level)
        if rule.level is not None and lower and _covers(rule, path, label):
            level, named = rule.level, _called(rule, f"policy.limits[{index}]")
    return FileLevel(path, level, named)


def _asked(paths: Sequence[str], label: str, policy: PolicySettings) -> Iterator[tuple[ConfidenceKind, str]]:
    yield from ((kind, "policy.confidence") for kind in policy.confidence)
    for name, rules in (("rules", policy.rules), ("limits", policy.limits)):
        for index, rule in enumerate(rules):
            if any(_covers(rule, path, label) for path in paths or ("",)):
                yield from ((kind, _called(rule, f"policy.{name}[{index}]")) for kind in rule.confidence)


def _covers(rule: PolicyRule, path: str, label: str) -> bool:
    """A rule with paths covers no repository as a whole. A path that leaves the repository is covered by none."""
    if rule.repository and rule.repository != label:
        return False
    return not rule.paths or (bool(path) and inside(path, rule.paths))


def inside(path: str, patterns: Iterable[str]) -> bool:
    try:
        return matches(path, patterns) is not None
    except GuardrailError:
        return False


def _called(rule: PolicyRule, place: str) -> str:
    words = rule.name or place
    return f"{words} ({', '.join(rule.paths)})" if rule.paths else words
