"""The gate stage: asks for existing work, runs the rules in order, and says what decided."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal

from rootcase.core.config.settings import Settings
from rootcase.core.gate.evidence import event_evidence
from rootcase.core.gate.facts import Facts
from rootcase.core.gate.priority import priority_of
from rootcase.core.gate.rules import RULES
from rootcase.core.model.case import Case
from rootcase.core.model.entries import EvidenceRecorded, GateDecided, WorkFound
from rootcase.core.model.events import Event
from rootcase.core.model.evidence import Evidence
from rootcase.core.model.places import is_guessed
from rootcase.core.model.ports import ExistingWork, FoundWork, OwnCases, Stage
from rootcase.core.model.verdicts import GateDecision

Asked = Literal["before", "after"]


async def gate(
    case: Case,
    events: Sequence[Event],
    settings: Settings,
    *,
    work: ExistingWork | None,
    own: OwnCases,
    asked: Asked,
    now_us: int = 0,
) -> Stage:
    """Decide whether and how far to act.

    Args: events: the case's samples, newest first; what a diagnosis named is no occurrence and left out.
    work: forge and trackers, None where none is configured. own: the other cases of this store. asked:
    `before` anything is spent, or `after` the code is known. now_us: microseconds since 1970, 0 for the clock's.
    """
    events = [event for event in events if not is_guessed(event)]
    recorded = event_evidence(case.evidence, events[0]) if events else ()
    if recorded:
        yield EvidenceRecorded(recorded)
    found = FoundWork(case.work, (), case.work_failed)
    if work is not None:
        found = await work.find(case)
        yield WorkFound(found.work, found.asked, found.failed)
    facts = Facts(
        case=case,
        events=tuple(events),
        settings=settings,
        asked=asked,
        now_us=now_us or time.time_ns() // 1_000,
        work=found.work,
        asked_at=found.asked,
        failed=found.failed,
        holder=await _holder(case, own),
        event=_event_id((*case.evidence, *recorded), events),
    )
    yield GateDecided(decide(facts))


def decide(facts: Facts) -> GateDecision:
    """Every rule's result, and the verdict of the first that demands one; `fix` where none does."""
    rules = tuple(rule(facts) for rule in RULES)
    priority, reasons = priority_of(facts)
    deciding = next((rule for rule in rules if rule.verdict is not None), None)
    if deciding is None or deciding.verdict is None:
        mine = any(signal.assignee and facts.is_me(signal.assignee) for signal in facts.case.signals)
        because = "it is yours" if mine else "nobody has it yet"
        because += f"; {', '.join(reasons)}" if reasons else ""
        return GateDecision(facts.asked, "fix", because, priority, rules, why_urgent=reasons)
    return GateDecision(
        facts.asked, deciding.verdict, deciding.saw, priority, rules, deciding.waits_for,
        deciding.rule, deciding.kind, reasons,
    )  # fmt: skip


async def _holder(case: Case, own: OwnCases) -> str:
    """Another case with the same error class or a signal of this one.

    What people call an issue is no proof: two services may both have a `SHOP-1`.
    """
    names = [case.fingerprint.alias] if case.fingerprint else []
    names += [f"{signal.source}:{signal.id}" for signal in case.signals]
    for alias in names:
        holder = await own.holding(alias)
        if holder and holder != case.key:
            return holder
    return ""


def _event_id(evidence: Sequence[Evidence], events: Sequence[Event]) -> str:
    if not events:
        return ""
    known = [item for item in evidence if item.kind == "event"]
    same = [item.id for item in known if dict(item.data).get("id") == events[0].id]
    return (same or [item.id for item in known] or [""])[0]
