"""How long a forge or tracker asks us to wait, read from the headers that each service has of its own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# GitHub asks for a minute after a secondary limit without a time.
# https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
SECONDARY_WAIT_S = 60.0
LONGEST_S = 24 * 3600.0
# (remaining, reset) of GitHub and Jira, GitLab, and Linear's two limits.
PAIRS = (
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
    ("ratelimit-remaining", "ratelimit-reset"),
    ("x-ratelimit-requests-remaining", "x-ratelimit-requests-reset"),
    ("x-ratelimit-complexity-remaining", "x-ratelimit-complexity-reset"),
)


def wait_s(status: int, headers: Mapping[str, str], body: bytes) -> float | None:
    """Seconds to wait where the answer is about a rate limit, None where it is not.

    headers: names in lower case. Linear says 400 with the code RATELIMITED.
    """
    limited = status in (403, 429) or (status == 400 and b"RATELIMITED" in body)
    if not limited:
        return None
    after = _retry_after(headers.get("retry-after", ""))
    if after is not None:
        return after
    for remaining, reset in PAIRS:
        if headers.get(remaining) == "0" or (status == 429 and headers.get(reset)):
            moment = _moment_s(headers.get(reset, ""))
            return _bounded(moment - time.time()) if moment is not None else SECONDARY_WAIT_S
    if status != 403 or b"secondary rate limit" in body.lower():
        return SECONDARY_WAIT_S
    return None


def _retry_after(value: str) -> float | None:
    """Seconds or an HTTP date."""
    if value.isdigit():
        return float(value)
    try:
        return _bounded(parsedate_to_datetime(value).timestamp() - time.time()) if value else None
    except ValueError:
        return None


def _moment_s(value: str) -> float | None:
    """Seconds since 1970 of a reset: epoch seconds, Linear's epoch milliseconds, or Jira's ISO 8601."""
    if value.isdigit():
        number = float(value)
        return number / 1000 if number > 1e11 else number
    try:
        told = datetime.fromisoformat(value) if value else None
    except ValueError:
        return None
    if told is None:
        return None
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()


def _bounded(seconds: float) -> float:
    return min(max(1.0, seconds), LONGEST_S)
