"""The PagerDuty source: incidents with their alerts in; notes, acknowledgement, snooze and resolution back."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError, SourceError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Deploy, Release, Signal, Work
from rootcase.core.signals import pagerduty_pages as pages
from rootcase.core.signals.client import Client, Query
from rootcase.core.signals.credentials import bearer
from rootcase.core.signals.links import joined, taken_apart
from rootcase.core.signals.lookback import OVERLAP_US, SECOND_US, iso, lookback_us, now_us
from rootcase.core.signals.loose import first_text, items, moment, table
from rootcase.core.signals.pace import PAGERDUTY
from rootcase.core.signals.pagerduty_health import look
from rootcase.core.signals.pagerduty_pages import PAGE, path
from rootcase.core.signals.pagerduty_query import Scope, scope_of
from rootcase.core.signals.pagerduty_wire import (
    Entry,
    alert_event,
    alert_keys,
    alert_links,
    deploy_of,
    entry_event,
    service_ids_of,
    signal_of,
)
from rootcase.core.signals.protocol import Act, Batch, Deed, Health, Written
from rootcase.core.signals.reconciling import Page, settle
from rootcase.core.signals.standing import Standing
from rootcase.core.signals.token import token_of
from rootcase.core.signals.writing import same_text, work_text

# A listing may not reach further than six months (contract, /incidents `since`).
MOST_LOOKBACK_US = 180 * 86_400 * SECOND_US
MOST_SNOOZE_S = 604_800
# Incidents looked at one by one in a sync; beyond it a listing is cheaper.
MOST_CHANGED = 20
_NUMBER = re.compile(r"PD#\d{1,12}")
_ID = re.compile(r"[PQR](?=[A-Z0-9]*\d)[A-Z0-9]{6,13}")


class PagerDutySource:
    """The incidents of one account, of the configured services where `projects` names some."""

    acts: frozenset[Act] = frozenset(("acknowledge", "resolve", "snooze", "assign"))
    takes_notes = True

    def __init__(
        self, settings: SourceSettings, environment: Mapping[str, str], *, me: Sequence[str] = ()
    ) -> None:
        self.name = settings.label
        self.settings = settings
        self.me = (*me, settings.email) if settings.email else tuple(me)
        self.scope: Scope = scope_of(settings)
        self._environment = environment
        self._base = (settings.url or "https://api.pagerduty.com").rstrip("/")
        self._open: Client | None = None
        self._services: tuple[str, ...] | None = None
        self._lookback_us = lookback_us(settings.period, self.name)
        if self._lookback_us > MOST_LOOKBACK_US:
            raise ConfigError(
                f"Source {self.name}: `period` is too long",
                f"{settings.period} is more than PagerDuty's six months.",
                "Set `period` to 180d or less.",
            )

    # -- reading

    async def list(self, cursor: str = "") -> AsyncIterator[Batch]:
        """Open incidents of the period; after that, those that the account's log says something about."""
        standing = Standing.read(cursor)
        if standing.first:
            async for batch in self._backfill(standing):
                yield batch
            return
        client = await self._client()
        await self._chosen(client)
        chosen = [("is_overview", "true"), *self.scope.teams]
        log, cut = await pages.log_since(client, standing.since_us - OVERLAP_US, chosen)
        entries = [Entry.of(each) for each in log]
        fresh = [each for each in entries if each.at_us > standing.since_us or each.unseen(standing.marks)]
        ids = dict.fromkeys(each.incident for each in fresh if each.incident)
        found = await self._changed(client, tuple(ids), standing.since_us)
        told = tuple(each for each in found if self._concerns_us(each, standing.since_us))
        newest = max([standing.since_us, *(each.at_us for each in entries)])
        marks = [each.mark for each in entries if each.at_us >= newest - OVERLAP_US]
        after = replace(standing, newest_us=newest).done(marks).write()
        yield Batch(told, after, cut, note=self.scope.unknown)

    async def signal(self, signal_id: str) -> Signal | None:
        """One incident with the links and keys of its alerts. signal_id: its id or its number."""
        client = await self._client()
        raw = await pages.incident(client, _plain(signal_id))
        if raw is None:
            return None
        signal = self._signal(raw)
        alerts = await pages.alerts(client, signal.id, PAGE)
        keys = alert_keys(alerts)
        newest = max([signal.last_seen_us, *(moment(table(each).get("created_at")) for each in alerts)])
        return replace(
            signal,
            links=joined(signal.links, alert_links(alerts)),
            dedup=signal.dedup or (keys[0] if keys else ""),
            tags=(*signal.tags, *(("alert_key", key) for key in keys[:20] if key != signal.dedup)),
            last_seen_us=newest,
        )

    async def events(self, signal: Signal, limit: int = 10) -> tuple[Event, ...]:
        """One event per alert, newest first; what triggered the incident where it has no alerts."""
        client = await self._client()
        alerts = await pages.alerts(client, signal.id, min(limit, PAGE))
        if alerts:
            return tuple(alert_event(each, signal) for each in alerts[:limit])
        return (entry_event(await pages.trigger(client, signal.id), signal),)

    async def releases(self) -> tuple[Release, ...]:
        """PagerDuty knows no releases; what was put out is in `deploys`."""
        return ()

    async def deploys(self, releases: Sequence[Release] = ()) -> tuple[Deploy, ...]:
        """Change events of the period that tell of a deploy, newest first; at most the last hundred."""
        client = await self._client()
        answer = await client.get("change_events", object, [("limit", str(PAGE)), *self.scope.teams])
        since = now_us() - self._lookback_us
        rows = items(table(answer.value).get("change_events"))
        changes = [each for each in rows if moment(table(each).get("timestamp")) >= since]
        await self._chosen(client)
        services = set(self._services or ())
        ours = [each for each in changes if not services or services & set(service_ids_of(each))]
        named = {release.version for release in releases}
        found = [deploy for each in ours if (deploy := deploy_of(each)) is not None]
        wanted = [deploy for deploy in found if not named or deploy.release in named]
        return tuple(sorted(wanted, key=lambda deploy: -deploy.at_us))

    def reconcile(self, known: Sequence[str]) -> AsyncIterator[Batch]:
        """All incidents of the period whatever their state, then the known ones that were not among them."""
        return settle(known, self._everything(), self.signal)

    # -- writing

    async def comment(self, signal_id: str, text: str) -> Written:
        """A note on the incident; PagerDuty keeps doubles, so the same text is looked for first."""
        client = await self._writer()
        notes = await client.get(path(_plain(signal_id), "notes"), object)
        for note in map(table, items(table(notes.value).get("notes"))):
            if same_text(note.get("content"), text):
                return Written(id=first_text(note, "id"), already=True)
        body = {"note": {"content": text}}
        made = table(
            table(await client.send("POST", path(_plain(signal_id), "notes"), body, object)).get("note")
        )
        return Written(id=first_text(made, "id"))

    async def act(self, signal_id: str, deed: Deed) -> Written:
        """Acknowledge, resolve, snooze or assign. A resolved incident can be none of these any more."""
        if deed.act not in self.acts:
            raise SourceError(
                f"PagerDuty cannot {deed.act} an incident",
                "Its API has no such change.",
                "Do it on the page of the incident (o opens it).",
            )
        client = await self._writer()
        answer = table((await client.get(path(_plain(signal_id)), object)).value)
        now = self._signal(answer.get("incident"))
        if deed.act == "resolve" and now.status == "resolved":
            return Written(id=now.id, url=now.url, already=True)
        if now.status == "resolved":
            raise SourceError(
                f"PagerDuty: incident {now.short_id or now.id} is resolved already",
                f"{now.status_by.name} resolved it." if now.status_by else "",
                "A new alert opens a new incident; this one cannot be taken up again.",
            )
        if deed.act == "snooze":
            return await self._snooze(client, now, deed.until_us)
        if deed.act == "acknowledge" and now.substatus == "acknowledged":
            return Written(id=now.id, url=now.url, already=True)
        change = await self._change(client, deed)
        body = {"incident": {"type": "incident_reference", **change}}
        done = table(await client.send("PUT", path(now.id), body, object))
        return Written(id=now.id, url=self._signal(done.get("incident")).url or now.url)

    async def link(self, signal_id: str, work: Work) -> Written:
        """PagerDuty's API takes no links to tickets, so it is a note with the address."""
        return await self.comment(signal_id, work_text(work))

    def named(self, address: str) -> str:
        """`https://acme.pagerduty.com/incidents/PT4KHLK`, `PT4KHLK` or `PD#1234`."""
        if "://" not in address:
            return address if _ID.fullmatch(address) or _NUMBER.fullmatch(address) else ""
        apart = taken_apart(address)
        if apart is None:
            return ""
        host, parts = apart
        if not (host.endswith(".pagerduty.com") or host == urlsplit(self._base).hostname):
            return ""
        before, _, after = parts.path.partition("/incidents/")
        found = after.partition("/")[0]
        plain = before in ("", "/") and found.isalnum() and found.isascii()
        return found if plain else ""

    async def health(self) -> Health:
        return await look(await self._client(), self.settings)

    async def close(self) -> None:
        if self._open is not None:
            await self._open.close()

    # -- inside: requests

    async def _client(self) -> Client:
        if self._open is None:
            token = await token_of(self.settings, self._environment, "PAGERDUTY_TOKEN")
            headers = {
                # The version is asked for by the vendor's type; whoever knows only plain JSON may send that.
                "Accept": "application/vnd.pagerduty+json;version=2, application/json",
                "Content-Type": "application/json",
            }
            if self.settings.email:
                headers["From"] = self.settings.email
            self._open = Client(
                f"PagerDuty ({self.name})", self._base, bearer(token, "Token token="), pace=PAGERDUTY, headers=headers
            )  # fmt: skip
        return self._open

    async def _writer(self) -> Client:
        """The client, where PagerDuty will accept a write: every one needs a person in `From`."""
        if not self.settings.email:
            raise ConfigError(
                f"Source {self.name}: no `email`",
                "PagerDuty wants to know who writes (the From header).",
                "Set `email` of this source to the address of your PagerDuty login.",
            )
        return await self._client()

    async def _backfill(self, standing: Standing) -> AsyncIterator[Batch]:
        """Open incidents, newest first. page: the `until` of the next page, so that a change shifts nothing."""
        client = await self._client()
        since = iso(now_us() - self._lookback_us)
        chosen = [*self.scope.statuses, *await self._chosen(client)]
        async for rows, page, cut in pages.windows(client, since, standing.page, chosen):
            signals = tuple(map(self._signal, rows))
            # Only the first page sets the mark: what changes while the others are read is still to come.
            seen = [moment(table(each).get("updated_at")) for each in rows] if not standing.newest_us else []
            newest = max([standing.newest_us, *seen])
            standing = replace(standing, newest_us=newest, taken=standing.taken + len(signals), page=page)
            enough = standing.done().write()
            after = standing.write() if page else enough
            yield Batch(signals, after, cut, enough=enough, note=self.scope.unknown)
            if not page:
                return

    async def _everything(self) -> AsyncGenerator[Page]:
        client = await self._client()
        since = iso(now_us() - self._lookback_us)
        async for rows, _, cut in pages.windows(client, since, "", await self._chosen(client)):
            yield tuple(map(self._signal, rows)), cut

    async def _changed(self, client: Client, ids: Sequence[str], since_us: int) -> tuple[Signal, ...]:
        """The named incidents as they are now: one by one, or from a listing where they are many."""
        found: dict[str, Signal] = {}
        if len(ids) > MOST_CHANGED:
            since = iso(min(since_us, now_us() - self._lookback_us))
            async for rows, _, _ in pages.windows(client, since, "", await self._chosen(client)):
                found |= {each.id: each for each in map(self._signal, rows) if each.id in ids}
                if len(found) == len(ids):
                    break
        for each in ids:
            raw = None if each in found else await pages.incident(client, each)
            if raw is not None:
                found[each] = self._signal(raw)
        return tuple(sorted(found.values(), key=lambda signal: -signal.last_seen_us))

    async def _snooze(self, client: Client, now: Signal, until_us: int) -> Written:
        wanted = max(1, (until_us - now_us()) // SECOND_US)
        duration = min(wanted, MOST_SNOOZE_S)
        await client.send("POST", path(now.id, "snooze"), {"duration": duration}, object)
        return Written(
            id=now.id, url=now.url, note="PagerDuty snoozes seven days at most" if duration < wanted else ""
        )

    async def _change(self, client: Client, deed: Deed) -> dict[str, object]:
        if deed.act == "acknowledge":
            return {"status": "acknowledged"}
        if deed.act == "resolve":
            return {"status": "resolved"}
        person = deed.assignee or await self._my_id(client)
        return {"assignments": [{"assignee": {"id": person, "type": "user_reference"}}]}

    async def _my_id(self, client: Client) -> str:
        try:
            me = table(table((await client.get("users/me", object)).value).get("user"))
        except SourceError as fault:
            raise SourceError(
                "PagerDuty does not say who you are",
                fault.detail,
                "Use a personal (user) key, or name the assignee by its PagerDuty id.",
            ) from None
        return first_text(me, "id")

    async def _chosen(self, client: Client) -> Query:
        """Query parameters for the configured services, teams and urgencies; names are asked for once."""
        if self._services is None:
            named = await pages.services_named(client, self.scope.service_names, self.name)
            self._services = (*self.scope.service_ids, *named)
        services = [("service_ids[]", each) for each in self._services]
        return [*services, *self.scope.teams, *self.scope.urgencies]

    def _signal(self, raw: object) -> Signal:
        return signal_of(raw, source=self.name, service=self.settings.service, me=self.me)

    def _concerns_us(self, signal: Signal, since_us: int) -> bool:
        """Of the configured services; and not one that came and went between two looks."""
        service_id = dict(signal.tags).get("service_id", "")
        here = not self._services or service_id in self._services
        return here and (
            signal.status != "resolved" or signal.first_seen_us <= since_us or self.scope.resolved
        )


def _plain(signal_id: str) -> str:
    """The number of `PD#1234`, by which PagerDuty finds an incident too."""
    return signal_id.removeprefix("PD#")
