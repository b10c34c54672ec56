"""Who has what this case waits for, and what it takes to take that over: a human's word and a comment there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rootcase.core.model.case import Case
from rootcase.core.model.entries import VerdictOverridden
from rootcase.core.model.pull_entries import TookOver
from rootcase.core.model.signals import Signal, Work

OWNED = "human_owns_it"
# What a name cannot need, and a comment could take for a mention, a link or a command.
_NOT_OF_NAMES = re.compile(r"[^\w .'’-]")
NAMES = {"ticket": "ticket", "pull_request": "PR", "branch": "branch"}


@dataclass(frozen=True, slots=True)
class Holding:
    """who: has it, "" where nobody is named. what: the thing in words. kind, id, where: what a comment is left on:
    a ticket or pull request at `where`, or a `signal` at its source; kind is "" where nothing there takes one.
    """

    who: str
    what: str
    kind: str = ""
    id: str = ""
    where: str = ""

    @property
    def place(self) -> str:
        """Where the comment goes, as people read it."""
        return f"{self.where} {self.id}" if self.kind else ""


def holding(case: Case) -> Holding | None:
    """What makes the case wait for a human, None where it waits for none."""
    gate = case.gate
    if gate is None or case.verdict != "wait" or gate.rule != OWNED or case.verdict_by.startswith("human:"):
        return None
    for signal in case.signals:
        by = signal.assignee
        if by is not None and by.name == gate.waits_for:
            return Holding(by.name, f"assigned at {signal.source}", "signal", _name(signal), signal.source)
    works = [(None, work) for work in case.work] + [(s, work) for s in case.signals for work in s.work]
    for signal_of, work in works:
        if _is_it(work, gate.waits_for):
            return _held(case, work, signal_of)
    return Holding(gate.waits_for, gate.because)


def taking(case: Case, held: Holding, reason: str) -> tuple[TookOver, VerdictOverridden]:
    """The entries of a human who takes it over: what is said there, and that a fix is wanted all the same."""
    why = f": {reason}" if reason else ""
    name = _NOT_OF_NAMES.sub("", held.who)[:60].strip()
    from_whom = f" from {name}" if name else ""
    text = f"Taken over{from_whom} by the team that runs Rootcase (case {case.key}){why}"
    took = TookOver(held.who, held.what, held.kind, held.id, held.where, text, reason)
    return took, VerdictOverridden("fix", f"taken over{from_whom}{why}")


def _is_it(work: Work, waits_for: str) -> bool:
    if work.by is not None and work.kind == "comment" and work.by.name == waits_for:
        return True
    what = f"{NAMES.get(work.kind, '')} {work.id}"
    return work.kind in NAMES and not work.ours and (waits_for == what or waits_for.startswith(f"{what} "))


def _held(case: Case, work: Work, signal: Signal | None) -> Holding:
    who = work.by.name if work.by else ""
    if work.kind == "comment":
        # its id is the ticket's with a number, its place ends in the ticket's id
        id = work.id.rpartition(".")[0]
        where = work.where.removesuffix(id).strip()
        kind = next((w.kind for w in case.work if (w.id, w.where) == (id, where)), "ticket")
        return (
            Holding(who, f"a comment on {id}", kind, id, where)
            if id
            else _at_source(case, who, "a comment", signal)
        )
    what = f"{NAMES[work.kind]} {work.id}"
    if work.kind in ("ticket", "pull_request") and work.where:
        return Holding(who, what, work.kind, work.id, work.where)
    return _at_source(case, who, what, signal)


def _at_source(case: Case, who: str, what: str, signal: Signal | None) -> Holding:
    """What takes no comment itself is told about at the source that the case came from."""
    there = signal or next(iter(case.signals), None)
    return Holding(who, what, "signal", _name(there), there.source) if there else Holding(who, what)


def _name(signal: Signal) -> str:
    return signal.short_id or signal.id
