"""How far back a listing looks, and how services write the moments of it."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

from rootcase.core.model.errors import ConfigError

SECOND_US = 1_000_000
# Services count late; what changed this shortly before the last look is read again.
OVERLAP_US = 300 * SECOND_US
_PERIOD = re.compile(r"([1-9]\d{0,3})([smhdw])")
_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def now_us() -> int:
    """Microseconds since 1970 on this machine's clock."""
    return time.time_ns() // 1000


def lookback_us(period: str, source: str) -> int:
    """A configured period (`14d`, `36h`) in microseconds. ConfigError where it is none."""
    match = _PERIOD.fullmatch(period.strip())
    if match is None:
        raise ConfigError(
            f"Source {source}: `period` is no length of time",
            f"It says {period[:40]!r}.",
            "Write a number and a unit, such as 36h, 14d or 4w.",
        )
    return int(match[1]) * _UNITS_S[match[2]] * SECOND_US


def iso(at_us: int) -> str:
    """ISO 8601 in UTC, to the second: `2026-01-02T03:04:05Z`."""
    return datetime.fromtimestamp(at_us // SECOND_US, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def millis(at_us: int) -> int:
    return at_us // 1000
