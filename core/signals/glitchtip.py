"""The GlitchTip source: Sentry's shapes on routes of its own; issues, events and releases in, comments and status back.

Source: answers of a GlitchTip backend after 5.1.0 and its route definitions (glitchtip/glitchtip-backend).
Unknown paths answer 200 with the web app's page, the `Link` header stands in {'…'}, unknown parameters and
search terms are ignored without a word.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import msgspec

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError, SourceError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Deploy, Release, Signal, Work
from rootcase.core.safety.text import clean
from rootcase.core.signals.client import Client
from rootcase.core.signals.credentials import bearer
from rootcase.core.signals.facets import with_samples
from rootcase.core.signals.faults import NotFound, NotJson, WrongShape
from rootcase.core.signals.glitchtip_health import health_of
from rootcase.core.signals.glitchtip_wire import issue_event, issue_signal, release_of, with_stats, with_tags
from rootcase.core.signals.loose import first_text, items, table
from rootcase.core.signals.marks import Marks
from rootcase.core.signals.origin import path_of
from rootcase.core.signals.projects import walk_projects
from rootcase.core.signals.protocol import Act, Batch, Deed, Health, Written
from rootcase.core.signals.shown import link_text
from rootcase.core.signals.terms import glitchtip_terms
from rootcase.core.signals.token import token_of
from rootcase.core.signals.walk import Limits, Page

PAGE = 100
SAMPLES = 10
CHUNK = 20
STATUS: Mapping[Act, str] = {
    "resolve": "resolved", "reopen": "unresolved", "snooze": "ignored", "unsnooze": "unresolved",
}  # fmt: skip
_ADDRESS = re.compile(r"/issues/([0-9]{1,18})(?:/|$)")


class GlitchtipSource:
    """One organization at GlitchTip, hosted or one's own."""

    acts: frozenset[Act] = frozenset(STATUS)
    takes_notes = True

    def __init__(
        self, settings: SourceSettings, environment: Mapping[str, str], *, me: Sequence[str] = ()
    ) -> None:
        self.name = settings.label
        self.settings = settings
        self.me = tuple(me)
        self.terms = glitchtip_terms(settings.query)
        self._environment = environment
        self._base = re.sub(r"/api(/0)?/?$", "", (settings.url or "https://app.glitchtip.com").rstrip("/"))
        self._open: Client | None = None
        self._samples: dict[str, tuple[Event, ...]] = {}
        if not settings.organization:
            raise ConfigError(
                f"Source {self.name}: no organization",
                f"{self._base} does not name one.",
                "Set `organization` to the slug in GlitchTip's addresses (https://HOST/SLUG/issues).",
            )

    async def list(self, cursor: str = "") -> AsyncIterator[Batch]:
        """Issues by last seen, newest first, of the organization or of each configured project."""
        client = await self._client()
        limits = Limits(lambda _: True, self.settings.period, self.settings.backfill, self.name)

        async def read(project: str, page: str) -> Page:
            return await self._page(client, project, page)

        note = self.terms.said("GlitchTip")
        async for step in walk_projects(self.settings.projects or ("",), read, Marks.read(cursor), limits):
            chunks = [step.fresh[at : at + CHUNK] for at in range(0, len(step.fresh), CHUNK)] or [()]
            for chunk in chunks:
                signals = await self._close_looks(client, chunk)
                whole = chunk is chunks[-1]
                after = step.after if whole else step.before
                told = step if whole else replace(step, partial="", limited="")
                yield Batch(signals, after, told.partial, limited=told.limited, note=note)
                note = ""

    async def signal(self, signal_id: str) -> Signal | None:
        client = await self._client()
        if not signal_id.isascii() or not signal_id.isdigit():
            return None
        try:
            answer = await client.get(f"api/0/issues/{path_of(signal_id)}/", object)
        except NotFound:
            return None
        (signal,), _ = self._signals([answer.value])
        (found,) = await self._close_looks(client, (signal,))
        self._samples = {}  # a look at one issue is not followed by its events at once
        return found

    async def events(self, signal: Signal, limit: int = 10) -> tuple[Event, ...]:
        """The newest events with everything in them, in one request."""
        known = self._samples.pop(signal.id, None)
        if known is not None:
            return known[:limit]
        return await self._events(await self._client(), signal, limit)

    async def releases(self) -> tuple[Release, ...]:
        client = await self._client()
        answer = await client.get(f"{self._organization}/releases/", object, [("limit", str(PAGE))])
        raws = [raw for raw in items(answer.value) if first_text(table(raw), "version")]
        older = [first_text(table(raw), "version") for raw in raws[1:]] + [""]
        return tuple(release_of(raw, previous) for raw, previous in zip(raws, older, strict=False))

    async def deploys(self, releases: Sequence[Release] = ()) -> tuple[Deploy, ...]:
        """None: GlitchTip keeps no deploys."""
        return ()

    async def comment(self, signal_id: str, text: str) -> Written:
        """A comment on the issue, unless one with the same text is there."""
        client = await self._client()
        path = f"api/0/issues/{path_of(signal_id)}/comments/"
        for note in map(table, items((await client.get(path, object, [("limit", str(PAGE))])).value)):
            if clean(first_text(table(note.get("data")), "text", limit=100_000)) == clean(text):
                return Written(id=first_text(note, "id"), already=True)
        made = table(await client.send("POST", path, {"data": {"text": text}}, object))
        return Written(id=first_text(made, "id"))

    async def act(self, signal_id: str, deed: Deed) -> Written:
        """Set the status. What GlitchTip has no word for (an end of a snooze, a release) is in `note`."""
        if deed.act not in STATUS:
            raise SourceError(
                f"GlitchTip ({self.name}) cannot {deed.act}", "It has no such thing.", "Do it there."
            )
        client = await self._client()
        path = f"api/0/issues/{path_of(signal_id)}/"
        wanted = STATUS[deed.act]
        if first_text(table((await client.get(path, object)).value), "status") == wanted:
            return Written(id=signal_id, already=True)
        answer = table(await client.send("PUT", path, {"status": wanted}, object))
        if first_text(answer, "status") != wanted:
            raise SourceError(
                f"GlitchTip ({self.name}) did not take the change",
                f"It answers with the status {first_text(answer, 'status')!r}.",
                "Look at the issue there.",
            )
        return Written(id=signal_id, note=_not_taken(deed))

    async def link(self, signal_id: str, work: Work) -> Written:
        """As a comment: GlitchTip has no links to tickets or pull requests."""
        return await self.comment(signal_id, link_text(work))

    async def reconcile(self, known: Sequence[str]) -> AsyncIterator[Batch]:
        """A hundred issues a request, by their ids and whatever their status; what is missing is gone."""
        client = await self._client()
        ids = [each for each in known if each.isascii() and each.isdigit()]
        for start in range(0, len(ids), PAGE):
            asked = ids[start : start + PAGE]
            query = [("query", ""), ("limit", str(PAGE)), *(("id", each) for each in asked)]
            answer = await client.get(f"{self._organization}/issues/", object, query)
            signals, broken = self._signals(answer.value)
            if any(signal.id not in asked for signal in signals):
                raise SourceError(
                    f"GlitchTip ({self.name}) cannot be asked for single issues",
                    "It ignored the ids and listed others, as versions before 4.0 do.",
                    "Update GlitchTip; until then, what is deleted there stays here.",
                )
            there = {signal.id for signal in signals}
            gone = () if broken else tuple(each for each in asked if each not in there)
            yield Batch(signals, "", broken, gone=gone)

    def named(self, address: str) -> str:
        """The issue number in a web address at this server; a bare number is taken as one."""
        given = address.strip()
        if given.isascii() and given.isdigit() and len(given) <= 18:
            return given
        parts, home = urlsplit(given), urlsplit(self._base)
        if (parts.scheme, parts.netloc.lower()) != (home.scheme, home.netloc.lower()):
            return ""
        found = _ADDRESS.search(parts.path)
        return found[1] if found and parts.path.startswith(home.path) else ""

    async def health(self) -> Health:
        """Version, account and scopes from the API's root, and whether the organization can be seen."""
        client = await self._client()
        return await health_of(client, self.name, self._organization, self.terms)

    async def close(self) -> None:
        if self._open is not None:
            await self._open.close()

    # -- inside

    @property
    def _organization(self) -> str:
        return f"api/0/organizations/{path_of(self.settings.organization)}"

    async def _client(self) -> Client:
        if self._open is None:
            token = await token_of(self.settings, self._environment, "GLITCHTIP_AUTH_TOKEN")
            self._open = Client(f"GlitchTip ({self.name})", self._base, bearer(token))
        return self._open

    async def _page(self, client: Client, project: str, page: str) -> Page:
        """One page. A project by its slug has a route of its own; by its number it is a filter."""
        query = [("query", self.terms.query), ("sort", "-last_seen"), ("limit", str(PAGE))]
        query += [("environment", each) for each in self.settings.environments]
        path = f"{self._organization}/issues/"
        if project.isdigit():
            query.append(("project", project))
        elif project:
            path = f"api/0/projects/{path_of(self.settings.organization, project)}/issues/"
        answer = await client.get(path, object, [*query, ("cursor", page)] if page else query)
        signals, broken = self._signals(answer.value)
        return Page(signals, (parse_qs(urlsplit(answer.next_url).query).get("cursor") or [""])[0], broken)

    def _signals(self, raw: object) -> tuple[tuple[Signal, ...], str]:
        """Signals of a page, and what could not be read of it: one odd issue does not hide the others."""
        found: list[Signal] = []
        faults: list[str] = []
        rows = items(raw)
        for row in rows:
            try:
                found.append(self._signal(row))
            except msgspec.ValidationError as error:
                faults.append(clean(str(error), limit=120))
        if not isinstance(raw, list) or (rows and not found):
            raise WrongShape(
                f"GlitchTip ({self.name}) answered in a shape that is not understood",
                f"issues: {faults[0] if faults else 'no list'}",
                "A newer or older version of GlitchTip may answer differently; please report this text.",
            )
        broken = f"{len(faults)} of {len(rows)} issues could not be read: {faults[0]}" if faults else ""
        return tuple(found), broken

    def _signal(self, raw: object) -> Signal:
        signal = issue_signal(raw, source=self.name, service=self.settings.service, me=self.me)
        only = self.settings.environments[0] if len(self.settings.environments) == 1 else ""
        return replace(signal, environment=only)

    async def _close_looks(self, client: Client, signals: Sequence[Signal]) -> tuple[Signal, ...]:
        """What a list does not tell: tags with their counts, trend, and what stands in the events.

        The events are kept for `events`, which is asked for them next.
        """
        if not signals:
            return ()
        stats = await self._stats(client, [signal.id for signal in signals])
        looks = await asyncio.gather(*(self._close_look(client, signal) for signal in signals))
        self._samples = {signal.id: events for signal, events in looks}
        full = [with_samples(signal, events) for signal, events in looks]
        return tuple(with_stats(signal, stats.get(signal.id, {})) for signal in full)

    async def _close_look(self, client: Client, signal: Signal) -> tuple[Signal, tuple[Event, ...]]:
        try:
            events = await self._events(client, signal, SAMPLES)
            answer = await client.get(f"api/0/issues/{path_of(signal.id)}/tags/", object)
        except (NotFound, NotJson):
            return signal, ()  # deleted meanwhile, or an older version
        return with_tags(signal, answer.value), events

    async def _events(self, client: Client, signal: Signal, limit: int) -> tuple[Event, ...]:
        most = str(max(1, min(limit, PAGE)))
        answer = await client.get(f"api/0/issues/{path_of(signal.id)}/events/", object, [("limit", most)])
        return tuple(issue_event(raw, signal) for raw in items(answer.value)[:limit])

    async def _stats(self, client: Client, ids: Sequence[str]) -> dict[str, Mapping[str, object]]:
        query = [("statsPeriod", "24h"), *(("groups", each) for each in ids)]
        try:
            answer = await client.get(f"{self._organization}/issues-stats/", object, query)
        except (NotFound, NotJson):
            return {}  # older versions have no such route
        return {first_text(row, "id"): row for row in map(table, items(answer.value))}


def _not_taken(deed: Deed) -> str:
    if deed.act == "snooze" and deed.until_us:
        return "GlitchTip knows no end of ignoring: it stays ignored until somebody opens it again"
    if deed.act == "resolve" and deed.release:
        return (
            f"GlitchTip does not keep the release {clean(deed.release, limit=80)}; the issue is just resolved"
        )
    return ""
