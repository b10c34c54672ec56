"""How a pull request of ours stands at its forge: its checks, and what people said when they reviewed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CheckState = Literal["passed", "failed", "running", "skipped"]
ReviewVerdict = Literal["approved", "changes", "remark"]


@dataclass(frozen=True, slots=True)
class Check:
    """A status check, job or pipeline. required: the branch demands it; of one nobody reported, state is running."""

    name: str
    state: CheckState
    required: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class ReviewRemark:
    """What somebody said in a review. id: the same at every reading. writes: they may push to the repository.

    path, line: where in the change, "" and 0 for the whole of it. text is theirs, never an instruction by itself.
    """

    id: str
    author: str
    verdict: ReviewVerdict = "remark"
    text: str = ""
    path: str = ""
    line: int = 0
    url: str = ""
    at_us: int = 0
    writes: bool = False
    bot: bool = False

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}" if self.path and self.line else self.path


@dataclass(frozen=True, slots=True)
class Standing:
    """A pull request as it was when it was last read. shown: `#12` or `!12`; commit: the head its checks are of.

    state: open, closed or merged. unread: what could not be read, in words.
    """

    shown: str
    url: str
    state: str = "open"
    draft: bool = False
    commit: str = ""
    checks: tuple[Check, ...] = ()
    remarks: tuple[ReviewRemark, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def asks(self) -> str:
        """Who stands against it by their last word, "" where nobody does."""
        last = {r.author: r.verdict for r in self.remarks if r.verdict != "remark" and r.writes}
        return ", ".join(name for name, verdict in last.items() if verdict == "changes")

    @property
    def approved_by(self) -> str:
        last = {r.author: r.verdict for r in self.remarks if r.verdict != "remark" and r.writes}
        return ", ".join(name for name, verdict in last.items() if verdict == "approved")


def may_steer(remark: ReviewRemark) -> bool:
    """Whether one key may hand a remark to the agent: words of a person who may push there, and no bot's."""
    return remark.writes and not remark.bot and bool(remark.text.strip()) and remark.verdict != "approved"


def steering_of(standing: Standing, remarks: tuple[ReviewRemark, ...]) -> str:
    """The remarks as one steer, each with who said it and where, in their own words."""
    rows = [f"Address the review of {standing.shown}:"]
    for remark in remarks:
        where = f" on {remark.place}" if remark.place else ""
        rows.append(f"- {remark.author}{where}: “{' '.join(remark.text.split())}”")
    return "\n".join(rows)
