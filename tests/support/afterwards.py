"""What becomes of a pull request after it was sent, as entries: for pictures, reports and statistics."""

from __future__ import annotations

from rootcase.core.model.aftermath import Landing, Pull, Recurrence, Reverted, Verification
from rootcase.core.model.entries import (
    Body,
    DraftAbandoned,
    FixAwaited,
    FixLanded,
    FixRecurred,
    FixReverted,
    FixVerified,
    PullSeen,
)

HOUR = 3_600_000_000
DAY = 24 * HOUR
URL = "https://github.com/acme/checkout/pull/1841"
SHA = "9d4c21e" + "0" * 33


def merged(at_us: int, *, edited: bool = False) -> list[Body]:
    return [PullSeen(Pull("1841", URL, "merged", SHA, at_us, "mira", edited=edited))]


def closed(at_us: int) -> list[Body]:
    why = "The column comes back with the next migration, so nothing is to be done here."
    return [PullSeen(Pull("1841", URL, "closed", "", at_us, "mira", why))]


def waiting(at_us: int) -> list[Body]:
    return [*merged(at_us), FixAwaited("no deploy is known: sentry tells of none")]


def quiet(at_us: int) -> list[Body]:
    staging, prod = at_us + HOUR, at_us + 30 * HOUR
    return [
        *merged(at_us), FixLanded(Landing("staging", "2.14.1", staging, SHA, "tag v2.14.1")),
        FixVerified(Verification("staging", "2.14.1", staging, staging + DAY, DAY, 40_000_000)),
        FixLanded(Landing("prod-eu", "2.14.1", prod, SHA, "tag v2.14.1")),
    ]  # fmt: skip


def verified(at_us: int) -> list[Body]:
    prod = at_us + 30 * HOUR
    done = Verification("prod-eu", "2.14.1", prod, prod + 25 * HOUR, DAY, 40_000_000)
    return [*quiet(at_us), FixVerified(done)]


def recurred(at_us: int) -> list[Body]:
    changed = (
        "2.14.1 holds the fix: tag v2.14.1",
        "the fingerprint is the same",
        "new frames: checkout.tax.rate_of",
    )
    back = Recurrence("sentry", "8291", "2.14.1", at_us + 33 * HOUR, "prod-eu", "e77", changed)
    return [
        *quiet(at_us),
        FixRecurred(back),
        DraftAbandoned(1, "it was merged, and the error came back on 2.14.1"),
    ]


def reverted(at_us: int) -> list[Body]:
    gone = Reverted("77aa0c1" + "0" * 33, at_us + 2 * HOUR, "jonas", 'Revert "Load the currency"')
    return [*merged(at_us), FixReverted(gone)]
