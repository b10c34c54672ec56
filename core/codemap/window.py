"""Commits between the last good and the first bad release, by what they touch of the code path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rootcase.core.codemap.changed import changed_functions
from rootcase.core.codemap.lines import FileDiff, parse_diff
from rootcase.core.model.code import Candidate, Commit, SuspectKind
from rootcase.core.model.ports import Repository

COMMITS = 200
PATCHES_READ = 15
_KINDS: tuple[tuple[SuspectKind, re.Pattern[str]], ...] = (
    ("tests", re.compile(r"(?:^|/)(?:tests?|specs?)/|(?:^|/)(?:test_[^/]*|[^/]*_test\.\w+|conftest\.py)$")),
    ("dependency", re.compile(
        r"(?:^|/)(?:requirements[^/]*|constraints[^/]*|pyproject\.toml|setup\.(?:py|cfg)|Pipfile|package\.json"
        r"|go\.(?:mod|sum)|Gemfile|Cargo\.toml|pom\.xml|build\.gradle[^/]*|composer\.json|[^/]*\.lock"
        r"|package-lock\.json|[^/]*\.csproj|vendor/.*)$")),
    ("configuration", re.compile(
        r"(?:^|/)(?:config|conf|settings|deploy|k8s|helm|terraform|\.github|migrations)/|(?:^|/)Dockerfile[^/]*$"
        r"|\.(?:ya?ml|ini|cfg|conf|env|toml|properties|tf)$|(?:^|/)settings[^/]*\.py$")),
    ("other", re.compile(r"(?:^|/)docs?/|\.(?:md|rst|txt)$|(?:^|/)(?:CHANGELOG|CHANGES|LICENSE|CODEOWNERS)[^/]*$")),
)  # fmt: skip
_MIGRATION = re.compile(
    r"(?:^|/)(?:migrations?|migrate|alembic/versions|flyway|liquibase|changelogs?)/[^/]*\d[^/]*\.\w+$"
)
_SIDE_SCORE: dict[SuspectKind, float] = {
    "dependency": 0.12,
    "configuration": 0.12,
    "tests": 0.02,
    "other": 0.02,
}


@dataclass(frozen=True, slots=True)
class WindowCommit:
    commit: Commit
    score: float
    reasons: tuple[str, ...]
    kind: SuspectKind


async def window_commits(
    repository: Repository, good: str, bad: str, found: Sequence[Candidate], words: Sequence[str]
) -> tuple[tuple[WindowCommit, ...], str]:
    """Commits in `good..bad`, and what was left out of them in words, "" for nothing.

    Args: found: candidates, whose functions a commit may touch. words: names that the error is about
    (`currency`); a commit that removes one is a strong suspect.
    """
    commits = await repository.log(f"{good}..{bad}", limit=COMMITS)
    files = {item.path for item in found}
    near = {commit.sha for commit in [c for c in commits if files & set(c.files)][:PATCHES_READ]}
    out = []
    for commit in commits:
        diff = parse_diff(await repository.patch(commit.sha)) if commit.sha in near else ()
        touched = await _touched(repository, commit.sha, diff, found)
        out.append(_scored(commit, diff, touched, found, words))
    cut = f"only the newest {COMMITS} commits of the window were looked at" if len(commits) == COMMITS else ""
    return tuple(out), cut


def migrations_in(commits: Sequence[WindowCommit]) -> str:
    """What going back over these commits would do to the database's shape, in words."""
    found = {path for item in commits for path in item.commit.files if _MIGRATION.search(path)}
    if not found:
        return "no migration between the two"
    name = min(found).rsplit("/", 1)[-1]
    return (
        f"{name} migrates between the two" if len(found) == 1 else f"{len(found)} migrations between the two"
    )


def kind_of(files: Sequence[str]) -> SuspectKind:
    """What a commit changed: code where any file is, else the most telling of the others."""
    kinds = {next((kind for kind, form in _KINDS if form.search(path)), "code") for path in files}
    order: tuple[SuspectKind, ...] = ("code", "dependency", "configuration", "tests", "other")
    return next((kind for kind in order if kind in kinds), "code")


def _scored(
    commit: Commit,
    diff: Sequence[FileDiff],
    touched: Sequence[Candidate],
    found: Sequence[Candidate],
    words: Sequence[str],
) -> WindowCommit:
    kind = kind_of(commit.files) if commit.files else "code"
    if kind != "code" and not set(commit.files) & {item.path for item in found}:
        what = {"tests": "tests only", "other": f"no code, {_short(commit.files)}"}.get(
            kind, f"changes {_short(commit.files)}, a {kind} file"
        )
        return WindowCommit(commit, _SIDE_SCORE[kind], (what,), kind)
    score, reasons = 0.05, []
    if touched:
        best = max(touched, key=lambda item: item.score)
        score += 0.35 + 0.35 * min(1.0, best.score * 1.5)
        reasons.append(f"touches {best.qualified_name}")
    elif near := next((item.path for item in found if item.path in commit.files), ""):
        score += 0.1
        reasons.append(f"touches {near}")
    gone = _removed(diff, words)
    if gone:
        score += 0.35
        reasons.append(f"removes a line with {gone}")
    return WindowCommit(commit, min(1.0, score), tuple(reasons) or ("in the release, off the path",), kind)


async def _touched(
    repository: Repository, sha: str, files: Sequence[FileDiff], found: Sequence[Candidate]
) -> list[Candidate]:
    """Candidates whose function a commit changes."""
    names = await changed_functions(repository, sha, files, {item.path for item in found})
    return [item for item in found if (item.path, item.qualified_name) in names]


def _removed(diff: Sequence[FileDiff], words: Sequence[str]) -> str:
    """The first word that a patch takes more often than it puts, on removed and added lines alone."""
    for word in words:
        old = new = 0
        for change in diff:
            for item in change.changes:
                old += sum(word in line for line in item.old)
                new += sum(word in line for line in item.new)
        if old > new:
            return word
    return ""


def _short(files: Sequence[str]) -> str:
    return files[0].rsplit("/", 1)[-1] + (f" and {len(files) - 1} more" if len(files) > 1 else "")
