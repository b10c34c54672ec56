"""The Bugsink source: issues per project, events in the SDKs' own shapes, comments and state back.

Source: Bugsink 2.6's canonical API (api/canonical/0, its own OpenAPI description). It lists issues of one
project a call, has no search, and tells release, environment and tags only inside events.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import msgspec

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Deploy, Release, Signal, Work
from rootcase.core.safety.text import clean
from rootcase.core.signals.bugsink_acts import ISSUES, OPPOSITES, act
from rootcase.core.signals.bugsink_health import health_of
from rootcase.core.signals.bugsink_projects import cursor_in, name_of, projects_of
from rootcase.core.signals.bugsink_samples import samples
from rootcase.core.signals.bugsink_wire import API, Listed, WireIssue, release_of, signal_of
from rootcase.core.signals.client import Client
from rootcase.core.signals.credentials import bearer
from rootcase.core.signals.facets import with_samples
from rootcase.core.signals.faults import NotFound, WrongShape
from rootcase.core.signals.loose import decode, first_text, table
from rootcase.core.signals.marks import Marks
from rootcase.core.signals.origin import path_of
from rootcase.core.signals.projects import walk_projects
from rootcase.core.signals.protocol import Act, Batch, Deed, Health, Written
from rootcase.core.signals.shown import link_text
from rootcase.core.signals.terms import Terms, state_terms
from rootcase.core.signals.token import token_of
from rootcase.core.signals.walk import Limits, Page

SAMPLES = 10
# A first listing looks at fewer events of each issue: every event is a request.
FIRST_SAMPLES = 3
CHUNK = 20
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_FRIENDLY = re.compile(r"[A-Z0-9][A-Z0-9-]{0,60}-[0-9]{1,9}")


class BugsinkSource:
    """The projects of one Bugsink server that the token can see, or the configured ones of them."""

    acts: frozenset[Act] = frozenset(OPPOSITES)
    takes_notes = True

    def __init__(
        self, settings: SourceSettings, environment: Mapping[str, str], *, me: Sequence[str] = ()
    ) -> None:
        self.name = settings.label
        self.settings = settings
        self.terms = state_terms(settings.query)
        self._environment = environment
        self._base = re.sub(r"/api(/canonical(/0)?)?/?$", "", settings.url.rstrip("/"))
        self._open: Client | None = None
        self._names: dict[str, str] = {}
        self._samples: dict[str, tuple[Event, ...]] = {}
        if not settings.url:
            raise ConfigError(
                f"Source {self.name}: no address",
                "Bugsink runs on your own server.",
                "Set `url` to https://HOST.",
            )

    async def list(self, cursor: str = "") -> AsyncIterator[Batch]:
        """Issues by last seen, newest first, project by project."""
        client = await self._client()
        marks = Marks.read(cursor)
        projects = await self._projects(client, marks.names)
        marks = msgspec.structs.replace(marks, names=dict(self._names))
        limits = Limits(self._wanted, self.settings.period, self.settings.backfill, self.name)

        async def read(project: str, page: str) -> Page:
            return await self._page(client, project, page)

        note = _note(self.terms, self.settings.environments)
        async for step in walk_projects(projects, read, marks, limits):
            most = FIRST_SAMPLES if step.first else SAMPLES
            chunks = [step.fresh[at : at + CHUNK] for at in range(0, len(step.fresh), CHUNK)] or [()]
            for chunk in chunks:
                whole = chunk is chunks[-1]
                signals, self._samples = await self._close_looks(client, chunk, most)
                after = step.after if whole else step.before
                told = step if whole else replace(step, partial="", limited="")
                yield Batch(signals, after, told.partial, limited=told.limited, note=note)
                note = ""

    async def signal(self, signal_id: str) -> Signal | None:
        """One issue by its id or its short id (`SHOP-7`), with what its newest events tell."""
        client = await self._client()
        try:
            answer = await client.get(f"{ISSUES}/{path_of(signal_id)}/", WireIssue)
        except NotFound:
            return None
        project = str(answer.value.project)
        if project not in self._names:
            self._names[project] = await name_of(client, project)
        (signals, _) = await self._close_looks(client, (self._signal(answer.value),), SAMPLES)
        return signals[0]

    async def events(self, signal: Signal, limit: int = 10) -> tuple[Event, ...]:
        """The newest event, then others from all along what Bugsink has kept."""
        known = self._samples.pop(signal.id, None)
        if known is not None:
            return known[:limit]
        return await samples(await self._client(), signal.id, limit)

    async def releases(self) -> tuple[Release, ...]:
        client = await self._client()
        found: list[Release] = []
        for project in await self._projects(client, self._names):
            listed = (await client.get(f"{API}/releases/", Listed, [("project", project)])).value.results
            raws = [decode(bytes(raw)) for raw in listed]
            older = [first_text(table(raw), "version") for raw in raws[1:]] + [""]
            found += [release_of(raw, previous) for raw, previous in zip(raws, older, strict=False)]
        return tuple(sorted(found, key=lambda release: -release.created_us))

    async def deploys(self, releases: Sequence[Release] = ()) -> tuple[Deploy, ...]:
        """None: Bugsink keeps no deploys."""
        return ()

    async def comment(self, signal_id: str, text: str) -> Written:
        """A comment on the issue. Bugsink's API shows no comments, so a repeat cannot be recognised there."""
        client = await self._client()
        made = await client.send(
            "POST", f"{API}/issue-comments/", {"issue": signal_id, "comment": text}, object
        )
        return Written(id=first_text(table(made), "id"))

    async def act(self, signal_id: str, deed: Deed) -> Written:
        client = await self._client()
        issue = (await client.get(f"{ISSUES}/{path_of(signal_id)}/", WireIssue)).value
        return await act(client, self.name, issue, deed)

    async def link(self, signal_id: str, work: Work) -> Written:
        """As a comment: Bugsink has no links to tickets or pull requests."""
        return await self.comment(signal_id, link_text(work))

    async def reconcile(self, known: Sequence[str]) -> AsyncIterator[Batch]:
        """All issues of the projects, 250 a request; what is not among them is looked at, then gone."""
        client = await self._client()
        left = dict.fromkeys(known)
        for project in await self._projects(client, self._names):
            page, asked = "", {""}
            while left:
                got = await self._page(client, project, page)
                mine = tuple(signal for signal in got.signals if signal.id in left)
                for signal in mine:
                    del left[signal.id]
                if mine or got.broken:
                    yield Batch(mine, "", got.broken)
                page = got.next
                if page in asked:
                    break
                asked.add(page)
        looked = [(each, await self._look(client, each)) for each in left]
        found = tuple(signal for _, signal in looked if signal is not None)
        yield Batch(found, "", gone=tuple(each for each, signal in looked if signal is None))

    def named(self, address: str) -> str:
        """The issue id in a web address at this server; a bare id or short id as it is."""
        given = address.strip()
        if _UUID.fullmatch(given) or _FRIENDLY.fullmatch(given):
            return given
        parts, home = urlsplit(given), urlsplit(self._base)
        if (parts.scheme, parts.netloc.lower()) != (home.scheme, home.netloc.lower()):
            return ""
        found = re.match(re.escape(home.path) + r"/issues/issue/(" + _UUID.pattern + r")(/|$)", parts.path)
        return found[1] if found else ""

    async def health(self) -> Health:
        """Whether each right that we use is there; NotFound where the token sees no project."""
        client = await self._client()
        projects = await self._projects(client, {})
        if not projects:
            raise NotFound(
                f"Bugsink ({self.name}) shows no project", "The token sees none.", "Give it projects:read."
            )
        return await health_of(client, projects[0], self.terms)

    async def close(self) -> None:
        if self._open is not None:
            await self._open.close()

    # -- inside

    async def _client(self) -> Client:
        if self._open is None:
            token = await token_of(self.settings, self._environment, "BUGSINK_TOKEN")
            self._open = Client(f"Bugsink ({self.name})", self._base, bearer(token))
        return self._open

    async def _projects(self, client: Client, known: Mapping[str, str]) -> tuple[str, ...]:
        found = await projects_of(client, self.name, self.settings.projects, known)
        self._names = dict(found.names)
        return found.ids

    async def _page(self, client: Client, project: str, page: str) -> Page:
        query = [("project", project), ("sort", "last_seen"), ("order", "desc")]
        listed = (await client.get(f"{ISSUES}/", Listed, [*query, ("cursor", page)] if page else query)).value
        found: list[Signal] = []
        faults: list[str] = []
        for raw in listed.results:
            try:
                found.append(self._signal(msgspec.json.decode(raw, type=WireIssue)))
            except msgspec.DecodeError as error:
                faults.append(clean(str(error), limit=120))
        if listed.results and not found:
            raise WrongShape(
                f"Bugsink ({self.name}) answered in a shape that is not understood",
                f"issues: {faults[0]}",
                "A newer or older version of Bugsink may answer differently; please report this text.",
            )
        broken = (
            f"{len(faults)} of {len(listed.results)} issues could not be read: {faults[0]}" if faults else ""
        )
        return Page(tuple(found), cursor_in(listed.next), broken)

    def _signal(self, issue: WireIssue) -> Signal:
        project = self._names.get(str(issue.project), "") or str(issue.project or "")
        return signal_of(
            issue, source=self.name, service=self.settings.service, project=project, base=self._base
        )

    def _wanted(self, signal: Signal) -> bool:
        return not self.terms.states or signal.status in self.terms.states

    async def _look(self, client: Client, signal_id: str) -> Signal | None:
        try:
            return self._signal((await client.get(f"{ISSUES}/{path_of(signal_id)}/", WireIssue)).value)
        except NotFound:
            return None

    async def _close_looks(
        self, client: Client, signals: Sequence[Signal], most: int
    ) -> tuple[tuple[Signal, ...], dict[str, tuple[Event, ...]]]:
        """Signals with what stands in their events, and the events, which are asked for next."""
        sampled = await asyncio.gather(*(samples(client, each.id, most) for each in signals))
        full = tuple(with_samples(s, e) for s, e in zip(signals, sampled, strict=True))
        return full, {signal.id: events for signal, events in zip(signals, sampled, strict=True)}


def _note(terms: Terms, environments: Sequence[str]) -> str:
    cannot = "Bugsink cannot list by environment; all of them are listed" if environments else ""
    return "; ".join(part for part in (terms.said("Bugsink"), cannot) if part)
