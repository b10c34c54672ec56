"""The files source: a folder or a file of Sentry-shaped events, with no service and no account."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError, SourceError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Deploy, Release, Signal
from rootcase.core.safety.text import clean
from rootcase.core.signals.eventfiles import WRITEBACK, Found, Stamp, event_files, read, stamp
from rootcase.core.signals.extras import FILE_NAME, Extras, read_extras, with_extras
from rootcase.core.signals.protocol import Batch, Written
from rootcase.core.signals.sentry_events import event
from rootcase.core.signals.sentry_wire import WireIssue, signal_of
from rootcase.core.signals.tally import Tally, group_of

PAGE = 100
NAMED_FAULTS = 3


class FilesSource:
    """Reads all files when any has changed, and hands out the signals that the change touched."""

    def __init__(self, settings: SourceSettings) -> None:
        self.name = settings.label
        self.settings = settings
        if not settings.path:
            raise ConfigError(f"Source {self.name}: no path", "", "Set `path` to a folder or a .jsonl file.")
        self.path = Path(settings.path).expanduser()
        self.folder = self.path if self.path.is_dir() else self.path.parent
        self._stamps: tuple[Stamp, ...] | None = None
        self._tallies: dict[str, Tally] = {}
        self._exported: dict[str, Signal] = {}
        self._extras = Extras()
        self._export_changed = False
        self._faults: list[str] = []

    async def list(self, cursor: str = "") -> AsyncIterator[Batch]:
        """Signals whose events or extras changed since the cursor, newest first, in batches of 100."""
        before = _read_cursor(cursor)
        await asyncio.to_thread(self._load, before)
        signals = sorted(
            (self._signal(issue) for issue in self._touched(before)), key=lambda each: -each.last_seen_us
        )
        after = self._write_cursor()
        partial = self._partial()
        for start in range(0, max(len(signals), 1), PAGE):
            batch = tuple(signals[start : start + PAGE])
            last = start + PAGE >= len(signals)
            yield Batch(batch, after if last else cursor, partial if last else "")

    async def signal(self, signal_id: str) -> Signal | None:
        await asyncio.to_thread(self._load, ())
        known = signal_id in self._tallies or signal_id in self._exported
        return self._signal(signal_id) if known else None

    async def events(self, signal: Signal, limit: int = 10) -> tuple[Event, ...]:
        """The newest events of the signal, at most 20."""
        await asyncio.to_thread(self._load, ())
        tally = self._tallies.get(signal.id)
        if tally is None:
            return ()
        tally.trim()
        return tuple(tally.newest[:limit])

    async def releases(self) -> tuple[Release, ...]:
        return read_extras(self.folder).release_list()

    async def deploys(self, releases: Sequence[Release] = ()) -> tuple[Deploy, ...]:
        named = {release.version for release in releases}
        found = read_extras(self.folder).deploy_list()
        return tuple(deploy for deploy in found if not named or deploy.release in named)

    async def comment(self, signal_id: str, text: str) -> Written:
        return self._write({"kind": "comment", "issue": signal_id, "text": text})

    async def resolve(self, signal_id: str, *, release: str = "") -> Written:
        return self._write({"kind": "status", "issue": signal_id, "status": "resolved", "release": release})

    async def close(self) -> None:
        """Nothing is held open between calls."""

    # -- reading

    def _touched(self, before: Sequence[Stamp]) -> Sequence[str]:
        """Issues with something new since `before`: all of them where the extras or an export changed."""
        everything = [*self._tallies, *(each for each in self._exported if each not in self._tallies)]
        if not (self._stamps and self._stamps[-1] in before) or self._export_changed:
            return everything
        return [issue for issue, tally in self._tallies.items() if tally.changed]

    def _load(self, before: Sequence[Stamp]) -> None:
        """Read the files anew where any differs from what this object has; mark what `before` had not."""
        paths = (*event_files(self.path), self.folder / FILE_NAME)
        stamps = tuple(stamp(path) for path in paths)
        if stamps == self._stamps and not before:
            return
        self._tallies, self._exported, self._faults, self._export_changed = {}, {}, [], False
        self._extras = read_extras(self.folder)
        known = {each.name: each for each in before}
        for path, now in zip(paths[:-1], stamps, strict=False):
            old = known.get(now.name)
            for found in read(path):
                self._take(found, changed=not _had(old, now, found.end))
        self._stamps = stamps

    def _take(self, found: Found, *, changed: bool) -> None:
        if found.kind == "broken":
            self._faults.append(f"{found.where} {found.why}")
            return
        if found.kind == "issue":
            try:
                wire = msgspec.convert(found.value, WireIssue, strict=False)
            except msgspec.ValidationError as error:
                self._faults.append(clean(f"{found.where} {error}", limit=120))
                return
            self._exported[found.issue] = signal_of(wire, source=self.name, service=self.settings.service)
            self._export_changed = self._export_changed or changed
            return
        read_event = event(found.value)
        tally = self._tallies.setdefault(found.issue or group_of(read_event), Tally())
        tally.add(read_event)
        tally.changed = tally.changed or changed

    def _signal(self, issue: str) -> Signal:
        counted = self._exported.get(issue)
        if issue in self._tallies:
            own = self._tallies[issue].signal(self.name, issue, self.settings.service)
            counted = _exported_over(counted, own) if counted else own
        if counted is None:
            raise SourceError(f"No events of {issue!r}", str(self.path), "Sync the source again.")
        known = self._extras.issues.get(issue)
        signal = with_extras(counted, known) if known else counted
        releases, deploys = self._extras.release_list(), self._extras.deploy_list()
        return replace(signal, releases=releases, deploys=deploys)

    def _partial(self) -> str:
        if not self._faults:
            return ""
        named = "; ".join(self._faults[:NAMED_FAULTS])
        more = len(self._faults) - NAMED_FAULTS
        return f"{len(self._faults)} unreadable: {named}" + (f"; and {more} more" if more > 0 else "")

    # -- cursor and write-back

    def _write_cursor(self) -> str:
        return msgspec.json.encode(self._stamps or ()).decode()

    def _write(self, line: Mapping[str, str]) -> Written:
        """Append one line to writeback.jsonl, unless the same stands there already."""
        path = self.folder / WRITEBACK
        text = msgspec.json.encode(line) + b"\n"
        try:
            with path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.seek(0)
                if text in file.readlines():
                    return Written(id=line["issue"], url=str(path), already=True)
                file.write(text)
        except OSError as error:
            raise SourceError(f"Cannot write {path}", str(error.strerror), "Check its permissions.") from None
        return Written(id=line["issue"], url=str(path))


def _read_cursor(cursor: str) -> tuple[Stamp, ...]:
    """The stamps of an earlier listing; none where the cursor is empty or of another version."""
    try:
        return msgspec.json.decode(cursor, type=tuple[Stamp, ...]) if cursor else ()
    except msgspec.DecodeError:
        return ()


def _had(old: Stamp | None, now: Stamp, end: int) -> bool:
    """Whether an earlier listing had read up to `end` of this file: it is the same, or has only grown."""
    if old is None:
        return False
    return old == now or (now.size > old.size and end <= old.size)


def _exported_over(exported: Signal, counted: Signal) -> Signal:
    """An exported issue knows more than the few events beside it, but not their tags and releases."""
    return replace(
        exported,
        events=max(exported.events, counted.events),
        users=max(exported.users, counted.users),
        first_release=exported.first_release or counted.first_release,
        last_release=exported.last_release or counted.last_release,
        environment=exported.environment or counted.environment,
        trend=exported.trend or counted.trend,
        bucket_s=exported.bucket_s if exported.trend else counted.bucket_s,
        tags=counted.tags,
    )
