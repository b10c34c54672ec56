"""Entries about what others do with our work, and about work of theirs that a human takes over."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.core.model.pulls import Standing


@dataclass(frozen=True, slots=True)
class PullRead:
    """Our pull request as its forge showed it just now: checks and reviews."""

    standing: Standing


@dataclass(frozen=True, slots=True)
class ReviewAddressed:
    """A human handed these remarks of a review to the agent; what they say is a steer of its own."""

    pull: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TookOver:
    """A human takes over what another has. who: has it; what: `ticket PAY-7`, `assigned at sentry`.

    kind, id, where: the ticket or pull request, or with `signal` the source's own, that a comment is left on.
    text: that comment, word for word.
    """

    who: str
    what: str
    kind: str
    id: str
    where: str
    text: str
    reason: str = ""
