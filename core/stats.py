"""How often each rule of the gate decided, and how often a human overruled it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rootcase.core.model.entries import Entry, GateDecided, Redone, Undone, VerdictOverridden

NO_OBJECTION = "no rule objected"


@dataclass(frozen=True, slots=True)
class RuleStats:
    """decided: cases whose verdict hung on the rule; overruled: of these, those where a human said otherwise."""

    rule: str
    decided: int
    overruled: int


def of_rules(journals: Iterable[Sequence[Entry]]) -> tuple[RuleStats, ...]:
    """Over whole journals, the most overruled first. A rule counts once a case, however often it was asked.

    An override that was undone does not count, nor one that says what the gate had said.
    """
    decided: Counter[str] = Counter()
    overruled: Counter[str] = Counter()
    for entries in journals:
        decided.update(_decided(entries))
        overruled.update(_overruled(entries))
    names = sorted(decided, key=lambda rule: (-overruled[rule], -decided[rule], rule))
    return tuple(RuleStats(rule, decided[rule], overruled[rule]) for rule in names)


def _decided(entries: Sequence[Entry]) -> set[str]:
    return {e.body.decision.rule or NO_OBJECTION for e in entries if isinstance(e.body, GateDecided)}


def _overruled(entries: Sequence[Entry]) -> set[str]:
    """Each override belongs to the decision that stood when it was made."""
    taken_back: set[int] = set()
    for entry in entries:
        if isinstance(entry.body, Undone):
            taken_back.add(entry.body.seq)
        elif isinstance(entry.body, Redone):
            taken_back.discard(entry.body.seq)
    out: set[str] = set()
    verdict, rule = "", ""
    for entry in entries:
        body = entry.body
        if isinstance(body, GateDecided):
            verdict, rule = body.decision.verdict, body.decision.rule or NO_OBJECTION
        elif isinstance(body, VerdictOverridden) and entry.actor.startswith("human:"):
            stands = entry.seq not in taken_back and body.verdict != verdict
            out.update({rule} if rule and stands else ())
    return out
