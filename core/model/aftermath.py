"""What became of a pull request after it was sent: merged, deployed, quiet, verified, or back again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

PullState = Literal["draft", "open", "merged", "closed"]
Stage = Literal["draft", "open", "closed", "merged", "quiet", "verified", "recurred", "reverted"]
# Environments where a fix is tried before it counts.
_REHEARSAL = re.compile(r"stag|\bdev|test|\bqa\b|preview|sandbox|\buat\b|local|canary", re.IGNORECASE)
DAY_US = 86_400_000_000
# A day covers every hour of traffic.
LEAST_QUIET_US = DAY_US
GAPS = 5
WRONG_WITHIN_US = 30 * DAY_US


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request of ours as its forge shows it. at_us: when it ended, 0 while it is open. by: who ended it.

    commit: full sha of its merge, "" before. why: what was said when it was closed without one. edited: somebody
    else's commits were on its branch when it was merged; None where the forge does not show that. sign: what
    stands before its number.
    """

    number: str
    url: str = ""
    state: PullState = "open"
    commit: str = ""
    at_us: int = 0
    by: str = ""
    why: str = ""
    edited: bool | None = None
    sign: str = "#"

    @property
    def shown(self) -> str:
        """`PR #12`."""
        return f"PR {self.sign}{self.number}"


@dataclass(frozen=True, slots=True)
class Landing:
    """The first deploy to an environment whose commit contains the merge. how: what told the release's commit."""

    environment: str
    release: str
    at_us: int
    commit: str
    how: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """An event on a release that contains the fix. event: its id, "" where only the signal tells of it.

    changed: how it differs from what was fixed, in sentences.
    """

    source: str
    signal_id: str
    release: str
    at_us: int
    environment: str = ""
    event: str = ""
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """An environment without the error for its quiet period. since_us: the deploy there; until_us: the sources
    were read so far; quiet_us: how long it had to be; gap_us: usual time between two events before."""

    environment: str
    release: str
    since_us: int
    until_us: int
    quiet_us: int
    gap_us: int = 0


@dataclass(frozen=True, slots=True)
class Reverted:
    """The commit that took the merge back."""

    commit: str
    at_us: int
    by: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Aftermath:
    """The latest pull request of a case, and all that followed from it.

    landed, verified: one each environment, in that order. awaits: why nothing can be said yet, in words.
    """

    pull: Pull
    landed: tuple[Landing, ...] = ()
    verified: tuple[Verification, ...] = ()
    recurred: Recurrence | None = None
    reverted: Reverted | None = None
    awaits: str = ""

    @property
    def stage(self) -> Stage:
        """Where it stands, the worst first."""
        if self.pull.state != "merged":
            return self.pull.state
        if self.reverted is not None:
            return "reverted"
        if self.recurred is not None:
            return "recurred"
        if self.is_verified:
            return "verified"
        return "quiet" if self.landed else "merged"

    @property
    def is_verified(self) -> bool:
        """Whether an environment that counts is verified: a rehearsal's alone is not enough."""
        return any(not is_rehearsal(each.environment) for each in self.verified)

    @property
    def is_wrong(self) -> bool:
        """Closed without a merge, reverted, or back within 30 days of it: what the wrong-PR rate counts."""
        if self.pull.state == "closed" or self.reverted is not None:
            return True
        back = self.recurred
        return back is not None and back.at_us <= self.pull.at_us + WRONG_WITHIN_US


def is_rehearsal(environment: str) -> bool:
    """Whether it is a place for trying things out: staging, dev, preview…"""
    return _REHEARSAL.search(environment) is not None


def in_order(environments: set[str]) -> list[str]:
    """Rehearsals first, as a release goes through them."""
    return sorted(environments, key=lambda name: (not is_rehearsal(name), name))


def usual_gap_us(events: int, first_us: int, last_us: int) -> int:
    """Usual time between two events, 0 where there were fewer than two."""
    return (last_us - first_us) // (events - 1) if events > 1 and 0 < first_us < last_us else 0


def quiet_period_us(gap_us: int) -> int:
    """How long it has to be quiet: a day, or five times the usual gap where that is longer."""
    return max(LEAST_QUIET_US, GAPS * gap_us)


def told(after: Aftermath) -> str:
    """Where it stands in one sentence, without a stop: `PR #12 is merged, waits for its deploy`."""
    pull = after.pull
    match after.stage:
        case "draft":
            return f"{pull.shown} is a draft"
        case "open":
            return f"{pull.shown} is open, waits for its review"
        case "closed":
            by = f" by {pull.by}" if pull.by else ""
            return f"{pull.shown} was closed without a merge{by}" + (f": {pull.why}" if pull.why else "")
        case "reverted":
            assert after.reverted is not None
            by = f" by {after.reverted.by}" if after.reverted.by else ""
            return f"{pull.shown} was merged and taken back by {after.reverted.commit[:7]}{by}"
        case "recurred":
            assert after.recurred is not None
            return f"recurred on {after.recurred.release or 'a deploy'}, which has the fix of {pull.shown}"
        case "merged":
            return f"{pull.shown} is merged, waits for its deploy"
    last = next((each for each in after.verified if not is_rehearsal(each.environment)), None)
    if last is not None:
        return f"verified in {_place(last.environment)}, quiet since {moment(last.since_us)}"
    newest = after.landed[-1]
    words = f"quiet since {moment(newest.at_us)} in {_place(newest.environment)}"
    return f"verified in {after.verified[-1].environment}, {words}" if _staged(after) else words


def _staged(after: Aftermath) -> bool:
    return bool(after.verified) and after.verified[-1].environment != after.landed[-1].environment


def _place(environment: str) -> str:
    return environment or "production"


def moment(at_us: int) -> str:
    """A day and time in UTC: `3 Nov 14:02`."""
    at = datetime.fromtimestamp(at_us / 1_000_000, UTC)
    return f"{at.day} {at:%b %H:%M}"
