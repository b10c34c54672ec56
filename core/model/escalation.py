"""Why a case is handed to a human with all that is known: tests fail, the budget is over, evidence stays weak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rootcase.core.model import ladder
from rootcase.core.model.case import Case

Reason = Literal["tests fail", "budget", "weak evidence"]
PROOF = ("red", "green", "revert", "suite")


@dataclass(frozen=True, slots=True)
class Escalation:
    """reason: which of the three; words: what happened, for people."""

    reason: Reason
    words: str


def escalation(case: Case, *, budget: str = "") -> Escalation | None:
    """The reason that stands now, None where the case goes on or ends as any other.

    budget: which cap has just ended the run, in words. Tests count as failing when a draft
    was given up or is disproved; evidence as weak when an investigation has ended below E2, or a plan below E4.
    """
    if case.verdict in ("wait", "ignore", "ticket") or (case.plan is not None and case.plan.no_fix):
        return None
    if budget:
        return Escalation("budget", budget)
    if ladder.level(case) in ("E4", "E5"):
        return None
    if (words := _tests(case)) is not None:
        return Escalation("tests fail", words)
    return _weak(case)


def _tests(case: Case) -> str | None:
    for step in PROOF:
        result = case.proof(step)
        if result is not None and result.outcome == "failed":
            return f"{step}: {result.summary}"
    given_up = [draft for draft in case.drafts if draft.abandoned]
    if not given_up or case.draft is not None:
        return None
    count = f"{len(given_up)} draft{'' if len(given_up) == 1 else 's'} given up"
    return f"{count}; the last: {given_up[-1].abandoned}"


def _weak(case: Case) -> Escalation | None:
    level = ladder.level(case)
    looked = any(record.phase == "investigate" and record.ok for record in case.phases)
    if not looked:
        return None
    off = next((rung for rung in ladder.rungs(case) if rung.state != "on"), None)
    why = f": {off.why or off.text}" if off else ""
    if level in ("E0", "E1"):
        return Escalation("weak evidence", f"{level} after the investigation{why}")
    if case.verdict == "fix" and case.plan is not None and any(r.phase == "reproduce" for r in case.phases):
        return Escalation("weak evidence", f"{level} after a reproduction was tried{why}")
    return None
