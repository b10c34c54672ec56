"""How fast a case burns its service's error budget.

Burn rate = (bad requests / all requests) / (1 - target): at 1 the budget lasts exactly its window. Alerts
take a long and a short window at once, so that an old spike does not count any more: 2 % of the budget in
an hour (14.4 for 30 days), 5 % in six hours (6), 10 % in three days (1), the short window a twelfth of the
long. Source: The Site Reliability Workbook, chapter 5, "Alerting on SLOs", multiwindow, multi-burn-rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rootcase.core.config.settings import SloSettings
from rootcase.core.config.windows import hours_of

Urgency = Literal["page", "ticket", ""]
# (share of the budget, long window in hours, what it calls for)
ALERTS: tuple[tuple[float, float, Urgency], ...] = (
    (0.02, 1.0, "page"), (0.05, 6.0, "page"), (0.10, 72.0, "ticket"),
)  # fmt: skip
SHORT = 12


@dataclass(frozen=True, slots=True)
class Burn:
    """rate: times the sustainable one, over the window that told. words: for people, "" where nothing burns."""

    rate: float = 0.0
    urgency: Urgency = ""
    words: str = ""


def burn_of(trend: Sequence[int], bucket_s: int, slo: SloSettings) -> Burn:
    """The most urgent alert that both of its windows agree on.

    Args: trend: bad requests a bucket, the present one last; bucket_s: seconds in each.
    """
    allowed = 1 - slo.target / 100
    if slo.requests_per_day <= 0 or not 0 < allowed < 1 or not any(trend):
        return Burn()
    window_h = hours_of(slo.window)
    bucket_h = bucket_s / 3600
    rates = {}
    for share, long_h, urgency in ALERTS:
        limit = share * window_h / long_h
        long_rate = _rate(trend, bucket_h, long_h, slo, allowed)
        short_rate = _rate(trend, bucket_h, max(long_h / SHORT, bucket_h), slo, allowed)
        rates[long_h] = long_rate
        if long_rate >= limit and short_rate >= limit:
            return Burn(long_rate, urgency, _words(long_rate, window_h, long_h, slo))
    return Burn(max(rates.values()))


def of_rate(rate: float, window: str = "30d") -> Burn:
    """A rate that somebody else has measured over the last hour, judged by the same limits."""
    window_h = hours_of(window)
    told: Urgency = next((word for share, long_h, word in ALERTS if rate >= share * window_h / long_h), "")
    words = f"the error budget burns {rate:.1f} times too fast" if told else ""
    return Burn(rate, told, words)


def _rate(trend: Sequence[int], bucket_h: float, hours: float, slo: SloSettings, allowed: float) -> float:
    """The burn rate over the last `hours`; a bucket that reaches out of them counts by its part."""
    bad, left = 0.0, hours / bucket_h
    for count in reversed(trend):
        bad += count * min(1.0, left)
        left -= 1
        if left <= 0:
            break
    return min(1.0, bad / (slo.requests_per_day / 24 * hours)) / allowed


def _words(rate: float, window_h: float, long_h: float, slo: SloSettings) -> str:
    lasts = window_h / rate
    left = f"{lasts / 24:.1f} days" if lasts >= 48 else f"{lasts:.1f} hours"
    return f"burns the error budget of {slo.target:g}% {rate:.1f} times too fast over {long_h:g} h, all of it in {left}"
