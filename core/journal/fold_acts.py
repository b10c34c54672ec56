"""The part of the fold that keeps acts at the sources, and shows a signal as it will be once one is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from rootcase.core.model.acts import ActRecord, acted
from rootcase.core.model.entries import ActDone, ActFailed, ActIntended, Entry, SignalSeen
from rootcase.core.model.signals import Signal

if TYPE_CHECKING:
    from rootcase.core.journal.fold_parts import Table


class Acts:
    """An act counts from the moment it is intended until it fails, or until the source shows the signal anew."""

    def __init__(self) -> None:
        self.records: dict[str, ActRecord] = {}
        self._seen: dict[tuple[str, str], int] = {}

    def table(self) -> Table:
        return {
            ActIntended: self._intended, ActDone: self._done, ActFailed: self._failed, SignalSeen: self._signal,
        }  # fmt: skip

    def over(self, signals: Iterable[Signal]) -> tuple[Signal, ...]:
        """The signals with what was done to them, or is being done, since they were last seen."""
        out = []
        for signal in signals:
            seen = self._seen.get((signal.source, signal.id), 0)
            for record in self.records.values():
                if (record.source, record.signal_id) == (signal.source, signal.id) and _counts(record, seen):
                    signal = acted(signal, record)
            out.append(signal)
        return tuple(out)

    def _intended(self, entry: Entry, body: ActIntended) -> None:
        self.records[body.id] = ActRecord(
            body.id, body.asked or body.id, body.source, body.signal_id, body.act, entry.actor, entry.at_us,
            entry.seq, undoes=body.undoes, assignee=body.assignee, release=body.release, until_us=body.until_us,
            text=body.text,
        )  # fmt: skip

    def _done(self, entry: Entry, body: ActDone) -> None:
        known = self.records.get(body.id)
        if known is not None:
            self.records[body.id] = replace(known, state="done", ended=entry.seq, why=body.note)

    def _failed(self, entry: Entry, body: ActFailed) -> None:
        known = self.records.get(body.id)
        if known is not None:
            why = f"{body.why} {body.hint}".strip()
            self.records[body.id] = replace(known, state="failed", ended=entry.seq, why=why)

    def _signal(self, entry: Entry, body: SignalSeen) -> None:
        self._seen[body.signal.source, body.signal.id] = entry.seq


def _counts(record: ActRecord, seen: int) -> bool:
    return record.state == "intended" or (record.state == "done" and record.ended > seen)
