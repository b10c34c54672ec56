"""The Datadog source: error issues, monitors and incidents in; state and assignee back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import replace

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import SourceError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Deploy, Release, Signal, Work
from rootcase.core.signals.client import Client
from rootcase.core.signals.datadog_alerts import INCIDENT, MONITOR
from rootcase.core.signals.datadog_api import connect, site_of, web_of
from rootcase.core.signals.datadog_events import issue_events
from rootcase.core.signals.datadog_health import look
from rootcase.core.signals.datadog_named import named_id
from rootcase.core.signals.datadog_pages import Pages
from rootcase.core.signals.datadog_shares import with_shares
from rootcase.core.signals.datadog_windows import Found
from rootcase.core.signals.datadog_wire import OPEN_STATES, Place, deploy_of, deployed_service, releases_of
from rootcase.core.signals.datadog_writes import change_incident, change_issue
from rootcase.core.signals.faults import NotFound
from rootcase.core.signals.lookback import OVERLAP_US, lookback_us, now_us
from rootcase.core.signals.protocol import Act, Batch, Deed, Health, Written
from rootcase.core.signals.reconciling import Page, settle
from rootcase.core.signals.standing import Standing, mark

BATCH = 100


class DatadogSource:
    """One Datadog account at one site. projects: names of services; read: errors, monitors, incidents."""

    acts: frozenset[Act] = frozenset(
        ("acknowledge", "unacknowledge", "resolve", "reopen", "assign", "unassign", "snooze", "unsnooze")
    )
    takes_notes = False

    def __init__(
        self, settings: SourceSettings, environment: Mapping[str, str], *, me: Sequence[str] = ()
    ) -> None:
        self.name = settings.label
        self.settings = settings
        self.site = site_of(settings)
        self.place = Place(self.name, web_of(self.site), settings.service, tuple(me))
        self._environment = environment
        self._open: Client | None = None
        self._pages: Pages | None = None
        self._lookback_us = lookback_us(settings.period, self.name)

    # -- reading

    async def list(self, cursor: str = "") -> AsyncIterator[Batch]:
        """Open issues with events in the period, alerting monitors, running incidents.

        After that: issues with events since the last look, whatever their state. Only the last batch moves the
        cursor: counts of an issue are whole only when all stretches of time have been read.
        """
        standing = Standing.read(cursor)
        pages = await self._connected()
        cuts: list[str] = []
        signals: tuple[Signal, ...] = ()
        if self._reads("errors"):
            found: dict[str, Found] = {}
            start, now, states, most = self._stretch(standing)
            async for cut in pages.gather(found, states, start, now, most=most):
                cuts.append(cut)
                yield Batch((), cursor, total=len(found))
            signals = tuple(map(pages.as_signal, found.values()))
        for kind, read in (("monitors", pages.monitors), ("incidents", pages.incidents)):
            if self._reads(kind):
                alerts, cut = await read()
                signals = (*signals, *alerts)
                cuts.append(cut)
        told, cut = await pages.owned(await self._fresh(pages, signals, standing))
        partial = "; ".join(each for each in dict.fromkeys((*cuts, cut)) if each)
        newest = max([standing.since_us, *(each.last_seen_us for each in signals if each.kind == "error")])
        # What is listed anew each time is remembered first, then the issues of the last minutes.
        lately = sorted(signals, key=lambda each: (each.kind == "error", -each.last_seen_us))
        done = replace(standing, newest_us=newest).done(map(self._mark, lately))
        ordered = sorted(told, key=lambda each: -each.last_seen_us)
        for start in range(0, max(1, len(ordered)), BATCH):
            last = start + BATCH >= len(ordered)
            batch = tuple(ordered[start : start + BATCH])
            words, after = (partial, done.write()) if last else ("", cursor)
            yield Batch(batch, after, words, total=len(ordered), enough=done.write())

    async def signal(self, signal_id: str) -> Signal | None:
        """One issue, monitor or incident as it is now, with who owns its service, and how an issue spreads."""
        found = await self._look(signal_id)
        if found is None or found.kind != "error":
            return found
        return await with_shares((await self._connected()).client, found, now_us() - self._lookback_us)

    async def events(self, signal: Signal, limit: int = 10) -> tuple[Event, ...]:
        """Events with stack traces for an issue; for the others what is known of them."""
        pages = await self._connected()
        if signal.id.startswith((MONITOR, INCIDENT)):
            return (await pages.alert_event(signal),)
        return await issue_events(pages.client, signal, limit, now_us() - self._lookback_us)

    async def releases(self) -> tuple[Release, ...]:
        """What the deployments of the period put out, newest first; each names its commit where Datadog knows it."""
        return releases_of(await self._deployments())

    async def deploys(self, releases: Sequence[Release] = ()) -> tuple[Deploy, ...]:
        """Deployments of the named releases, or of the period; newest first."""
        named = {release.version for release in releases}
        found = [deploy for each in await self._deployments() if (deploy := deploy_of(each)).release]
        wanted = [deploy for deploy in found if not named or deploy.release in named]
        return tuple(sorted(wanted, key=lambda deploy: -deploy.at_us))

    def reconcile(self, known: Sequence[str]) -> AsyncIterator[Batch]:
        """Issues of the period in any state, what alerts now, then a look at each that was not among them."""
        return settle(known, self._everything(frozenset(known)), self._look)

    # -- writing

    async def comment(self, signal_id: str, text: str) -> Written:
        """Datadog's API has no comments on issues, monitors or incidents."""
        raise SourceError(
            "Datadog takes no comments here",
            "Its API has none for issues, monitors and incidents.",
            "The text stays in the case; write it on the page there if others should see it (o opens it).",
        )

    async def link(self, signal_id: str, work: Work) -> Written:
        """Datadog's API takes no links to tickets or pull requests."""
        raise SourceError(
            "Datadog takes no links to tickets here",
            "Its API cannot tie a ticket to an issue, a monitor or an incident.",
            "Create or link the ticket on the page of the issue (o opens it).",
        )

    async def act(self, signal_id: str, deed: Deed) -> Written:
        """Change an issue's state or assignee, or resolve and reopen an incident. Monitors cannot be changed."""
        if deed.act not in self.acts or signal_id.startswith(MONITOR):
            raise SourceError(
                f"Datadog cannot {deed.act} {'a monitor' if signal_id.startswith(MONITOR) else 'this'}",
                "A monitor recovers by itself; its API has no such change.",
                "Mute it on its page (o opens it) if it should be quiet.",
            )
        now = await self._look(signal_id)
        if now is None:
            raise NotFound(f"Datadog ({self.name}): {signal_id} is gone", "", "It may have been deleted.")
        client = (await self._connected()).client
        change = change_incident if signal_id.startswith(INCIDENT) else change_issue
        return await change(client, now, deed)

    def named(self, address: str) -> str:
        return named_id(address, self.site)

    async def health(self) -> Health:
        return await look((await self._connected()).client)

    async def close(self) -> None:
        if self._open is not None:
            await self._open.close()

    # -- inside

    async def _connected(self) -> Pages:
        if self._pages is None:
            self._open = await connect(self.settings, self._environment)
            self._pages = Pages(self._open, self.settings, self.place)
        return self._pages

    async def _look(self, signal_id: str) -> Signal | None:
        """One issue, monitor or incident with who owns its service."""
        pages = await self._connected()
        if signal_id.startswith(MONITOR):
            found = await pages.monitor(signal_id)
        elif signal_id.startswith(INCIDENT):
            found = await pages.incident(signal_id)
        else:
            found = await pages.issue(signal_id, now_us() - self._lookback_us)
        return None if found is None else (await pages.owned((found,)))[0][0]

    def _reads(self, what: str) -> bool:
        return not self.settings.read or what in self.settings.read

    def _stretch(self, standing: Standing) -> tuple[int, int, tuple[str, ...], int]:
        """Start and end of the time to search, the states, and how many issues are enough (0: all)."""
        now = now_us()
        if standing.first:
            return now - self._lookback_us, now, OPEN_STATES, self.settings.backfill
        return standing.since_us - OVERLAP_US, now, (), 0

    async def _fresh(
        self, pages: Pages, signals: tuple[Signal, ...], standing: Standing
    ) -> tuple[Signal, ...]:
        """What is not as it was at the last look; issues with their counts of the whole period."""
        fresh = [each for each in signals if not standing.unchanged(self._mark(each), each.last_seen_us)]
        if standing.first:
            return tuple(fresh)
        # An issue that came and was resolved between two looks was nobody's to act on.
        issues = [each for each in fresh if each.kind == "error"]
        kept = [
            each for each in issues if each.status == "unresolved" or each.first_seen_us <= standing.since_us
        ]
        now = now_us()
        counted = await pages.counted(kept, now - self._lookback_us, now)
        return (*counted, *(each for each in fresh if each.kind != "error"))

    async def _everything(self, known: frozenset[str]) -> AsyncGenerator[Page]:
        pages = await self._connected()
        now = now_us()
        if any(":" not in each for each in known):
            found: dict[str, Found] = {}
            cuts = [cut async for cut in pages.gather(found, (), now - self._lookback_us, now)]
            ours = tuple(pages.as_signal(each) for each in found.values() if each.id in known)
            told, cut = await pages.owned(ours)
            yield told, "; ".join(each for each in dict.fromkeys((*cuts, cut)) if each)
        if any(each.startswith(MONITOR) for each in known):
            yield await pages.monitors()
        if any(each.startswith(INCIDENT) for each in known):
            yield await pages.incidents()

    async def _deployments(self) -> Sequence[object]:
        pages = await self._connected()
        rows = await pages.deployments(now_us() - self._lookback_us, now_us())
        wanted = set(self.settings.projects)
        return [each for each in rows if not wanted or deployed_service(each) in wanted]

    def _mark(self, signal: Signal) -> str:
        return mark(signal.id, signal.last_seen_us, signal.status, signal.substatus, signal.level)
