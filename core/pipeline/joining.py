"""Two cases that turn out to be one: joined where nobody has decided anything, proposed where somebody has."""

from __future__ import annotations

from rootcase.core.journal.fold import fold
from rootcase.core.journal.store import Store
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, Commented, Entry, Merged, SignalSeen
from rootcase.core.model.signals import Signal

RUNS_THAT_DECIDE = ("draft", "prove", "propose")


async def join(store: Store, key: str, into: str, because: str) -> bool:
    """Put case `key` into case `into`, or propose it to a human; says whether they are one now.

    A case that anybody has decided about, or that a run has drafted for, is never moved by a program.
    """
    entries = await store.entries(key)
    case, other = fold(entries), fold(await store.entries(into))
    if key == into or case.merged_into or other.merged_into:
        return case.merged_into == into
    if is_untouched(entries, case):
        # What the other one takes is written first: a process that dies in between leaves names where they were.
        taken = [SignalSeen(signal, because) for signal in case.signals if not _holds(other, signal)]
        if not any(isinstance(e.body, Merged) and e.body.took == key for e in await store.entries(into)):
            await store.append(into, [Merged(took=key, reason=because), *taken], actor="rootcase")
        await store.append(key, [Merged(into=into, reason=because)], actor="rootcase")
        return True
    proposal = proposed(into, because)
    if not any(entry.body == proposal for entry in entries):
        await store.append(key, [proposal], actor="rootcase")
    return False


def is_untouched(entries: tuple[Entry, ...], case: Case) -> bool:
    """Nobody has said a word, nothing was drafted, nothing is being sent."""
    if any(entry.actor.startswith("human:") for entry in entries):
        return False
    return not case.drafts and not case.effects and not any(r.until in RUNS_THAT_DECIDE for r in case.runs)


def proposed(other: str, because: str) -> Body:
    """The entry that asks a human whether two cases are one."""
    return Commented(f"{because}. If they are one, join this case with {other}.", other)


def _holds(case: Case, signal: Signal) -> bool:
    return any((s.source, s.id) == (signal.source, signal.id) for s in case.signals)
