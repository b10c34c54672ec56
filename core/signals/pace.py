"""How each service says that it wants fewer or later calls: header names and units, as data."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

Unit = Literal["epoch s", "epoch ms", "epoch us", "s from now"]
MOST_S = 86_400.0
_PER_SECOND: Mapping[Unit, float] = {"epoch s": 1, "epoch ms": 1e3, "epoch us": 1e6, "s from now": 1}


@dataclass(frozen=True, slots=True)
class Window:
    """One limit of a service: how many calls are left, and when there are more. Header names in lower case."""

    left: str
    reset: str
    unit: Unit = "epoch s"


@dataclass(frozen=True, slots=True)
class Pace:
    """What one service's answers say about its limits.

    lanes_left: header with the number of parallel calls left; 0 on a 429 wants fewer at once, not a wait.
    limited: statuses that mean "slow down" only with a window at 0 (GitHub's 403). everywhere: a refusal
    holds for all of the service's endpoints, else for the refused one. calls_at_once: most we start.
    """

    windows: tuple[Window, ...] = ()
    lanes_left: str = ""
    limited: frozenset[int] = frozenset()
    everywhere: bool = True
    calls_at_once: int = 4


PLAIN = Pace()
SENTRY = Pace(
    (Window("x-sentry-rate-limit-remaining", "x-sentry-rate-limit-reset"),),
    lanes_left="x-sentry-rate-limit-concurrentremaining",
    everywhere=False,
)
GITHUB = Pace((Window("x-ratelimit-remaining", "x-ratelimit-reset"),), limited=frozenset((403,)))
GITLAB = Pace((Window("ratelimit-remaining", "ratelimit-reset"),))
DATADOG = Pace((Window("x-ratelimit-remaining", "x-ratelimit-reset", "s from now"),), everywhere=False)
# PagerDuty asks for serial calls per token.
PAGERDUTY = Pace((Window("ratelimit-remaining", "ratelimit-reset", "s from now"),), calls_at_once=1)
OPSGENIE = Pace(calls_at_once=2)
DYNATRACE = Pace((Window("x-ratelimit-remaining", "x-ratelimit-reset", "epoch us"),))
LINEAR = Pace(
    (
        Window("x-ratelimit-requests-remaining", "x-ratelimit-requests-reset", "epoch ms"),
        Window("x-ratelimit-complexity-remaining", "x-ratelimit-complexity-reset", "epoch ms"),
    )
)
# Jira writes its reset as an ISO 8601 time, which every unit takes.
ATLASSIAN = Pace((Window("x-ratelimit-remaining", "x-ratelimit-reset"),), calls_at_once=2)


def wait_s(headers: Mapping[str, str], pace: Pace, now: float | None = None) -> float:
    """Seconds the service asks us to wait, 0 where it does not say; at most a day.

    Order: Retry-After in seconds or as a date (RFC 9110), fewer calls at once, the reset of the window that
    is used up. Times are counted from the service's own clock (its Date header), since ours may be wrong.
    """
    here = time.time() if now is None else now
    theirs = date_of(headers) or here
    given = headers.get("retry-after", "").strip()
    asked, moment = _number(given), _http_date(given)
    if asked is not None:
        return _bounded(asked)
    if moment is not None:
        return _bounded(moment - theirs)
    if pace.lanes_left and headers.get(pace.lanes_left, "").strip() == "0":
        return 1.0
    waits = [_reset_s(headers, window, theirs) for window in pace.windows if _used_up(headers, window)]
    return _bounded(max(waits, default=0.0))


def wants_fewer(headers: Mapping[str, str], pace: Pace) -> bool:
    """Whether a refusal is about parallel calls and not about their number."""
    return bool(pace.lanes_left) and headers.get(pace.lanes_left, "").strip() == "0"


def is_limit(status: int, headers: Mapping[str, str], pace: Pace) -> bool:
    """Whether a status means "slow down" at this service."""
    if status == 429:
        return True
    used_up = any(headers.get(window.left, "").strip() == "0" for window in pace.windows)
    return status in pace.limited and (used_up or "retry-after" in headers)


def calls_left(headers: Mapping[str, str], pace: Pace) -> int | None:
    """Calls left in the tightest window, None where the service does not say."""
    found = [_number(headers.get(window.left, "")) for window in pace.windows]
    return min((int(each) for each in found if each is not None), default=None)


def date_of(headers: Mapping[str, str]) -> float | None:
    """The service's clock in seconds since 1970, None where its Date header is missing or no date."""
    return _http_date(headers.get("date", "").strip())


def _used_up(headers: Mapping[str, str], window: Window) -> bool:
    return headers.get(window.left, "0").strip() == "0" and window.reset in headers


def _reset_s(headers: Mapping[str, str], window: Window, theirs: float) -> float:
    given = headers.get(window.reset, "").strip()
    value = _number(given)
    if value is not None:
        seconds = value / _PER_SECOND[window.unit]
        return seconds if window.unit == "s from now" else seconds - theirs
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        return 0.0
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - theirs


def _number(given: str) -> float | None:
    """A plain decimal number of at most 20 digits; longer ones are as good as for ever."""
    whole, _, part = given.strip().partition(".")
    if not whole.isascii() or not whole.isdigit() or (part and not (part.isascii() and part.isdigit())):
        return None
    return float(whole[:20])


def _http_date(given: str) -> float | None:
    if not given:
        return None
    try:
        moment = parsedate_to_datetime(given[:80])
    except (TypeError, ValueError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return aware.timestamp()
    except (ValueError, OverflowError):
        return None


def _bounded(seconds: float) -> float:
    return min(max(0.0, seconds), MOST_S)
