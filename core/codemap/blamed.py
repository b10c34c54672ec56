"""Commits behind the lines that most likely have to change, each with its share of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rootcase.core.codemap.likely_lines import Weights
from rootcase.core.codemap.origin import Origins
from rootcase.core.model.code import BlameLine, Commit
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.ports import Repository

GAP = 40
RANGES, FILES = 12, 3
FOLLOWED = 24
PASSED_ON = 0.3
LATER = 1.0


@dataclass(frozen=True, slots=True)
class BlamedCommit:
    """share: of the weight of all likely lines, 0..1. reasons: the heaviest of its lines first."""

    commit: Commit
    share: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blame:
    """commits: heaviest first. lines: what git said of each likely line, by path. missing: what it could not say."""

    commits: tuple[BlamedCommit, ...] = ()
    lines: Mapping[str, tuple[BlameLine, ...]] | None = None
    missing: tuple[str, ...] = ()


async def blame_likely(
    repository: Repository, commit: str, weights: Weights, failing: tuple[str, int]
) -> Blame:
    """Blame the likely lines and see through commits that only moved or laid out the heaviest of them.

    Args: failing: path and line of the innermost frame, which a reason names as such.
    """
    ranges = _ranges(weights)
    asked = [repository.blame(commit, path, start, end) for path, start, end in ranges]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    lines: dict[str, tuple[BlameLine, ...]] = {}
    missing = []
    for (path, _, _), answer in zip(ranges, answers, strict=True):
        if isinstance(answer, RepositoryError):
            missing.append(f"{path} cannot be blamed: {answer.title}")
        elif isinstance(answer, BaseException):
            raise answer
        else:
            lines[path] = (*lines.get(path, ()), *answer)
    return Blame(await _shares(repository, lines, weights, failing), lines, tuple(missing))


async def _shares(
    repository: Repository,
    lines: Mapping[str, Sequence[BlameLine]],
    weights: Weights,
    failing: tuple[str, int],
) -> tuple[BlamedCommit, ...]:
    weighed = [
        (weights[path].get(item.line, 0.0), path, item)
        for path, found in lines.items()
        for item in found
        if weights[path].get(item.line)
    ]
    weighed.sort(key=lambda entry: (-entry[0], entry[1], entry[2].line))
    origins = Origins(repository)
    shares: dict[str, float] = {}
    commits: dict[str, Commit] = {}
    reasons: dict[str, list[str]] = {}

    def credit(commit: Commit, weight: float, why: str) -> None:
        commits.setdefault(commit.sha, commit)
        shares[commit.sha] = shares.get(commit.sha, 0.0) + weight
        told = reasons.setdefault(commit.sha, [])
        if why not in told and len(told) < 3:
            told.append(why)

    for number, (weight, path, item) in enumerate(weighed):
        where = f"last changed {_place(path, item.line, failing)}"
        if number >= FOLLOWED:
            credit(item.commit, weight, where)
            continue
        origin = await origins.of(item)
        for passed, did in origin.through:
            credit(
                passed, weight * PASSED_ON / len(origin.through), f"{did}: {_place(path, item.line, failing)}"
            )
        if origin.through:
            credit(origin.commit, weight * (1 - PASSED_ON), f"wrote {_place(path, item.line, failing)}")
        else:
            credit(item.commit, weight, where)
    later = _later(commits.values())
    shares = {sha: share * later[sha] for sha, share in shares.items()}
    total = sum(shares.values()) or 1.0
    ranked = sorted(shares, key=lambda sha: (-shares[sha], sha))
    return tuple(BlamedCommit(commits[sha], shares[sha] / total, tuple(reasons[sha])) for sha in ranked)


def _later(commits: Iterable[Commit]) -> dict[str, float]:
    """A change to code that worked is a likelier fault than the code around it: the newest counts most.

    The order alone counts and no age, since half of all faults are older than a year.
    """
    order = sorted(commits, key=lambda commit: commit.at_us)
    return {commit.sha: 1.0 + LATER * n / max(1, len(order) - 1) for n, commit in enumerate(order)}


def _place(path: str, line: int, failing: tuple[str, int]) -> str:
    if (path, line) == failing:
        return f"the failing line {line}"
    return f"line {line}" if path == failing[0] else f"{path.rsplit('/', 1)[-1]}:{line}"


def _ranges(weights: Weights) -> list[tuple[str, int, int]]:
    """Stretches of lines to blame, the heaviest files first; near ones in one go."""
    out: list[tuple[str, int, int]] = []
    for path in sorted(weights, key=lambda path: (-sum(weights[path].values()), path))[:FILES]:
        start = end = 0
        for line in sorted(weights[path]):
            if end and line - end > GAP:
                out.append((path, start, end))
                start = 0
            start, end = start or line, line
        if end:
            out.append((path, start, end))
    return out[:RANGES]
