"""Whether an environment has been without the error for its quiet period, by sources that were read that long; pure."""

from __future__ import annotations

from collections.abc import Mapping

from rootcase.core.journal.store import SourceState
from rootcase.core.model.aftermath import Aftermath, Verification, in_order, quiet_period_us
from rootcase.core.model.case import Case
from rootcase.core.model.quiet import gap_of


def read_until(case: Case, states: Mapping[str, SourceState]) -> tuple[int, str]:
    """(up to when every source of the case was read whole, why not longer).

    A source that is not configured any more, or fails, cannot say that it is quiet.
    """
    labels = dict.fromkeys(signal.source for signal in case.signals)
    if not labels:
        return 0, "no source holds a signal of it"
    until, why = min(
        (states[label].complete_us if label in states else 0, label) for label in labels
    )  # fmt: skip
    if why not in states or not until:
        return 0, f"{why} is not read, so nobody can say that it is quiet"
    fault = states[why].fault
    return until, f"{why} could not be read: {fault}" if fault else ""


def verified(case: Case, after: Aftermath, read_us: int, now_us: int) -> tuple[Verification, ...]:
    """The environments whose quiet period is over and that are not verified yet, rehearsals first."""
    gap_us = gap_of(case, after.pull.at_us)
    quiet_us = quiet_period_us(gap_us)
    done = {each.environment for each in after.verified}
    landed = {each.environment: each for each in after.landed}
    return tuple(
        Verification(name, landed[name].release, landed[name].at_us, min(read_us, now_us), quiet_us, gap_us)
        for name in in_order(set(landed) - done)
        if min(read_us, now_us) - landed[name].at_us >= quiet_us
    )
