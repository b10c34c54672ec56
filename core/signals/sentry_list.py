"""Issues of Sentry that changed since a cursor: in pages, resumable, one request where nothing happened."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlsplit

import msgspec

from rootcase.core.model.errors import SourceError
from rootcase.core.model.signals import Signal
from rootcase.core.safety.text import clean
from rootcase.core.signals.client import Answer, Client, Query
from rootcase.core.signals.faults import Refused
from rootcase.core.signals.loose import number
from rootcase.core.signals.protocol import Batch
from rootcase.core.signals.sentry_cursor import Cursor
from rootcase.core.signals.sentry_site import PAGE, Site
from rootcase.core.signals.sentry_wire import WireIssue

# Sentry updates counts late; issues this close to the last sync are read again.
OVERLAP_US = 300 * 1_000_000
Reads = Callable[[WireIssue], Signal]
Page = Answer[list[msgspec.Raw]]


def query_of(site: Site, page: str = "") -> Query:
    settings = site.settings
    query = [("query", settings.query), ("statsPeriod", settings.period), ("sort", "date"), *shape(site)]
    query.append(("limit", str(PAGE)))
    return [*query, ("cursor", page)] if page else query


def shape(site: Site) -> Query:
    """What every look at issues asks for, so that a listing and a second look tell the same."""
    expand = ("integrationIssues", "sentryAppIssues")
    return [("groupStatsPeriod", "24h"), *(("expand", each) for each in expand), *site.filters]


@dataclass
class Listing:
    """One pass over the issues by last seen, newest first, until what the last complete pass had already.

    most: signals that a first pass is good for; who wants no more stops at a batch's `enough`, and the pass
    itself ends a page later. reads: makes a signal of an issue.
    """

    client: Client
    site: Site
    reads: Reads
    most: int
    position: Cursor
    _seen: dict[str, int] = field(default_factory=dict)
    _taken: int = 0

    async def batches(self) -> AsyncIterator[Batch]:
        page = self.position.page
        pages = {page}
        while True:
            answer, page = await self._page(page)
            top = _digest(answer.value)
            if not page:
                if self.position.since_us and top == self.position.top:
                    yield Batch((), self._done().write(), total=_total(answer))
                    return
                self.position = replace(self.position, top=top)
            batch, page = self._batch(answer, pages)
            pages.add(page)
            yield batch
            if not page:
                return

    async def _page(self, page: str) -> tuple[Page, str]:
        """A page, and its name: the first one where the service no longer takes the one of an old cursor."""
        try:
            return await self._get(page), page
        except Refused:
            if not page or page != self.position.page or self._seen:
                raise
        self.position = replace(self.position, page="", read=0)
        return await self._get(""), ""

    async def _get(self, page: str) -> Page:
        return await self.client.get(self.site.path("issues"), list[msgspec.Raw], query_of(self.site, page))

    def _batch(self, answer: Page, pages: set[str]) -> tuple[Batch, str]:
        """One page as a batch, and the page to go on with, "" at the end."""
        signals, broken = decoded(self.site, answer.value, self.reads)
        known_us = self.position.since_us - OVERLAP_US
        fresh = tuple(each for each in signals if self._is_new(each, known_us))
        repeated = bool(signals) and all(each.id in self._seen for each in signals)
        reached = any(0 < each.last_seen_us < known_us for each in signals)
        self._seen.update((each.id, each.last_seen_us) for each in signals)
        self._taken += len(fresh)
        self.position = replace(
            self.position,
            newest_us=max([self.position.newest_us, *(each.last_seen_us for each in signals)]),
            read=self.position.read + len(fresh),
        )
        page = "" if reached else cursor_in(answer.next_url)
        cut, goes_on = self._cut(page, repeated or page in pages, _total(answer)) if page else ("", "")
        after = (
            replace(self.position, page=goes_on or page) if page and (goes_on or not cut) else self._done()
        )
        said = "; ".join(part for part in (broken, cut) if part)
        enough = "" if self.position.since_us else self._done().write()
        return Batch(fresh, after.write(), said, total=_total(answer), enough=enough), "" if cut else page

    def _is_new(self, signal: Signal, known_us: int) -> bool:
        """Whether it came or changed since, and was not in an earlier page of this pass as it is now."""
        if signal.id in self._seen:
            return self._seen[signal.id] < signal.last_seen_us
        return signal.last_seen_us >= known_us or not signal.last_seen_us

    def _done(self) -> Cursor:
        at = self.position
        return Cursor(since_us=max(at.newest_us, at.since_us), top=at.top, region=at.region)

    def _cut(self, page: str, repeated: bool, total: int) -> tuple[str, str]:
        """Why the pass ends before its end, in words, and the page at which the next one goes on, if any."""
        at = self.position
        if repeated:
            return "Sentry named the same page twice; older issues are missing", ""
        if at.since_us == 0 and at.read > self.most + PAGE:
            of = f" of {total:,}" if total > at.read else ""
            return (
                f"first sync: the newest {at.read:,}{of} issues were read (`backfill` of this source); "
                "older ones come in when they happen again",
                "",
            )
        if at.since_us and self._taken >= self.most:
            return f"stopped after {self._taken:,} changed issues; the next sync goes on there", page
        return "", ""


def decoded(site: Site, raw: Sequence[msgspec.Raw], reads: Reads) -> tuple[tuple[Signal, ...], str]:
    """Signals of a page, and what could not be read of it: one odd issue does not hide the others."""
    found: list[Signal] = []
    faults: list[str] = []
    for each in raw:
        try:
            found.append(reads(msgspec.json.decode(each, type=WireIssue)))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            faults.append(clean(str(error), limit=120))
    if raw and not found:
        raise SourceError(
            f"Sentry ({site.settings.label}) answered in a shape that is not understood",
            f"issues: {faults[0]}",
            "A newer or older version of Sentry may answer differently; please report this text.",
        )
    told = f"{len(faults)} of {len(raw)} issues could not be read: {faults[0]}" if faults else ""
    return tuple(found), told


def cursor_in(address: str) -> str:
    return (parse_qs(urlsplit(address).query).get("cursor") or [""])[0]


def _total(answer: Page) -> int:
    """Issues that match, which Sentry counts in a header up to a limit of its own."""
    return number(answer.headers.get("x-hits", ""))


class _Mark(msgspec.Struct, rename="camel"):
    """What of an issue tells whether anything happened to it. Its trend moves with the clock alone."""

    id: object = None
    last_seen: object = None
    count: object = None
    user_count: object = None
    status: object = None
    substatus: object = None
    assigned_to: object = None
    integration_issues: object = None


def _digest(raw: Sequence[msgspec.Raw]) -> str:
    told = hashlib.sha256()
    for each in raw:
        try:
            mark = msgspec.json.decode(each, type=_Mark)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            told.update(bytes(each))
        else:
            told.update(msgspec.json.encode(mark))
    return told.hexdigest()[:32]
