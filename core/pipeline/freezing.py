"""Whether a service's error budget allows changes that no human starts."""

from __future__ import annotations

from rootcase.core.config.settings import Settings
from rootcase.core.gate.slo import burn_of
from rootcase.core.model.case import Case


def freeze(case: Case, settings: Settings) -> str | None:
    """Why the error budget is frozen, "" where it is not, None where no objective of the service is configured.

    A budget is frozen while it burns fast enough to page somebody or to open a ticket (`gate/slo.py`).
    """
    slos = [s for s in settings.slos if s.service in (case.service, "*") and s.requests_per_day > 0]
    if not slos:
        return None
    burns = [burn_of(signal.trend, signal.bucket_s, slo) for slo in slos for signal in case.signals]
    return next((f"error-budget freeze: {burn.words}" for burn in burns if burn.urgency), "")
