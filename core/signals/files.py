"""The files source: a folder or a file of Sentry-shaped events, with no service and no account."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError, SourceError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Deploy, Release, Signal, Work
from rootcase.core.safety.text import clean
from rootcase.core.signals.eventfiles import WRITEBACK, Found, Stamp, event_files, event_in, read, stamp
from rootcase.core.signals.extras import FILE_NAME, Extras, read_extras, with_extras
from rootcase.core.signals.protocol import Act, Batch, Deed, Health, Written
from rootcase.core.signals.sentry_wire import WireIssue, signal_of
from rootcase.core.signals.tally import Tally, group_of
from rootcase.core.signals.writeback import ACTS, Line, Writeback, with_acts

PAGE = 100
NAMED_FAULTS = 3


class FilesSource:
    """Reads all files when any has changed, and hands out the signals that the change touched."""

    acts: frozenset[Act] = ACTS
    takes_notes = True

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
        self._acts: dict[str, list[Line]] = {}
        self._writeback = Writeback(self.folder)
        self._reading = asyncio.Lock()

    async def list(self, cursor: str = "") -> AsyncIterator[Batch]:
        """Signals whose events or extras changed since the cursor, newest first, in batches of 100."""
        before = _read_cursor(cursor)
        await self._loaded(before)
        signals = sorted(
            (self._signal(issue) for issue in self._touched(before)), key=lambda each: -each.last_seen_us
        )
        after = self._write_cursor()
        partial = self._partial()
        for start in range(0, max(len(signals), 1), PAGE):
            batch = tuple(signals[start : start + PAGE])
            last = start + PAGE >= len(signals)
            yield Batch(
                batch, after if last else cursor, partial if last else "", total=len(signals), enough=after
            )

    async def signal(self, signal_id: str) -> Signal | None:
        """By its id, or by what the extras call it."""
        await self._loaded()
        wanted = self._issue_named(signal_id)
        return self._signal(wanted) if wanted else None

    async def events(self, signal: Signal, limit: int = 10) -> tuple[Event, ...]:
        """The newest events of the signal, at most 20."""
        await self._loaded()
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
        return self._writeback.say({"kind": "comment", "issue": signal_id, "text": text})

    async def act(self, signal_id: str, deed: Deed) -> Written:
        """Written down in the folder, and shown on the signal from then on."""
        signal = await self.signal(signal_id)
        if signal is None:
            raise SourceError(
                f"{self.name} has no signal {signal_id}", str(self.path), "Sync the source again."
            )
        return self._writeback.do(signal, deed)

    async def link(self, signal_id: str, work: Work) -> Written:
        text = f"{work.kind.replace('_', ' ')} {work.id} {work.title}".strip()
        return self._writeback.say({"kind": "link", "issue": signal_id, "work": work.url, "text": text})

    async def reconcile(self, known: Sequence[str]) -> AsyncIterator[Batch]:
        """The signals we hold as the files have them now; gone: whose events were taken away."""
        await self._loaded()
        there = set(self._everything())
        present = [issue for issue in known if issue in there]
        gone = tuple(issue for issue in known if issue not in there)
        for start in range(0, max(len(present), 1), PAGE):
            part = tuple(self._signal(issue) for issue in present[start : start + PAGE])
            yield Batch(part, "", gone=gone if start == 0 else ())

    def named(self, address: str) -> str:
        """`LABEL:ID`, or what `signals.json` has as short id or address; no event file is read for it."""
        label, colon, rest = address.partition(":")
        if colon and label == self.name and rest and not rest.startswith("//"):
            return rest
        try:
            issues = read_extras(self.folder).issues
        except SourceError:
            return ""
        return next(
            (id for id, known in issues.items() if address and address in (known.short_id, known.url, id)), ""
        )

    async def health(self) -> Health:
        """The files can be read; what is unreadable of them is said."""
        await self._loaded()
        notes = (
            f"{len(self._everything())} signals in {self.path}",
            *((self._partial(),) * bool(self._faults)),
        )
        return Health(account="files on this machine", scopes=("read", "write back"), notes=notes)

    async def close(self) -> None:
        """Nothing is held open between calls."""

    # -- reading

    def _touched(self, before: Sequence[Stamp]) -> Sequence[str]:
        """Issues with something new since `before`: all of them where the extras or an export changed."""
        everything = self._everything()
        if not (self._stamps and self._stamps[-1] in before) or self._export_changed:
            return everything
        acted_on = self._acts if self._stamps[-2] not in before else {}
        return [
            issue for issue in everything
            if issue in acted_on or ((tally := self._tallies.get(issue)) is not None and tally.changed)
        ]  # fmt: skip

    def _everything(self) -> Sequence[str]:
        """All issues: those with events, exported ones, and those without either that the extras tell a kind of."""
        told = (id for id, known in self._extras.issues.items() if known.kind is not None)
        return list(dict.fromkeys((*self._tallies, *self._exported, *told)))

    def _issue_named(self, name: str) -> str:
        everything = self._everything()
        if name in everything:
            return name
        return next(
            (id for id in everything if (known := self._extras.issues.get(id)) and name == known.short_id), ""
        )

    async def _loaded(self, before: Sequence[Stamp] = ()) -> None:
        """Off the event loop, and one at a time: several signals' events are asked for together."""
        async with self._reading:
            await asyncio.to_thread(self._load, before)

    def _load(self, before: Sequence[Stamp]) -> None:
        """Read the files anew where any differs from what this object has; mark what `before` had not."""
        paths = (*event_files(self.path), self.folder / WRITEBACK, self.folder / FILE_NAME)
        stamps = tuple(stamp(path) for path in paths)
        if stamps == self._stamps and not before:
            return
        self._tallies, self._exported, self._faults, self._export_changed = {}, {}, [], False
        self._extras = read_extras(self.folder)
        self._acts = self._writeback.acts()
        known = {each.name: each for each in before}
        for path, now in zip(paths[:-2], stamps, strict=False):
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
        read_event = event_in(found)
        tally = self._tallies.setdefault(found.issue or group_of(read_event), Tally())
        tally.add(read_event)
        tally.changed = tally.changed or changed

    def _signal(self, issue: str) -> Signal:
        counted = self._exported.get(issue)
        if issue in self._tallies:
            own = self._tallies[issue].signal(self.name, issue, self.settings.service)
            counted = _exported_over(counted, own) if counted else own
        known = self._extras.issues.get(issue)
        if counted is None and known is not None and known.kind is not None:
            counted = Signal(self.name, issue, service=self.settings.service)
        if counted is None:
            raise SourceError(f"No events of {issue!r}", str(self.path), "Sync the source again.")
        signal = with_extras(counted, known) if known else counted
        signal = with_acts(signal, self._acts.get(issue, ()), time.time_ns() // 1000)
        releases, deploys = self._extras.release_list(), self._extras.deploy_list()
        return replace(signal, releases=releases, deploys=deploys)

    def _partial(self) -> str:
        if not self._faults:
            return ""
        named = "; ".join(self._faults[:NAMED_FAULTS])
        more = len(self._faults) - NAMED_FAULTS
        return f"{len(self._faults)} unreadable: {named}" + (f"; and {more} more" if more > 0 else "")

    # -- cursor

    def _write_cursor(self) -> str:
        return msgspec.json.encode(self._stamps or ()).decode()


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
