"""Commits that may have brought the error in: those of the release window first, else by blame."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rootcase.core.codemap.functions import Function
from rootcase.core.codemap.lines import parse_diff
from rootcase.core.model.code import BlameLine, Commit, Suspect
from rootcase.core.model.ports import Repository

WINDOW_COMMITS = 60
PATCHES_READ = 15
SHOWN = 6
_SIDE = re.compile(
    r"(?:^|/)(?:docs?|tests?)/|\.(?:md|rst|txt|lock)$|(?:^|/)(?:requirements[^/]*|CHANGELOG[^/]*|test_[^/]*)$"
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A function of interest at the release. weight: 1 for the failing one, less further away."""

    path: str
    function: Function
    weight: float


async def window_suspects(
    repository: Repository, good: str, bad: str, spots: Sequence[Spot], words: Sequence[str]
) -> tuple[Suspect, ...]:
    """Commits in `good..bad`, ranked by what they touch of the code path.

    Args: words: names that the error is about (`currency`); a commit that removes one is a strong suspect.
    """
    commits = await repository.log(f"{good}..{bad}", limit=WINDOW_COMMITS)
    files = {spot.path for spot in spots}
    near = [commit for commit in commits if files & set(commit.files)][:PATCHES_READ]
    scored = []
    for commit in commits:
        patch = await repository.patch(commit.sha) if commit in near else ""
        scored.append(_scored(commit, patch, spots, words))
    ranked = sorted(scored, key=lambda item: (-item.score, -item.commit.at_us))
    return tuple(ranked[:SHOWN])


def blame_suspects(
    failing: Sequence[BlameLine], function: Sequence[BlameLine], line: int
) -> tuple[Suspect, ...]:
    """Without a window: who last changed the failing line, then the newest of its function."""
    out: dict[str, Suspect] = {}
    for blamed in failing:
        if blamed.line == line:
            out[blamed.commit.sha] = Suspect(blamed.commit, 0.5, (f"last changed line {line}",))
    for blamed in sorted(function, key=lambda item: -item.commit.at_us):
        if len(out) >= 3:
            break
        out.setdefault(
            blamed.commit.sha, Suspect(blamed.commit, 0.3, (f"changed line {blamed.line} of the function",))
        )
    return tuple(out.values())


def _scored(commit: Commit, patch: str, spots: Sequence[Spot], words: Sequence[str]) -> Suspect:
    if commit.files and all(_SIDE.search(path) for path in commit.files):
        what = (
            "tests only"
            if all("test" in path for path in commit.files)
            else "no code, " + _short(commit.files)
        )
        return Suspect(commit, 0.02, (what,), in_window=True)
    score, reasons = 0.05, []
    touched = _touched(patch, spots)
    if touched:
        best = max(touched, key=lambda spot: spot.weight)
        score += 0.5 * best.weight
        reasons.append(f"touches {best.function.qualified_name}")
    elif any(spot.path in commit.files for spot in spots):
        score += 0.1
        reasons.append(f"touches {next(spot.path for spot in spots if spot.path in commit.files)}")
    gone = _removed(patch, words)
    if gone:
        score += 0.35
        reasons.append(f"removes a line with {gone}")
    return Suspect(
        commit, round(min(score, 1.0), 2), tuple(reasons) or ("in the release, off the path",), in_window=True
    )


def _touched(patch: str, spots: Sequence[Spot]) -> list[Spot]:
    """Spots that a patch changes. Lines are the commit's own, so a function's name in the hunk counts too."""
    out = []
    for change in parse_diff(patch) if patch else ():
        for spot in spots:
            if spot.path not in (change.new_path, change.old_path):
                continue
            for item in change.changes:
                body = "\n".join(item.old + item.new)
                inside = spot.function.start <= item.to + len(item.new) and item.to <= spot.function.end
                if inside or re.search(rf"\bdef {re.escape(spot.function.name)}\b", body):
                    out.append(spot)
                    break
    return out


def _removed(patch: str, words: Sequence[str]) -> str:
    """The first word that a patch takes more often than it puts, on removed and added lines alone."""
    for word in words:
        old = new = 0
        for change in parse_diff(patch) if patch else ():
            for item in change.changes:
                old += sum(word in line for line in item.old)
                new += sum(word in line for line in item.new)
        if old > new:
            return word
    return ""


def _short(files: Sequence[str]) -> str:
    return files[0].rsplit("/", 1)[-1] + (f" and {len(files) - 1} more" if len(files) > 1 else "")
