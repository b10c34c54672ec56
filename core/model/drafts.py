"""One attempt at a patch: its hunks, what was decided about each, and its explanation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HunkDecision = Literal["accepted", "rejected"]
Change = Literal["modify", "create", "delete"]
Origin = Literal["agent", "revert", "human"]


@dataclass(frozen=True, slots=True)
class Hunk:
    """A contiguous change to one file of the draft's base commit; hunks of a draft never depend on another.

    id: `h1`; splits become `h1a`, `h1b`. path: in the repository, at the base commit.
    start: 1-based line of the base file where `old` stands; for an insertion, the line it goes before.
    old, new: lines with their line ends kept. before, after: up to 3 unchanged lines, for showing.
    test: it belongs to the reproduction test.
    """

    id: str
    path: str
    start: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    change: Change = "modify"
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    test: bool = False


@dataclass(frozen=True, slots=True)
class HunkState:
    """A hunk as it stands after all decisions. agent_new: what the agent wrote, when edited by hand."""

    hunk: Hunk
    decision: HunkDecision = "accepted"
    by: str = "agent"
    reason: str = ""
    edited: bool = False
    agent_new: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """number: 1-based within the case. base_commit: what all hunks are against.

    digest: hash of the accepted hunks' exact text and the base (see `hunks.draft_digest`);
    proof and findings name it, and are stale when it has moved on.
    test_ids: the reproduction tests as the runner names them. sentences: (hunk id, plain English).
    reverts: full sha of the commit that it takes back, "" for any other draft.
    """

    number: int
    base_commit: str
    origin: Origin = "agent"
    hunks: tuple[HunkState, ...] = ()
    digest: str = ""
    test_ids: tuple[str, ...] = ()
    explanation: str = ""
    risk: str = ""
    sentences: tuple[tuple[str, str], ...] = ()
    abandoned: str = ""
    reverts: str = ""

    @property
    def accepted(self) -> tuple[Hunk, ...]:
        return tuple(state.hunk for state in self.hunks if state.decision == "accepted")
