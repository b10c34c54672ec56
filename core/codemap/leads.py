"""Single hints that a function may need the change, and how several of them add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rootcase.core.codemap.definitions import Place
from rootcase.core.model.code import Candidate

REASONS = 3


@dataclass(frozen=True, slots=True)
class Lead:
    """One hint. weight: how likely the change is there, judged by this hint alone, 0..1. line: where to look."""

    path: str
    qualified_name: str
    line: int
    weight: float
    reason: str


def lead(place: Place, weight: float, reason: str, line: int = 0) -> Lead:
    """A hint at a definition; the less sure the place, the weaker."""
    scope = place.scope
    return Lead(place.path, scope.qualified_name, line or scope.start, weight * place.sure, reason)


def ranked(leads: Iterable[Lead], limit: int) -> tuple[Candidate, ...]:
    """Functions by what their hints add up to: each further hint takes its share of what is still open.

    Hints are no independent witnesses, so a second of the same function counts half, a third a third.
    """
    by_place: dict[tuple[str, str], list[Lead]] = {}
    for item in leads:
        if item.weight > 0.005:
            by_place.setdefault((item.path, item.qualified_name), []).append(item)
    out = []
    for (path, name), items in by_place.items():
        items.sort(key=lambda item: -item.weight)
        doubt = 1.0
        for number, item in enumerate(items, 1):
            doubt *= 1.0 - min(0.95, item.weight) / number
        reasons = tuple(dict.fromkeys(item.reason for item in items))[:REASONS]
        out.append(Candidate(path, name, items[0].line, round(1.0 - doubt, 3), reasons))
    return tuple(sorted(out, key=lambda item: (-item.score, item.path, item.line))[:limit])
