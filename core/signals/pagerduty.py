"""The PagerDuty source: incidents with their alerts in; notes, acknowledgement, snooze and resolution back."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote, urlsplit

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError, SourceError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Deploy, Release, Signal, Work
from rootcase.core.signals.addresses import joined
from rootcase.core.signals.client import Client, Query
from rootcase.core.signals.faults import Forbidden, NotFound
from rootcase.core.signals.lookback import OVERLAP_US, SECOND_US, iso, lookback_us, now_us
from rootcase.core.signals.loose import first_text, items, moment, table
from rootcase.core.signals.pagerduty_health import look
from rootcase.core.signals.pagerduty_query import Scope, scope_of
from rootcase.core.signals.pagerduty_wire import (
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

PAGE = 100
# PagerDuty answers no page beyond offset + limit = 10,000 (developer.pagerduty.com, pagination).
MOST_OFFSET = 10_000
MOST_PAGES = 200
# A listing may not reach further than six months (contract, /incidents `since`).
MOST_LOOKBACK_US = 180 * 86_400 * SECOND_US
MOST_SNOOZE_S = 604_800
# Incidents looked at one by one in a sync; beyond it a listing is cheaper.
MOST_CHANGED = 20
_ID = re.compile(r"[PQR](?=[A-Z0-9]*\d)[A-Z0-9]{6,13}")


class PagerDutySource:
    """The incidents of one account, of the configured services where `projects` names some."""

    acts: frozenset[Act] = frozenset(("acknowledge", "resolve", "snooze", "assign"))

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
        since = standing.since_us - OVERLAP_US
        entries, cut = await self._log_since(client, since)
        newest = max([standing.since_us, *(moment(table(each).get("created_at")) for each in entries)])
        fresh = [each for each in entries if moment(table(each).get("created_at")) > standing.since_us]
        ids = dict.fromkeys(first_text(table(table(each).get("incident")), "id") for each in fresh)
        found = await self._changed(client, [each for each in ids if each], since)
        told = tuple(each for each in found if self._concerns_us(each, standing.since_us))
        partial = "; ".join(part for part in (self.scope.unknown, cut) if part)
        yield Batch(told, Standing(since_us=newest).write(), partial)

    async def signal(self, signal_id: str) -> Signal | None:
        """One incident with the links and keys of its alerts. signal_id: its id or its number."""
        client = await self._client()
        query = [("include[]", "first_trigger_log_entries"), ("include[]", "custom_fields")]
        try:
            answer = await client.get(_path(signal_id.lstrip("#")), object, query)
        except NotFound:
            return None
        signal = self._signal(table(answer.value).get("incident"))
        alerts = await self._alerts(client, signal.id, PAGE)
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
        alerts = await self._alerts(client, signal.id, min(limit, PAGE))
        if alerts:
            return tuple(alert_event(each, signal) for each in alerts[:limit])
        query = [("limit", str(PAGE)), ("include[]", "channels")]
        answer = await client.get(_path(signal.id, "log_entries"), object, query)
        entries = items(table(answer.value).get("log_entries"))
        triggers = [each for each in entries if first_text(table(each), "type") == "trigger_log_entry"]
        return (entry_event((triggers or [{}])[0], signal),)

    async def releases(self) -> tuple[Release, ...]:
        """PagerDuty knows no releases; what was put out is in `deploys`."""
        return ()

    async def deploys(self, releases: Sequence[Release] = ()) -> tuple[Deploy, ...]:
        """Change events that tell of a deploy, newest first."""
        client = await self._client()
        query = [("limit", str(PAGE)), ("since", iso(now_us() - min(self._lookback_us, MOST_LOOKBACK_US)))]
        answer = await client.get("change_events", object, [*query, *self.scope.teams])
        changes = items(table(answer.value).get("change_events"))
        services = await self._service_ids(client)
        ours = [each for each in changes if not services or set(services) & set(service_ids_of(each))]
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
        notes = await client.get(_path(signal_id, "notes"), object)
        for note in map(table, items(table(notes.value).get("notes"))):
            if same_text(note.get("content"), text):
                return Written(id=first_text(note, "id"), already=True)
        body = {"note": {"content": text}}
        made = table(table(await client.send("POST", _path(signal_id, "notes"), body, object)).get("note"))
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
        answer = table((await client.get(_path(signal_id), object)).value)
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
        done = table(await client.send("PUT", _path(now.id), body, object))
        return Written(id=now.id, url=self._signal(done.get("incident")).url or now.url)

    async def link(self, signal_id: str, work: Work) -> Written:
        """PagerDuty's API takes no links to tickets, so it is a note with the address."""
        return await self.comment(signal_id, work_text(work))

    def named(self, address: str) -> str:
        """`https://acme.pagerduty.com/incidents/PT4KHLK` or `PT4KHLK`."""
        if "://" not in address:
            return address if _ID.fullmatch(address) else ""
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
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
                "Authorization": f"Token token={token}",
                # The vendor type alone is refused by servers that know no other JSON (see NOTES of the API).
                "Accept": "application/vnd.pagerduty+json;version=2, application/json",
                "Content-Type": "application/json",
            }
            if self.settings.email:
                headers["From"] = self.settings.email
            self._open = Client(f"PagerDuty ({self.name})", self._base, headers)
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
        async for rows, page, cut in self._windows(client, since, standing.page, self.scope.statuses):
            signals = tuple(map(self._signal, rows))
            seen = [moment(table(each).get("updated_at")) for each in rows]
            newest = max([standing.newest_us, *seen, *(each.first_seen_us for each in signals)])
            standing = replace(standing, newest_us=newest, taken=standing.taken + len(signals), page=page)
            if page and standing.taken >= self.settings.backfill:
                cut = f"the first sync stopped after {standing.taken} incidents; older ones are not read"
                page = ""
            partial = "; ".join(part for part in (self.scope.unknown, cut) if part)
            yield Batch(signals, (standing if page else standing.done()).write(), partial)
            if not page:
                return

    async def _everything(self) -> AsyncGenerator[Page]:
        client = await self._client()
        since = iso(now_us() - self._lookback_us)
        async for rows, _, cut in self._windows(client, since, "", ()):
            yield tuple(map(self._signal, rows)), cut

    async def _windows(
        self, client: Client, since: str, until: str, statuses: Query
    ) -> AsyncIterator[tuple[Sequence[object], str, str]]:
        """Pages of incidents by creation, newest first, as (rows, next `until` or "", what was cut)."""
        seen: set[str] = set()
        services = [("service_ids[]", each) for each in await self._service_ids(client)]
        fixed = [("sort_by", "created_at:desc"), ("limit", str(PAGE)), ("since", since), *statuses]
        fixed += [("include[]", "first_trigger_log_entries"), *services, *self.scope.teams, *self.scope.urgencies]
        offset = 0
        for number in range(MOST_PAGES):
            query = [*fixed, ("offset", str(offset)), *([("until", until)] if until else [])]
            answer = table((await client.get("incidents", object, query)).value)
            rows = items(answer.get("incidents"))
            new = [each for each in rows if first_text(table(each), "id") not in seen]
            seen = {first_text(table(each), "id") for each in rows}
            if answer.get("more") is not True or not rows:
                yield new, "", ""
                return
            # A second later than the oldest one: its neighbours of the same second come again, and are dropped.
            oldest = iso(moment(table(rows[-1]).get("created_at")) + SECOND_US)
            offset = offset + PAGE if oldest == until else 0
            until = oldest
            if offset + PAGE > MOST_OFFSET:
                yield new, "", f"PagerDuty shows only {MOST_OFFSET:,} incidents at once; older ones are missing"
                return
            if number + 1 == MOST_PAGES:
                yield new, "", f"stopped after {MOST_PAGES} pages; older incidents are missing"
                return
            yield new, until, ""

    async def _log_since(self, client: Client, since_us: int) -> tuple[Sequence[object], str]:
        """The account's log since a moment, at most 10,000 entries of it."""
        found: list[object] = []
        for offset in range(0, MOST_OFFSET, PAGE):
            query = [("since", iso(since_us)), ("limit", str(PAGE)), ("offset", str(offset))]
            query += [("is_overview", "true"), *self.scope.teams]
            answer = table((await client.get("log_entries", object, query)).value)
            found += items(answer.get("log_entries"))
            if answer.get("more") is not True:
                return found, ""
        return found, f"PagerDuty shows only {MOST_OFFSET:,} log entries; older changes are missing"

    async def _changed(self, client: Client, ids: Sequence[str], since_us: int) -> list[Signal]:
        """The named incidents as they are now: one by one, or from a listing where they are many."""
        found: dict[str, Signal] = {}
        if len(ids) > MOST_CHANGED:
            async for rows, _, _ in self._windows(client, iso(min(since_us, now_us() - self._lookback_us)), "", ()):
                found |= {s.id: s for s in map(self._signal, rows) if s.id in ids}
                if len(found) == len(ids):
                    break
        query = [("include[]", "first_trigger_log_entries"), ("include[]", "custom_fields")]
        for each in ids:
            if each in found:
                continue
            try:
                answer = await client.get(_path(each), object, query)
            except NotFound:
                continue  # deleted since; `reconcile` tells so
            found[each] = self._signal(table(answer.value).get("incident"))
        return sorted(found.values(), key=lambda signal: -signal.last_seen_us)

    async def _alerts(self, client: Client, incident: str, limit: int) -> Sequence[object]:
        query = [("limit", str(limit)), ("sort_by", "created_at:desc")]
        try:
            answer = await client.get(_path(incident, "alerts"), object, query)
        except (NotFound, Forbidden):
            return ()  # accounts without alerts have no such page; the incident itself was readable
        return items(table(answer.value).get("alerts"))

    async def _snooze(self, client: Client, now: Signal, until_us: int) -> Written:
        duration = min(max(1, (until_us - now_us()) // SECOND_US), MOST_SNOOZE_S)
        await client.send("POST", _path(now.id, "snooze"), {"duration": duration}, object)
        return Written(id=now.id, url=now.url)

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

    async def _service_ids(self, client: Client) -> tuple[str, ...]:
        """Ids of the configured services; those given by name are asked for once."""
        return await self.scope.services(client)

    def _signal(self, raw: object) -> Signal:
        return signal_of(raw, source=self.name, service=self.settings.service, me=self.me)

    def _concerns_us(self, signal: Signal, since_us: int) -> bool:
        """Of the configured services; and not one that came and went between two looks."""
        service_id = dict(signal.tags).get("service_id", "")
        here = not self.scope.known_ids or service_id in self.scope.known_ids
        return here and (signal.status != "resolved" or signal.first_seen_us < since_us or self.scope.resolved)


def _path(*parts: str) -> str:
    return "incidents/" + "/".join(quote(part, safe="") for part in parts)
