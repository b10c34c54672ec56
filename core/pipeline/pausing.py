"""When a source that failed is asked again; kept with its state, so that it holds for every process; pure."""

from __future__ import annotations

from dataclasses import replace

from rootcase.core.journal.store import SourceState
from rootcase.core.model.errors import AccessDenied, ConfigError, RateLimited, RootcaseError, SourceError
from rootcase.core.signals.faults import CircuitOpen

FIRST_PAUSE_S = 60.0
LONGEST_PAUSE_S = 1800.0
# A service that asks for patience without saying how long.
UNTOLD_WAIT_S = 60.0


def failed(state: SourceState, fault: RootcaseError, now_us: int) -> SourceState:
    """The state after a fault: what a service asked for, else twice as long each time, up to half an hour.

    Wrong credentials and settings do not mend by themselves, so those wait longest at once. The client's
    breaker spares a service within one sync; from one sync to the next, and for all processes, this does.
    """
    if isinstance(fault, CircuitOpen):
        # what it was opened by says more, and for longer, than how many seconds are left
        fault = SourceError(fault.detail, "", fault.hint)
    failures = state.failures + 1
    paused = "paused"
    if isinstance(fault, RateLimited):
        pause_s, paused = fault.retry_after_s or UNTOLD_WAIT_S, "rate-limited"
    elif isinstance(fault, AccessDenied | ConfigError):
        pause_s = LONGEST_PAUSE_S
    else:
        pause_s = min(FIRST_PAUSE_S * 2 ** min(failures - 1, 10), LONGEST_PAUSE_S)
    return replace(
        state, fault=fault.title, hint=fault.hint or fault.detail, failures=failures, paused=paused,
        retry_us=now_us + round(pause_s * 1e6), reading_us=0,
    )  # fmt: skip


def succeeded(state: SourceState) -> SourceState:
    return replace(state, fault="", hint="", failures=0, paused="", retry_us=0)


def must_wait(state: SourceState, now_us: int) -> bool:
    """A service that named a time is not asked before it, not even by hand."""
    return state.paused == "rate-limited" and state.retry_us > now_us
