"""`writeback.jsonl` beside event files: comments, links and acts, one a line; how an act shows on its signal."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from rootcase.core.model.acts import OPPOSITE, Act, ActRecord, acted, already
from rootcase.core.model.errors import SourceError
from rootcase.core.model.signals import Signal
from rootcase.core.signals.eventfiles import WRITEBACK
from rootcase.core.signals.protocol import Deed, Written

ACTS: frozenset[Act] = frozenset(OPPOSITE)


class Line(msgspec.Struct, omit_defaults=True):
    """One thing that was written back. at_us: when an act was done; the rest by its kind."""

    kind: str = ""
    issue: str = ""
    text: str = ""
    work: str = ""
    act: Act = "resolve"
    assignee: str = ""
    release: str = ""
    until_us: int = 0
    at_us: int = 0


class Writeback:
    """The file of one folder. Lines that are not understood are left where they are."""

    def __init__(self, folder: Path, now_us: Callable[[], int] = lambda: time.time_ns() // 1000) -> None:
        self.path = folder / WRITEBACK
        self._now_us = now_us

    def lines(self) -> tuple[Line, ...]:
        """SourceError where the file is there and cannot be read."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise self._fault(error, "read") from None
        out = []
        for line in data.splitlines():
            try:
                out.append(msgspec.json.decode(line, type=Line))
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
        return tuple(out)

    def acts(self) -> dict[str, list[Line]]:
        """By issue, oldest first."""
        found: dict[str, list[Line]] = {}
        for line in self.lines():
            if line.kind == "act" and line.issue:
                found.setdefault(line.issue, []).append(line)
        return found

    def say(self, line: Mapping[str, str]) -> Written:
        """Append it, unless the same stands there already."""
        return self._append(msgspec.json.encode(line) + b"\n", line["issue"])

    def do(self, signal: Signal, deed: Deed) -> Written:
        """Append an act, unless the signal is so already."""
        if already(signal, deed.act):
            return Written(id=signal.id, url=str(self.path), already=True)
        line = {
            "kind": "act", "issue": signal.id, "act": deed.act, "assignee": deed.assignee, "release": deed.release,
            "until_us": deed.until_us, "at_us": self._now_us(),
        }  # fmt: skip
        return self._append(msgspec.json.encode({k: v for k, v in line.items() if v}) + b"\n", signal.id)

    def _append(self, text: bytes, issue: str) -> Written:
        try:
            with self.path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.seek(0)
                if text in file.readlines():
                    return Written(id=issue, url=str(self.path), already=True)
                file.write(text)
        except OSError as error:
            raise self._fault(error, "write") from None
        return Written(id=issue, url=str(self.path))

    def _fault(self, error: OSError, what: str) -> SourceError:
        return SourceError(f"Cannot {what} {self.path}", str(error.strerror), "Check its permissions.")


def with_acts(signal: Signal, lines: Sequence[Line], now_us: int) -> Signal:
    """The signal as its acts leave it: an event after it was resolved brings it back, a snooze ends by itself."""
    for line in lines:
        if line.act == "snooze" and line.until_us and line.until_us <= now_us:
            continue
        record = ActRecord(
            "", "", signal.source, signal.id, line.act, "", line.at_us, 0, assignee=line.assignee
        )
        came_back = line.act == "resolve" and signal.last_seen_us > line.at_us
        if came_back:
            signal = replace(signal, status="unresolved", substatus="regressed")
        else:
            signal = acted(signal, record)
    if signal.assignee is not None and not signal.assignee.name:
        signal = replace(signal, assignee=replace(signal.assignee, name="me"))
    return signal
