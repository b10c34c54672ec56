"""How long a case has to be quiet after a deploy of its fix before that is called verified; pure."""

from __future__ import annotations

from rootcase.core.model.aftermath import Landing, quiet_period_us, usual_gap_us
from rootcase.core.model.case import Case


def gap_of(case: Case, until_us: int) -> int:
    """Usual time between two events of the case before a moment, 0 where that is not known."""
    first = min((s.first_seen_us for s in case.signals if s.first_seen_us), default=0)
    last = min(max((s.last_seen_us for s in case.signals), default=0), until_us)
    return usual_gap_us(case.events, first, last)


def quiet_until_us(case: Case, landing: Landing) -> int:
    """When the quiet period of a deploy of the fix ends."""
    merged_us = case.after.pull.at_us if case.after else 0
    return landing.at_us + quiet_period_us(gap_of(case, merged_us))
