"""Bodies of the entries by which an engineer takes the work back to a phase, to a cause, or to another draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RestartPhase = Literal["investigate", "plan", "reproduce", "patch", "review", "prove", "explain"]


@dataclass(frozen=True, slots=True)
class PhaseRestarted:
    """The next run starts at that phase again; what came out of it and after it counts no more."""

    phase: RestartPhase
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CausePinned:
    """A human says which claim is the cause; claim "" takes that back. A plan has to repair that one."""

    claim: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AnotherAsked:
    """A human wants another draft beside this one, and says what is wrong with it or what to try."""

    draft: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DraftChosen:
    """Of several drafts that stand, the one that is reviewed, proved and proposed from now on."""

    draft: int
