"""Entries about what became of a pull request after it was sent."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.core.model.aftermath import Landing, Pull, Recurrence, Reverted, Verification


@dataclass(frozen=True, slots=True)
class PullSeen:
    """Our pull request as its forge shows it, where that is not as it was."""

    pull: Pull


@dataclass(frozen=True, slots=True)
class FixLanded:
    """A deploy that holds the merge reached an environment."""

    landing: Landing


@dataclass(frozen=True, slots=True)
class FixAwaited:
    """What the watch cannot tell yet, and why; "" once it can."""

    why: str


@dataclass(frozen=True, slots=True)
class FixRecurred:
    """The error is back although the fix is there; the case is open again."""

    recurrence: Recurrence


@dataclass(frozen=True, slots=True)
class FixVerified:
    """An environment has been without the error for its quiet period."""

    verification: Verification


@dataclass(frozen=True, slots=True)
class FixReverted:
    """The merge was taken back on its branch; the case is open again."""

    reverted: Reverted


@dataclass(frozen=True, slots=True)
class OldReleaseSeen:
    """The error came again on releases that lack the fix, which says nothing about it."""

    releases: tuple[str, ...]
