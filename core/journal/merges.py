"""Merging cases, taking signals out again, and what stays apart for ever; inside the caller's transaction.

A merge writes three journals at once: the case that goes, the one that takes it in, and `@store`. Names
(fingerprints, source ids) follow, so that the next events do; an un-merge is remembered in `@store`.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rootcase.core.journal import aliases, signals
from rootcase.core.journal.codec import decode
from rootcase.core.model.entries import Body, CaseOpened, JoinDeclined, Merged, SignalSeen, Unmerged
from rootcase.core.model.errors import UsageError
from rootcase.core.model.fingerprints import Fingerprint, Reason
from rootcase.core.model.signals import Signal, named_by

if TYPE_CHECKING:
    from rootcase.core.journal.journals import Journals

STORE_JOURNAL = "@store"
OURS = "rootcase"


def merge(journals: Journals, case: str, into: str, *, actor: str, reason: str) -> None:
    """`case` goes into `into`, with all its signals and names. UsageError where that makes no sense."""
    connection = journals.connection
    into = standing(connection, into)
    _check(connection, case, into)
    moving = signals.of(connection, case)
    names = aliases.names_of(connection, case)
    journals.append(case, [Merged(into=into, reason=reason, names=names)], actor=actor)
    journals.append(into, [Merged(took=case, reason=reason, names=names)], actor=actor)
    journals.append(into, [SignalSeen(signal, f"merged from {case}") for signal in moving], actor=OURS)
    signals.copy_samples(connection, case, into)
    journals.append(STORE_JOURNAL, [Merged(into=into, took=case, reason=reason, names=names)], actor=actor)


def unmerge(journals: Journals, case: str, alias: str, *, actor: str, reason: str) -> str:
    """Take the signal `source:id`, or a case that was merged in, out; returns the key of where it is now.

    The case that it once came from is revived where all that it had comes back; else a new one is opened.
    """
    connection = journals.connection
    case = standing(connection, case)
    if merged_into(connection, alias) == case:
        _revive(journals, case, alias, actor=actor, reason=reason, taught=True)
        return alias
    held = {f"{signal.source}:{signal.id}": signal for signal in signals.of(connection, case)}
    signal = held.get(alias)
    if signal is None:
        known = ", ".join(held) or "none"
        raise UsageError(
            f"{case} has no signal {alias}", f"Its signals: {known}.", "rootcase show lists them."
        )
    if len(held) == 1:
        raise UsageError(
            f"{alias} is the only signal of {case}", "A case without signals is none.", "Nothing to do."
        )
    origin = _origin(connection, case, alias)
    if origin:
        _revive(journals, case, origin, actor=actor, reason=reason, taught=True)
        return origin
    names = _own_names(connection, case, alias, signal, list(held.values()))
    opened = CaseOpened("", signal.title or alias, signal.service, _apart_mark(journals, case, alias))
    key = journals.open_case([opened, SignalSeen(signal, f"moved out of {case} by hand")], OURS, ())
    aliases.add(connection, key, [opened.fingerprint.alias])
    gone = Unmerged(signal.source, signal.id, key, reason, case, names)
    journals.append(case, [gone], actor=actor)
    journals.append(STORE_JOURNAL, [gone], actor=actor)
    signals.move_samples(connection, case, key, alias)
    journals.refresh_row(key)
    return key


def undo(journals: Journals, case: str, body: Body, *, actor: str) -> None:
    """What an `Undone` of a merge or an un-merge brings along; nothing where it was undone otherwise."""
    connection = journals.connection
    reason = f"undone by {actor.removeprefix('human:')}"
    if isinstance(body, Merged):
        gone, kept = (body.took, case) if body.took else (case, body.into)
        if merged_into(connection, gone) == kept:
            _revive(journals, kept, gone, actor=OURS, reason=reason, taught=False)
    elif isinstance(body, Unmerged) and body.to != case and not merged_into(connection, body.to):
        merge(journals, body.to, case, actor=OURS, reason=reason)


def redo(journals: Journals, case: str, body: Body, *, actor: str) -> None:
    """What a `Redone` brings along: the same merge, or the same signal taken out, once more."""
    reason = f"done again by {actor.removeprefix('human:')}"
    if isinstance(body, Merged):
        gone, kept = (body.took, case) if body.took else (case, body.into)
        if not merged_into(journals.connection, gone):
            merge(journals, gone, kept, actor=OURS, reason=reason)
    elif isinstance(body, Unmerged) and merged_into(journals.connection, body.to) == case:
        _revive(journals, case, body.to, actor=OURS, reason=reason, taught=True)


def are_apart(connection: sqlite3.Connection, one: str, other: str) -> bool:
    """Whether a human has said that two cases are two, and has not merged them since."""
    apart = False
    pair = {one, other}
    rows = connection.execute(
        "SELECT kind, body FROM entry WHERE journal = ? AND kind IN ('merged', 'unmerged', 'join_declined')"
        " ORDER BY seq",
        (STORE_JOURNAL,),
    )
    for kind, text in rows:
        body = decode(kind, text)
        if isinstance(body, Merged) and {body.into, body.took} == pair:
            apart = False
        taken = isinstance(body, Unmerged) and bool(body.names) and {body.case, body.to} == pair
        declined = isinstance(body, JoinDeclined) and {body.case, body.other} == pair
        apart = apart or taken or declined
    return apart


def merged_into(connection: sqlite3.Connection, case: str) -> str:
    """The case that this one was merged into and has not come back out of, ""."""
    into = ""
    rows = connection.execute(
        "SELECT kind, body FROM entry WHERE journal = ? AND kind IN ('merged', 'unmerged') ORDER BY seq",
        (case,),
    )
    for kind, text in rows:
        body = decode(kind, text)
        if isinstance(body, Merged) and body.into:
            into = body.into
        elif isinstance(body, Unmerged) and body.to == case:
            into = ""
    return into


def standing(connection: sqlite3.Connection, case: str) -> str:
    """The case itself, or the one at the end of its merges."""
    seen: set[str] = set()
    while case not in seen and (into := merged_into(connection, case)):
        seen.add(case)
        case = into
    return case


def _check(connection: sqlite3.Connection, case: str, into: str) -> None:
    for key in (case, into):
        if (
            not connection.execute("SELECT 1 FROM head WHERE journal = ?", (key,)).fetchone()
            or key == STORE_JOURNAL
        ):
            raise UsageError(
                f"There is no case {key}", "Nothing can be merged.", "rootcase cases lists them."
            )
    if case == into:
        raise UsageError(
            f"{case} is that case already", "A case cannot be merged into itself.", "Name another."
        )
    if gone := merged_into(connection, case):
        raise UsageError(f"{case} is merged already", f"It is part of {gone}.", f"Merge {gone} instead.")


def _revive(journals: Journals, kept: str, gone: str, *, actor: str, reason: str, taught: bool) -> None:
    """A merged case comes back with what it had. taught: it stays apart from now on."""
    connection = journals.connection
    names = _went_along(connection, kept, gone)
    back = [s for s in signals.of(connection, kept) if f"{s.source}:{s.id}" in names]
    aliases.move_names(connection, kept, gone, names)
    signals.forget_copies(connection, kept, gone)
    left = [Unmerged(s.source, s.id, gone, reason, kept, names) for s in back]
    left = left or [Unmerged("", "", gone, reason, kept, names)]
    journals.append(gone, [replace(left[0], to=gone)], actor=OURS)
    # One entry carries the human's name, so that one key takes it back.
    journals.append(kept, left[:1], actor=actor)
    journals.append(kept, left[1:], actor=OURS)
    journals.append(STORE_JOURNAL, [replace(left[0], names=names if taught else ())], actor=actor)


def _went_along(connection: sqlite3.Connection, kept: str, gone: str) -> tuple[str, ...]:
    """The names that the latest merge of `gone` took along and `kept` still has."""
    names: tuple[str, ...] = ()
    rows = connection.execute(
        "SELECT body FROM entry WHERE journal = ? AND kind = 'merged' ORDER BY seq", (gone,)
    )
    for (text,) in rows:
        body = decode("merged", text)
        if isinstance(body, Merged) and body.into:
            names = body.names
    return tuple(name for name in names if aliases.owner(connection, name) == kept)


def _own_names(
    connection: sqlite3.Connection, case: str, alias: str, signal: Signal, every: Sequence[Signal]
) -> tuple[str, ...]:
    """All names that lead to that signal and to none of the others: what it is called, its address, its key."""
    others = {name for each in every if each is not signal for name in named_by(each)}
    mine = (alias, *(name for name in named_by(signal) if name != alias and name not in others))
    return tuple(name for name in mine if aliases.owner(connection, name) == case)


def _origin(connection: sqlite3.Connection, case: str, alias: str) -> str:
    """The merged case that would come back whole if that one signal left, ""."""
    rows = connection.execute(
        "SELECT body FROM entry WHERE journal = ? AND kind = 'merged' ORDER BY seq DESC", (case,)
    )
    for (text,) in rows:
        body = decode("merged", text)
        if not isinstance(body, Merged) or not body.took or merged_into(connection, body.took) != case:
            continue
        sources = {f"{s.source}:{s.id}" for s in signals.of(connection, case)}
        if sources & set(_went_along(connection, case, body.took)) == {alias}:
            return body.took
    return ""


def _apart_mark(journals: Journals, case: str, alias: str) -> Fingerprint:
    """A fingerprint of its own for a signal whose events look like the case's: no event ever gets it by itself."""
    mark = next(e.body.fingerprint for e in journals.read(case) if isinstance(e.body, CaseOpened))
    key = hashlib.sha256(f"apart\x1f{mark.alias}\x1f{alias}".encode("utf-8", "replace")).hexdigest()[:32]
    reason = Reason(f"moved out of {case} by hand", joins=False)
    return replace(mark, key=key, reasons=(*mark.reasons, reason))
