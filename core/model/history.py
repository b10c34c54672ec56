"""When a case reached what, and which rules of the gate decided it: what report and stats are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rootcase.core.model.verdicts import Verdict

MomentKind = Literal[
    "opened", "triaged", "cause", "drafted", "proved", "proposed", "approved", "ticket", "pull_request", "closed",
    "merged", "deployed", "verified", "recurred", "reverted",
]  # fmt: skip
# The rule of a decision that none demanded.
NO_OBJECTION = "no rule objected"
DO_NOTHING: frozenset[Verdict] = frozenset({"wait", "ignore"})


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that a case came to. at_us: when it happened, which may be before the entry `seq` said so.

    actor: who did it, as entries name them, or a name at the forge. about: environment, number or verdict.
    """

    kind: MomentKind
    at_us: int
    text: str
    actor: str = "rootcase"
    seq: int = 0
    about: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class RuleAsked:
    """A rule that decided a case, with its first verdict. overruled: a human said otherwise, and it stands."""

    rule: str
    verdict: Verdict
    at_us: int
    overruled: bool = False
