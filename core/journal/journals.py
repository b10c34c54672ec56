"""Appending to a journal and reading it: the chain, the head row, the side tables that follow entries."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace

from rootcase.core.journal import aliases, leases, merges, signals, tallies, watched
from rootcase.core.journal.codec import decode, encode_value, stamped
from rootcase.core.journal.fold import CaseBuilder
from rootcase.core.journal.inbox_row import rank_of, row_of
from rootcase.core.journal.store import Lease, Taken
from rootcase.core.model.case import Case
from rootcase.core.model.entries import (
    Body,
    CaseOpened,
    EffectDone,
    Entry,
    JoinDeclined,
    Merged,
    Redone,
    Undone,
    Unmerged,
)
from rootcase.core.model.errors import StoreError

STORE_JOURNAL = merges.STORE_JOURNAL
COLUMNS = "journal, seq, at_us, actor, kind, body, trace, epoch, prev, hash"
FOLDS_KEPT = 32


class Journals:
    """All methods run on the store's own thread; those that write, inside its transaction.

    Keeps the folds of the cases last written, so that the inbox row after an append costs what is new.
    """

    def __init__(self, connection: sqlite3.Connection, now_us: Callable[[], int]) -> None:
        self._connection = connection
        self._now_us = now_us
        self._folds: OrderedDict[str, CaseBuilder] = OrderedDict()

    def read(self, journal: str, after: int = 0) -> tuple[Entry, ...]:
        rows = self._connection.execute(
            f"SELECT {COLUMNS} FROM entry WHERE journal = ? AND seq > ? ORDER BY seq", (journal, after)
        )
        return tuple(
            [
                Entry(case, seq, at_us, actor, kind, decode(kind, body), trace, epoch, prev, digest)
                for case, seq, at_us, actor, kind, body, trace, epoch, prev, digest in rows
            ]
        )

    def open_case(self, opened: Sequence[Body], actor: str, names: Sequence[str]) -> str:
        """Give the key, take the aliases, append; or the key of the case that owns an alias already."""
        first = opened[0] if opened else None
        if not isinstance(first, CaseOpened):
            raise StoreError("A case cannot be opened", "Its first entry must be CaseOpened.", "")
        for name in names:
            owner = aliases.owner(self._connection, name)
            if owner is not None:
                return owner
        key = first.key or self._next_key()
        if self._head(key)[0]:
            raise StoreError(
                f"Case {key} is there already", "A case keeps its key for life.", "Open it by its key."
            )
        self.append(key, [replace(first, key=key), *opened[1:]], actor=actor)
        aliases.add(self._connection, key, names)
        return key

    def take_in(self, taken: Taken) -> tuple[str, bool]:
        """A signal, its case's entries, names and samples; (the case, whether it was opened)."""
        key, opened = self._where_now(taken), False
        if not key:
            owners = [aliases.owner(self._connection, name) for name in taken.names[: taken.deciding]]
            key = next((owner for owner in owners if owner), "")
            opened = not key
        if opened:
            key = self.open_case(taken.opened, "rootcase", ())
        elif taken.joined:
            self.append(key, taken.joined, actor="rootcase")
        aliases.add(self._connection, key, taken.names)
        signals.save(self._connection, key, taken.signal)
        signals.save_samples(self._connection, key, taken.samples)
        self.refresh_row(key)
        return key, opened

    def _where_now(self, taken: Taken) -> str:
        """The case as it was named, unless another process has moved the signal or merged that case since."""
        held = signals.holder(self._connection, taken.signal.source, taken.signal.id) if taken.case else ""
        return merges.standing(self._connection, held or taken.case) if taken.case else ""

    def append(
        self, journal: str, bodies: Sequence[Body], *, actor: str, trace: str = "", lease: Lease | None = None
    ) -> tuple[Entry, ...]:
        """Stamp and write the entries with all that follows from them."""
        if lease is not None:
            leases.check(self._connection, lease)
        seq, prev, at_us = self._head(journal)
        if not seq and journal != STORE_JOURNAL and not (bodies and isinstance(bodies[0], CaseOpened)):
            raise StoreError(
                f"There is no case {journal}", "Its journal is empty.", "rootcase cases lists them."
            )
        at_us = max(self._now_us(), at_us)
        entries = []
        for body in bodies:
            seq += 1
            entry, text = stamped(
                body, case=journal, seq=seq, at_us=at_us, actor=actor, trace=trace,
                epoch=lease.epoch if lease else 0, prev=prev,
            )  # fmt: skip
            prev = entry.hash
            entries.append((entry, text))
        self._write(journal, entries)
        self._along(journal, bodies, actor)
        return tuple([entry for entry, _ in entries])

    def _along(self, journal: str, bodies: Sequence[Body], actor: str) -> None:
        """What a decision brings about in other journals, in the same transaction."""
        for body in bodies:
            if isinstance(body, JoinDeclined) and journal != STORE_JOURNAL:
                self.append(STORE_JOURNAL, [replace(body, case=journal)], actor=actor)
            elif isinstance(body, Undone | Redone):
                found = [entry.body for entry in self.read(journal, body.seq - 1) if entry.seq == body.seq]
                act = merges.undo if isinstance(body, Undone) else merges.redo
                for decided in found:
                    act(self, journal, decided, actor=actor)

    @property
    def connection(self) -> sqlite3.Connection:
        """For what belongs into the same transaction as the entries."""
        return self._connection

    def refresh_row(self, journal: str) -> Case:
        """Write the case's inbox row anew from its fold and its signals' newest counts; returns the fold."""
        case = self._fold(journal).case()
        row = row_of(case, signals.of(self._connection, journal))
        self._connection.execute(
            "INSERT INTO inbox VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
            " rank = excluded.rank, last_seen_us = excluded.last_seen_us,"
            " search = excluded.search, body = excluded.body",
            (journal, rank_of(row), row.last_seen_us, row.search, encode_value(row)),
        )
        count(self._connection, "inbox")
        return case

    def tally(self, limit: int) -> int:
        """Count cases that were never counted; returns how many were left to count, these included."""
        keys = tallies.missing(self._connection, limit)
        for key in keys:
            builder = CaseBuilder()
            for entry in self.read(key):
                builder.apply(entry)
            tallies.save(self._connection, builder.case())
        return len(keys)

    def forget_folds(self) -> None:
        """After a transaction that was rolled back: what was folded may not have happened."""
        self._folds.clear()

    def _write(self, journal: str, entries: Sequence[tuple[Entry, str]]) -> None:
        if not entries:
            return
        last = entries[-1][0]
        self._connection.execute(
            "INSERT INTO head VALUES (?, ?, ?, ?) ON CONFLICT (journal) DO UPDATE SET"
            " seq = excluded.seq, hash = excluded.hash, at_us = excluded.at_us",
            (journal, last.seq, last.hash, last.at_us),
        )
        self._connection.executemany(
            f"INSERT INTO entry ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (e.case, e.seq, e.at_us, e.actor, e.kind, text, e.trace, e.epoch, e.prev, e.hash)
                for e, text in entries
            ],
        )
        if journal != STORE_JOURNAL:
            for entry, _ in entries:
                self._follow(journal, entry.body)
            tallies.save(self._connection, self.refresh_row(journal))

    def _follow(self, journal: str, body: Body) -> None:
        """Names go where the cases go: a merge takes all of them along, an un-merge the signal's own."""
        if isinstance(body, CaseOpened):
            aliases.add_fingerprint(self._connection, journal, body.fingerprint)
        elif isinstance(body, EffectDone) and body.kind == "pull_request":
            watched.begin(self._connection, journal)
        elif isinstance(body, Merged) and body.into:
            aliases.move_all(self._connection, journal, body.into)
        elif isinstance(body, Unmerged) and body.to != journal:
            for name in dict.fromkeys((f"{body.source}:{body.signal_id}", *body.names)):
                aliases.move_signal(self._connection, journal, name, body.to)

    def _fold(self, journal: str) -> CaseBuilder:
        builder = self._folds.pop(journal, None) or CaseBuilder()
        for entry in self.read(journal, builder.seq):
            builder.apply(entry)
        self._folds[journal] = builder
        while len(self._folds) > FOLDS_KEPT:
            self._folds.popitem(last=False)
        return builder

    def _head(self, journal: str) -> tuple[int, str, int]:
        found = self._connection.execute(
            "SELECT seq, hash, at_us FROM head WHERE journal = ?", (journal,)
        ).fetchone()
        return (found[0], found[1], found[2]) if found else (0, "", 0)

    def _next_key(self) -> str:
        while True:
            key = f"C-{count(self._connection, 'case')}"
            if not self._head(key)[0]:
                return key


def count(connection: sqlite3.Connection, name: str) -> int:
    """The next value of a counter, from 1."""
    connection.execute(
        "INSERT INTO counter VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", (name,)
    )
    found = connection.execute("SELECT value FROM counter WHERE name = ?", (name,)).fetchone()
    return int(found[0])
