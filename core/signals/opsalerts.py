"""What the Opsgenie and the JSM operations source share: alerts in, queued acknowledgement, closing and notes back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import SourceError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Deploy, Release, Signal, Work
from rootcase.core.signals.answers import rows_of
from rootcase.core.signals.client import Client, Query
from rootcase.core.signals.faults import NotFound
from rootcase.core.signals.lookback import OVERLAP_US, iso, lookback_us, now_us
from rootcase.core.signals.loose import first_text, items, moment, table
from rootcase.core.signals.opsalerts_wire import event_of, is_whole, signal_of
from rootcase.core.signals.origin import path_of
from rootcase.core.signals.protocol import Act, Batch, Deed, Written
from rootcase.core.signals.reconciling import Page, settle
from rootcase.core.signals.standing import Standing, mark
from rootcase.core.signals.writing import same_text, work_text

PAGE = 100
# An alert that is closed while we read moves the others up; pages overlap by this many, so that none slips by.
SHIFT = 20
# Neither service shows more (docs.opsgenie.com/docs/pagination; developer.atlassian.com, alerts).
MOST_OFFSET = 20_000
# Whole alerts kept from a listing until their events are asked for.
KEPT = 200
# The default of `query`, which is Sentry's word for what is open.
_DEFAULT = re.compile(r"\bis:unresolved\b(?: +AND\b)?")
# Seconds between looks at a queued write; a service that needs longer than all of them is said to.
PAUSES_S = (0.2, 0.3, 0.5, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one of the two services is spoken to.

    service: its name in messages. short: what stands before an alert's number, so that two services differ.
    root: path of the alerts. size: the query name for a page's length.
    wrapped: whether an answer's content stands in `data` or `values`. acts: what its API can do.
    body: what is sent with an act that needs no words, None where it takes no body. note: worth knowing.
    """

    service: str
    short: str
    root: str
    size: str
    wrapped: str
    acts: frozenset[Act]
    body: object
    note: str = ""


class AlertSource:
    """The alerts of one account. A child brings its dialect, its client and its addresses."""

    takes_notes = True

    def __init__(self, settings: SourceSettings, dialect: Dialect, *, me: Sequence[str] = ()) -> None:
        self.name = settings.label
        self.settings = settings
        self.me = (*me, settings.email) if settings.email else tuple(me)
        self.dialect = dialect
        self.acts = dialect.acts
        self._open: Client | None = None
        self._lookback_us = lookback_us(settings.period, self.name)
        self._whole: dict[str, Mapping[str, object]] = {}

    async def _connect(self) -> Client:
        raise NotImplementedError

    def _page_of(self, alert_id: str) -> str:
        """The web page of an alert, "" where its address cannot be known."""
        raise NotImplementedError

    # -- reading

    async def list(self, cursor: str = "") -> AsyncIterator[Batch]:
        """Open alerts of the period; after that whatever changed, closed ones too. Newest change first."""
        standing = start_again = Standing.read(cursor)
        since = standing.since_us - OVERLAP_US if standing.since_us else now_us() - self._lookback_us
        start = int(standing.page) if standing.first and standing.page.isdigit() else 0
        note = "; ".join(part for part in (self.dialect.note, self._unused()) if part)
        marks: list[str] = []
        async for rows, offset, cut in self._rows(self._query(everything=not standing.first), start):
            fresh = [each for each in rows if self._changed_us(each) >= since]
            marks += [self._mark(each) for each in fresh]
            new = [each for each in fresh if self._mark(each) not in standing.marks]
            signals = tuple([await self._completed(each) for each in new])
            # The newest stands first; what changes while the rest is read is still to come.
            newest = standing.newest_us or max([standing.since_us, *map(self._changed_us, rows)])
            standing = replace(standing, newest_us=newest, taken=standing.taken + len(signals))
            more = offset if len(fresh) == len(rows) else 0
            done = standing.done(marks)
            if not more:
                state = done
            elif standing.first:
                state = replace(standing, page=str(more))
            else:
                state = start_again  # an interrupted look at changes begins at its first page
            told = tuple(each for each in signals if self._was_open(each, standing))
            yield Batch(told, state.write(), cut, enough=done.write(), note=note)
            note = ""
            if not more:
                return

    async def signal(self, signal_id: str) -> Signal | None:
        """One alert with its description and details. signal_id: its id, or its short number."""
        alert = await self._alert(signal_id)
        return None if alert is None else self._signal(alert)

    async def events(self, signal: Signal, limit: int = 10) -> tuple[Event, ...]:
        """The alert itself: the service keeps no single occurrences, only their count."""
        alert = self._whole.pop(signal.id, None) or await self._alert(signal.id)
        if alert is None:
            raise NotFound(
                f"{self.dialect.service} ({self.name}): the alert is gone",
                signal.id,
                "It may have been deleted.",
            )
        return (event_of(alert, signal),)

    async def releases(self) -> tuple[Release, ...]:
        """Alerts know no releases."""
        return ()

    async def deploys(self, releases: Sequence[Release] = ()) -> tuple[Deploy, ...]:
        """Alerts know no deploys."""
        return ()

    def reconcile(self, known: Sequence[str]) -> AsyncIterator[Batch]:
        """All alerts of the period whatever their state, then the known ones that were not among them."""
        return settle(known, self._everything(frozenset(known)), self.signal)

    # -- writing

    async def comment(self, signal_id: str, text: str) -> Written:
        """A note on the alert, written once: the same text is looked for first."""
        client = await self._client()
        query = [(self.dialect.size, str(PAGE))] if self.dialect.wrapped == "data" else []
        answer = await client.get(self._path(signal_id, "notes"), object, query)
        for note in map(table, items(table(answer.value).get(self.dialect.wrapped))):
            if same_text(note.get("note"), text):
                return Written(already=True)
        return await self._queue(self._path(signal_id, "notes"), {"note": text})

    async def act(self, signal_id: str, deed: Deed) -> Written:
        """Acknowledge, close (`resolve`) and what else the service takes; done when the service says it is."""
        service = self.dialect.service
        if deed.act not in self.acts:
            raise SourceError(
                f"{service} cannot {deed.act} an alert",
                "Its API has no such change.",
                "Do it on the page of the alert (o opens it).",
            )
        now = await self.signal(signal_id)
        if now is None:
            raise NotFound(
                f"{service} ({self.name}): the alert is gone", signal_id, "It may have been deleted."
            )
        if _already(deed, now):
            return Written(id=now.id, url=now.url, already=True)
        if now.status == "resolved":
            raise SourceError(
                f"{service}: alert {now.short_id or now.id} is closed already",
                f"{now.status_by.name} closed it." if now.status_by else "",
                "A new occurrence opens a new alert; this one cannot be taken up again.",
            )
        verb = "close" if deed.act == "resolve" else deed.act
        body = {"endTime": iso(deed.until_us)} if deed.act == "snooze" else self.dialect.body
        written = await self._queue(self._path(now.id, verb), body)
        return replace(written, id=now.id, url=now.url)

    async def link(self, signal_id: str, work: Work) -> Written:
        """Alerts take no links to tickets, so it is a note with the address."""
        return await self.comment(signal_id, work_text(work))

    async def close(self) -> None:
        if self._open is not None:
            await self._open.close()

    # -- inside

    async def _client(self) -> Client:
        if self._open is None:
            self._open = await self._connect()
        return self._open

    def _path(self, *parts: str) -> str:
        return f"{self.dialect.root}/{path_of(*parts)}"

    def _query(self, *, everything: bool) -> Query:
        """The search in Opsgenie's language; after the first listing without the state, since closing is a change."""
        own = _DEFAULT.sub("", self.settings.query).strip()
        if everything or "status" in own:
            return (("query", own),) if own else ()
        return (("query", f"status:open AND ({own})" if own else "status:open"),)

    async def _rows(
        self, query: Query, offset: int = 0
    ) -> AsyncGenerator[tuple[Sequence[Mapping[str, object]], int, str]]:
        """Pages of alerts by their last change, newest first, as (rows, next offset or 0, what was cut)."""
        client = await self._client()
        seen: set[str] = set()
        while True:
            asked = [
                *query,
                ("sort", "updatedAt"),
                ("order", "desc"),
                (self.dialect.size, str(PAGE)),
                ("offset", str(offset)),
            ]
            answer = table((await client.get(self.dialect.root, object, asked)).value)
            rows = [table(each) for each in rows_of(client.service, answer, self.dialect.wrapped)]
            new = [each for each in rows if first_text(each, "id") not in seen]
            seen = {first_text(each, "id") for each in rows}
            paging = table(answer.get("paging") or answer.get("links"))
            following = offset + max(1, len(rows) - SHIFT)
            if not rows or not first_text(paging, "next", limit=4000):
                yield new, 0, ""
                return
            if not new:
                yield (), 0, f"{self.dialect.service} showed the same page twice; older alerts are missing"
                return
            if following + PAGE >= MOST_OFFSET:
                yield (
                    new,
                    0,
                    f"{self.dialect.service} shows only {MOST_OFFSET:,} alerts; older ones are missing",
                )
                return
            yield new, following, ""
            offset = following

    async def _everything(self, known: frozenset[str]) -> AsyncGenerator[Page]:
        since = now_us() - self._lookback_us
        async for rows, _, cut in self._rows(self._query(everything=True)):
            ours = [each for each in rows if first_text(each, "id") in known]
            yield tuple([await self._completed(each) for each in ours]), cut
            if rows and self._changed_us(rows[-1]) < since:
                return

    async def _completed(self, row: Mapping[str, object]) -> Signal:
        """The row's signal; with its description and details, from which its links come, where it is open."""
        alert = row
        if not is_whole(row) and first_text(row, "status") != "closed":
            alert = await self._alert(first_text(row, "id")) or row
        if is_whole(alert):
            self._whole[first_text(alert, "id")] = alert
            while len(self._whole) > KEPT:
                del self._whole[next(iter(self._whole))]
        return self._signal(alert)

    async def _alert(self, alert_id: str) -> Mapping[str, object] | None:
        client = await self._client()
        number = alert_id.removeprefix(f"{self.dialect.short}#")
        tiny = number != alert_id and self.dialect.wrapped == "data"
        alert_id = number if tiny else alert_id
        query = [("identifierType", "tiny")] if tiny else []
        try:
            answer = table((await client.get(self._path(alert_id), object, query)).value)
        except NotFound:
            return None
        return table(answer.get("data")) if self.dialect.wrapped == "data" else answer

    async def _queue(self, path: str, body: object) -> Written:
        """Send a write and wait until it was carried out, which these services do later (202 with a request id)."""
        client = await self._client()
        told = table(await client.send("POST", path, body, object))
        request = first_text(told, "requestId")
        if not request:
            raise SourceError(
                f"{self.dialect.service} took the change without a request id",
                "Whether it was carried out cannot be asked.",
                "Look at the alert in the browser.",
            )
        for pause in PAUSES_S:
            await asyncio.sleep(pause)
            try:
                answer = table((await client.get(self._path("requests", request), object)).value)
            except NotFound:
                continue  # not begun yet, which both services say with a 404
            outcome = table(answer.get("data")) if self.dialect.wrapped == "data" else answer
            if outcome.get("isSuccess") is True:
                return Written(id=request)
            if outcome.get("isSuccess") is False or outcome.get("processedAt"):
                raise SourceError(
                    f"{self.dialect.service} did not carry out the change",
                    first_text(outcome, "status"),
                    "Look at the alert in the browser; it may have changed meanwhile.",
                )
        raise SourceError(
            f"{self.dialect.service} has not carried out the change yet",
            f"It was accepted as request {request} and still waits.",
            "It will most likely happen; press r in a moment to see.",
        )

    def _signal(self, alert: Mapping[str, object]) -> Signal:
        url = self._page_of(first_text(alert, "id"))
        short = self.dialect.short
        return signal_of(
            alert, source=self.name, url=url, service=self.settings.service, me=self.me, short=short
        )

    def _mark(self, row: Mapping[str, object]) -> str:
        return mark(first_text(row, "id"), self._changed_us(row))

    def _changed_us(self, row: Mapping[str, object]) -> int:
        return max(moment(row.get(name)) for name in ("updatedAt", "lastOccurredAt", "createdAt"))

    def _was_open(self, signal: Signal, standing: Standing) -> bool:
        """Not an alert that came and went between two looks: nobody was to act on it."""
        if standing.first or signal.status != "resolved":
            return True
        return signal.first_seen_us <= standing.since_us or "status" in self.settings.query

    def _unused(self) -> str:
        if not self.settings.projects:
            return ""
        return f"`projects` means nothing to {self.dialect.service}; narrow with `query`"


def _already(deed: Deed, now: Signal) -> bool:
    if deed.act == "resolve":
        return now.status == "resolved"
    if now.status == "resolved":
        return False
    if deed.act == "acknowledge":
        return now.substatus == "acknowledged"
    return deed.act == "unacknowledge" and now.substatus == ""
