"""What one key does to a signal at its source, and how the signal looks while that is under way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from rootcase.core.model.signals import Actor, Signal

# The second of each pair undoes the first; a note stays.
Act = Literal[
    "acknowledge", "unacknowledge", "assign", "unassign", "snooze", "unsnooze", "resolve", "reopen", "note"
]
ActState = Literal["intended", "done", "failed"]

OPPOSITE: Mapping[Act, Act] = {
    "acknowledge": "unacknowledge", "unacknowledge": "acknowledge", "assign": "unassign", "unassign": "assign",
    "snooze": "unsnooze", "unsnooze": "snooze", "resolve": "reopen", "reopen": "resolve",
}  # fmt: skip
# What is said of an act that is done.
DONE: Mapping[Act, str] = {
    "acknowledge": "acknowledged", "unacknowledge": "no longer acknowledged", "assign": "assigned to you",
    "unassign": "no longer assigned", "snooze": "snoozed", "unsnooze": "no longer snoozed",
    "resolve": "resolved", "reopen": "reopened", "note": "posted the note on",
}  # fmt: skip


def to_do(act: Act) -> str:
    """The act as one asks for it, before the signal's name: `resolve`, `post the note on`."""
    return "post the note on" if act == "note" else act


@dataclass(frozen=True, slots=True)
class ActRecord:
    """One act on one signal. id: of the act; asked: of the key press, which may act at several sources.

    seq: the entry that intended it; ended: the entry that ended it, 0 while it is under way. by: who asked.
    why: it failed, or what of it the service could not take over. undoes: id of the act that it takes back,
    or "". assignee: "" for who asked. text: of a note, as it was shown.
    """

    id: str
    asked: str
    source: str
    signal_id: str
    act: Act
    by: str
    at_us: int
    seq: int
    state: ActState = "intended"
    ended: int = 0
    why: str = ""
    undoes: str = ""
    assignee: str = ""
    release: str = ""
    until_us: int = 0
    text: str = ""


def acted(signal: Signal, record: ActRecord) -> Signal:
    """The signal as it is at its source once the act is done."""
    match record.act:
        case "resolve":
            return replace(signal, status="resolved", substatus="")
        case "reopen":
            return replace(signal, status="unresolved", substatus="")
        case "snooze":
            return replace(signal, status="ignored", substatus="snoozed")
        case "unsnooze":
            return replace(signal, status="unresolved", substatus="")
        case "acknowledge":
            return replace(signal, substatus="acknowledged")
        case "unacknowledge":
            return replace(signal, substatus="")
        case "assign":
            name = record.assignee or record.by.removeprefix("human:")
            return replace(signal, assignee=Actor(name, me=not record.assignee))
        case "unassign":
            return replace(signal, assignee=None)
    return signal


def already(signal: Signal, act: Act) -> bool:
    """Whether the signal is so without the act."""
    match act:
        case "resolve":
            return signal.status == "resolved"
        case "reopen":
            return signal.status in ("unresolved", "regressed")
        case "snooze":
            return signal.status == "ignored"
        case "unsnooze":
            return signal.status != "ignored"
        case "acknowledge":
            return signal.substatus == "acknowledged" or signal.status == "acknowledged"
        case "unacknowledge":
            return signal.substatus != "acknowledged" and signal.status != "acknowledged"
        case "assign":
            return bool(signal.assignee and signal.assignee.me)
        case "unassign":
            return signal.assignee is None
    return False


def undoable_act(records: Iterable[ActRecord]) -> tuple[ActRecord, ...]:
    """The acts of the last key press that is done and was not taken back; empty where there is none."""
    every = tuple(records)
    undone = {record.undoes for record in every if record.undoes and record.state != "failed"}
    standing = [
        r for r in every if r.act in OPPOSITE and r.state == "done" and not r.undoes and r.id not in undone
    ]
    if not standing:
        return ()
    last = max(standing, key=lambda record: record.seq)
    return tuple(record for record in standing if record.asked == last.asked)
