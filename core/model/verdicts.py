"""The gate's decision: whether and how far to act, what each rule saw, and why it matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["fix", "investigate", "ticket", "wait", "ignore"]
Priority = Literal["P1", "P2", "P3", "P4"]


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule saw. verdict: what it demands, None where it lets the case pass.

    saw: the fact, in plain words. matters: why that decides something. cites: evidence ids.
    waits_for: who or what, for `wait`. kind: which kind of ticket or ignore, "" otherwise.
    """

    rule: str
    verdict: Verdict | None
    saw: str
    matters: str = ""
    cites: tuple[str, ...] = ()
    waits_for: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class GateDecision:
    """asked: `before` anything is spent, or `after` the code is known. because: the deciding words.

    rule, kind: the deciding rule's name and its kind of ticket or ignore, "" for `fix`. why_urgent: what
    made the priority.
    """

    asked: Literal["before", "after"]
    verdict: Verdict
    because: str
    priority: Priority
    rules: tuple[RuleResult, ...] = ()
    waits_for: str = ""
    rule: str = ""
    kind: str = ""
    why_urgent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model would do with the case; it decides nothing. verdict None: it could not be asked, reason says why."""

    verdict: Verdict | None
    reason: str
    model: str = ""
    cites: tuple[str, ...] = ()
