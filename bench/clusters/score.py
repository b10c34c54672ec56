"""How well clusters match bugs: pairs, merged and hidden bugs, needless clusters."""

# ruff: noqa: E501 - traces and tables read better in one line

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """precision, recall, f1: over pairs of events. merged: pairs of bugs that share a cluster.

    hidden: bugs that are the majority of no cluster. extra: clusters beyond one for each bug. cost: 10·hidden + 3·merged + extra.
    """

    events: int
    bugs: int
    clusters: int
    precision: float
    recall: float
    f1: float
    merged: int
    hidden: int
    extra: int

    @property
    def cost(self) -> int:
        return 10 * self.hidden + 3 * self.merged + self.extra


def score(bugs: Sequence[str], clusters: Sequence[str]) -> Score:
    """Args: for each event its true bug and the cluster that a rule gave it."""
    cells = Counter(zip(clusters, bugs, strict=True))
    together = sum(_pairs(count) for count in cells.values())
    same_cluster = sum(map(_pairs, Counter(clusters).values()))
    same_bug = sum(map(_pairs, Counter(bugs).values()))
    precision = together / same_cluster if same_cluster else 1.0
    recall = together / same_bug if same_bug else 1.0
    members: dict[str, Counter[str]] = defaultdict(Counter)
    for (cluster, bug), count in cells.items():
        members[cluster][bug] += count
    merged = {tuple(sorted((a, b))) for inside in members.values() for a in inside for b in inside if a != b}
    leaders = {min(inside, key=lambda bug: (-inside[bug], bug)) for inside in members.values()}
    known = set(bugs)
    return Score(
        len(bugs), len(known), len(members), precision, recall,
        2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        len(merged), len(known - leaders), max(0, len(members) - len(known)),
    )  # fmt: skip


def worst(bugs: Sequence[str], clusters: Sequence[str]) -> list[str]:
    """What is wrong, in words: bugs that share clusters, and bugs in many."""
    members: dict[str, Counter[str]] = defaultdict(Counter)
    homes: dict[str, Counter[str]] = defaultdict(Counter)
    for bug, cluster in zip(bugs, clusters, strict=True):
        members[cluster][bug] += 1
        homes[bug][cluster] += 1
    lines = [
        f"merged {dict(inside)} in {cluster}"
        for cluster, inside in sorted(members.items())
        if len(inside) > 1
    ]
    return lines + [f"split {bug}: {dict(found)}" for bug, found in sorted(homes.items()) if len(found) > 1]


def _pairs(count: int) -> int:
    return count * (count - 1) // 2
