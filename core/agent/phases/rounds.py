"""Which round of a phase this is; recordings and the journal name it."""

from __future__ import annotations

from rootcase.core.model.case import Case


def agent_round(case: Case, draft: int) -> int:
    """The number of that draft among the agent's own; reverts and drafts by hand do not count."""
    return 1 + sum(d.origin == "agent" and d.number < draft for d in case.drafts)


def finished_rounds(case: Case, phase: str) -> int:
    """How often a phase has come to an end; an interrupted one starts the same round again."""
    return sum(record.phase == phase and record.ok is not None for record in case.phases)
