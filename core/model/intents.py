"""Which signals of a case an act is for, and why it cannot be done; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rootcase.core.model.acts import DONE, OPPOSITE, Act, ActRecord, already, undoable_act
from rootcase.core.model.case import Case
from rootcase.core.model.signals import Signal
from rootcase.core.model.source_entries import ActIntended

# What can be done at each configured source, by its label; empty for one that was not read yet.
Able = Mapping[str, frozenset[str]]
# In the place of a source, for what goes to the ticket that was filed for the case.
TRACKER = "tracker"


@dataclass(frozen=True, slots=True)
class Wish:
    """An act with what it needs; see `ActIntended`."""

    act: Act
    assignee: str = ""
    release: str = ""
    until_us: int = 0
    text: str = ""


def intended(case: Case, wish: Wish, able: Able, asked: str) -> tuple[ActIntended, ...]:
    """One entry for each signal that the act is for, and for our ticket where it is a note.

    asked: an id for the key press.
    """
    places = [(signal.source, signal.id) for signal in targets(case, wish.act, able)]
    ticket = own_ticket(case) if wish.act == "note" else ""
    return tuple(
        ActIntended(
            f"{asked}-{number}", source, id, wish.act, asked,
            assignee=wish.assignee, release=wish.release, until_us=wish.until_us, text=wish.text,
        )
        for number, (source, id) in enumerate([*places, *([(TRACKER, ticket)] if ticket else [])], 1)
    )  # fmt: skip


def own_ticket(case: Case) -> str:
    """The id of the ticket that was filed for the case, "" for none."""
    filed = case.effect("ticket")
    return filed.number if filed is not None and filed.state == "done" else ""


def taken_back(case: Case, able: Able, asked: str) -> tuple[ActIntended, ...]:
    """The opposite of the last acts that are done, where their sources can."""
    return tuple(
        ActIntended(f"{asked}-{number}", r.source, r.signal_id, OPPOSITE[r.act], asked, undoes=r.id)
        for number, r in enumerate(undoable_act(case.acts), 1)
        if OPPOSITE[r.act] in able.get(r.source, frozenset())
    )


def targets(case: Case, act: Act, able: Able) -> tuple[Signal, ...]:
    """The signals at sources that can do it and that are not so already."""
    return tuple(
        signal for signal in case.signals
        if act in able.get(signal.source, frozenset()) and not already(signal, act)
        and not signal.merged_into and signal.status != "gone"
    )  # fmt: skip


def why_not(sources: Iterable[str], act: Act, able: Able) -> str:
    """Why nothing with signals at those sources can be acted on, "" where something can."""
    labels = list(dict.fromkeys(sources))
    configured = [label for label in labels if label in able]
    if not configured:
        return f"{', '.join(labels)} is not configured" if labels else "no source has a signal of it"
    if any(act in able[label] for label in configured):
        return ""
    if not any(able[label] for label in configured):
        return f"nothing can be changed at {', '.join(configured)}, or it was not read yet"
    return f"{', '.join(configured)} cannot {act}"


def why_not_case(case: Case, act: Act, able: Able) -> str:
    """`why_not`, and whether it is so already."""
    if act == "note" and own_ticket(case):
        return ""
    why = why_not((signal.source for signal in case.signals), act, able)
    if why or targets(case, act, able):
        return why
    if act == "note":
        return "its signals are gone from their sources"
    return f"it is {DONE[act].removesuffix(' to you')} already"


def why_not_taken_back(case: Case, able: Able) -> str:
    """Why the last acts cannot be taken back, "" where they can."""
    last = undoable_act(case.acts)
    if not last:
        return "nothing to undo"
    lacking = [r for r in last if OPPOSITE[r.act] not in able.get(r.source, frozenset())]
    return f"{lacking[0].source} cannot {OPPOSITE[lacking[0].act]}" if len(lacking) == len(last) else ""


def is_undoable(intents: Iterable[ActIntended], able: Able) -> bool:
    """Whether every source can take it back."""
    return all(OPPOSITE.get(intent.act) in able.get(intent.source, frozenset()) for intent in intents)


def told(records: Iterable[ActRecord], case: Case) -> str:
    """`resolved PAY-12 at sentry`, for the acts that are done."""
    names = {(s.source, s.id): s.short_id or s.id for s in case.signals}
    return ", ".join(
        f"{DONE[r.act]} {names.get((r.source, r.signal_id), r.signal_id)} at {r.source}" for r in records
    )
