"""The Dynatrace source: problems with their root cause and evidence in; comments and closing back."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError, SourceError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Deploy, Release, Signal, Work
from rootcase.core.signals.client import Client
from rootcase.core.signals.credentials import bearer
from rootcase.core.signals.dynatrace_pages import DISPLAY_ID, one_problem, path, problem_pages, with_owners
from rootcase.core.signals.dynatrace_selector import criterion, selector
from rootcase.core.signals.dynatrace_wire import (
    changed_us,
    deploy_of,
    event_of,
    release_of,
    signal_of,
    state_mark,
)
from rootcase.core.signals.faults import NotFound
from rootcase.core.signals.links import taken_apart
from rootcase.core.signals.lookback import OVERLAP_US, lookback_us, millis, now_us
from rootcase.core.signals.loose import first_text, items, table
from rootcase.core.signals.pace import DYNATRACE
from rootcase.core.signals.probing import Probe, probed
from rootcase.core.signals.protocol import Act, Batch, Deed, Health, Written
from rootcase.core.signals.reconciling import Page, settle
from rootcase.core.signals.standing import Standing
from rootcase.core.signals.token import token_of
from rootcase.core.signals.writing import same_text, work_text

KEPT = 200
# The one type of body that its description has.
JSON = {"Content-Type": "application/json; charset=utf-8"}
MOST_COMMENTS = 500
# Shorter ones would be the keys of a tracker's project P.
_SAID_ID = re.compile(r"P-\d{4,15}")
_PROBLEM_ID = re.compile(r"-?\d{1,25}_\d{10,16}V2")


class DynatraceSource:
    """The problems of one environment, of the management zones in `projects` where it names some."""

    acts: frozenset[Act] = frozenset(("resolve",))
    takes_notes = True

    def __init__(
        self, settings: SourceSettings, environment: Mapping[str, str], *, me: Sequence[str] = ()
    ) -> None:
        self.name = settings.label
        self.settings = settings
        self._environment = environment
        base = re.sub(r"/api(/v2)?$", "", settings.url.rstrip("/"))
        if not base:
            raise ConfigError(
                f"Source {self.name}: no `url`",
                "Every Dynatrace environment has an address of its own.",
                "Set `url` to https://ENVIRONMENT.live.dynatrace.com or https://DOMAIN/e/ENVIRONMENT.",
            )
        self.web = base
        self._base = f"{base}/api/v2"
        self._open: Client | None = None
        self._lookback_us = lookback_us(settings.period, self.name)
        self._known: dict[str, Mapping[str, object]] = {}

    # -- reading

    async def list(self, cursor: str = "") -> AsyncIterator[Batch]:
        """Problems that were open at some time since the last look, newest first; those as before are left out."""
        standing = start_again = Standing.read(cursor)
        first = standing.first
        client = await self._client()
        since = now_us() - self._lookback_us if first else standing.since_us - OVERLAP_US
        marks: tuple[str, ...] = ()
        note = self._unused()
        page_key = standing.page if first else ""
        async for page in problem_pages(client, since, page_key, self._selector(first)):
            marks = (*marks, *map(state_mark, page.problems))
            new = [
                each
                for each in page.problems
                if first or not start_again.unchanged(state_mark(each), changed_us(each))
            ]
            signals = tuple(self._kept(each) for each in new)
            # Only the first page sets the mark: what changes while the others are read is still to come.
            newest = standing.newest_us or max([standing.since_us, *map(changed_us, page.problems)])
            standing = replace(standing, newest_us=newest, taken=standing.taken + len(signals))
            key, cut = page.key, page.cut
            # There is no leaving out: whatever is still open comes again with every listing.
            after = standing.done(marks) if not key else replace(standing, page=key) if first else start_again
            told = tuple(each for each in signals if first or self._was_open(each, start_again.since_us))
            yield Batch(told, after.write(), cut, total=page.total, note=note)
            note = ""
            if not key:
                return

    async def signal(self, signal_id: str) -> Signal | None:
        """One problem with who owns its cause, by its id or by the number people say (`P-2311234`)."""
        client = await self._client()
        problem = await one_problem(client, signal_id, self._from())
        return None if problem is None else await with_owners(client, self._kept(problem))

    async def events(self, signal: Signal, limit: int = 10) -> tuple[Event, ...]:
        """The problem itself: it has no occurrences, and no stack trace."""
        problem = self._known.pop(signal.id, None) or await one_problem(
            await self._client(), signal.id, self._from()
        )
        if problem is None:
            raise NotFound(
                f"Dynatrace ({self.name}): the problem is gone", signal.id, "It may be too old by now."
            )
        return (event_of(problem, signal),)

    async def releases(self) -> tuple[Release, ...]:
        """Versions that Dynatrace has seen running in the period, as it orders them: it tells no dates."""
        client = await self._client()
        answer = await client.get("releases", object, [("from", self._from()), ("pageSize", "1000")])
        rows = [release_of(each) for each in items(table(answer.value).get("releases"))]
        return tuple({row.version: row for row in rows if row.version}.values())

    async def deploys(self, releases: Sequence[Release] = ()) -> tuple[Deploy, ...]:
        """Deployment events of the period, newest first."""
        client = await self._client()
        query = [
            ("from", self._from()),
            ("pageSize", "100"),
            ("eventSelector", criterion("eventType", "CUSTOM_DEPLOYMENT")),
        ]
        answer = await client.get("events", object, query)
        found = [deploy_of(each) for each in items(table(answer.value).get("events"))]
        named = {release.version for release in releases}
        wanted = [each for each in found if not named or each.release in named]
        return tuple(sorted(wanted, key=lambda deploy: -deploy.at_us))

    def reconcile(self, known: Sequence[str]) -> AsyncIterator[Batch]:
        """All problems of the period whatever their state, then the known ones that were not among them."""
        return settle(known, self._everything(), self._look)

    # -- writing

    async def comment(self, signal_id: str, text: str) -> Written:
        """A comment on the problem, written once: the same text is looked for first."""
        client = await self._client()
        comments = path(signal_id, "comments")
        answer = table((await client.get(comments, object, [("pageSize", str(MOST_COMMENTS))])).value)
        for row in map(table, items(answer.get("comments"))):
            if same_text(row.get("content"), text):
                return Written(id=first_text(row, "id"), already=True)
        await client.send("POST", comments, {"message": text, "context": "Rootcase"}, object, headers=JSON)
        return Written()

    async def act(self, signal_id: str, deed: Deed) -> Written:
        """Close the problem. Dynatrace opens it no more, and closes by itself what has gone away."""
        if deed.act not in self.acts:
            raise SourceError(
                f"Dynatrace cannot {deed.act} a problem",
                "Its API closes and comments only.",
                "Do it in the browser (o).",
            )
        now = await self._look(signal_id)
        if now is None:
            raise NotFound(
                f"Dynatrace ({self.name}): the problem is gone", signal_id, "It may be too old by now."
            )
        if now.status == "resolved":
            return Written(id=now.id, url=now.url, already=True)
        client = await self._client()
        await client.send(
            "POST", path(now.id, "close"), {"message": "Closed from Rootcase"}, object, headers=JSON
        )
        return Written(id=now.id, url=now.url)

    async def link(self, signal_id: str, work: Work) -> Written:
        """Problems take no links to tickets, so it is a comment with the address."""
        return await self.comment(signal_id, work_text(work))

    def named(self, address: str) -> str:
        """`…#problems/problemdetails;pid=ID`, the newer app's `…/problem/ID`, an id, or `P-2311234`."""
        if "://" not in address:
            plain = _PROBLEM_ID.fullmatch(address) or _SAID_ID.fullmatch(address)
            return address if plain else ""
        if not _same_environment(self.web, address):
            return ""
        found = re.search(r"(?:[;?&]pid=|/problem/)([^;?&#/\s]{3,60})", unquote(address)[:4000])
        named = found[1] if found else ""
        return named if _PROBLEM_ID.fullmatch(named) or DISPLAY_ID.fullmatch(named) else ""

    async def health(self) -> Health:
        """One small read per scope; whether the token may write shows only when it writes."""
        client = await self._client()
        small = [("pageSize", "1"), ("from", "now-5m")]
        probes = (
            Probe("problems.read", "problems", lambda: client.get("problems", object, small)),
            Probe("events.read", "deploys", lambda: client.get("events", object, small)),
            Probe("releases.read", "releases", lambda: client.get("releases", object, small)),
        )
        return await probed(
            client, probes, notes=("whether problems.write is there shows only when it writes",)
        )

    async def close(self) -> None:
        if self._open is not None:
            await self._open.close()

    # -- inside

    async def _client(self) -> Client:
        if self._open is None:
            token = await token_of(self.settings, self._environment, "DYNATRACE_API_TOKEN")
            self._open = Client(
                f"Dynatrace ({self.name})", self._base, bearer(token, "Api-Token"), pace=DYNATRACE
            )
        return self._open

    def _from(self) -> str:
        """Always sent: without it Dynatrace shows the last two hours (problems) or two weeks (releases)."""
        return str(millis(now_us() - self._lookback_us))

    def _selector(self, first: bool) -> str:
        zones = criterion("managementZones", *self.settings.projects) if self.settings.projects else ""
        return selector(criterion("status", "open") if first and self._only_open else "", zones)

    async def _everything(self) -> AsyncGenerator[Page]:
        client = await self._client()
        async for page in problem_pages(client, now_us() - self._lookback_us, "", self._selector(False)):
            yield tuple(self._signal(each) for each in page.problems), page.cut

    async def _look(self, signal_id: str) -> Signal | None:
        problem = await one_problem(await self._client(), signal_id, self._from())
        return None if problem is None else self._signal(problem)

    def _kept(self, problem: Mapping[str, object]) -> Signal:
        """The problem's signal; the problem itself is kept until its event is asked for."""
        signal = self._signal(problem)
        self._known[signal.id] = problem
        while len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        return signal

    def _signal(self, problem: Mapping[str, object]) -> Signal:
        return signal_of(problem, source=self.name, web=self.web, service=self.settings.service)

    def _was_open(self, signal: Signal, since_us: int) -> bool:
        """Not a problem that came and went between two looks: nobody was to act on it."""
        return signal.status != "resolved" or signal.first_seen_us <= since_us or not self._only_open

    @property
    def _only_open(self) -> bool:
        return "is:all" not in self.settings.query.split()

    def _unused(self) -> str:
        unknown = [term for term in self.settings.query.split() if term not in ("is:unresolved", "is:all")]
        return f"Dynatrace has no search for {', '.join(unknown)}; left out" if unknown else ""


def _same_environment(web: str, address: str) -> bool:
    """Whether an address belongs to the environment: its host, or the same environment's newer web app."""
    ours, theirs = taken_apart(web), taken_apart(address)
    if ours is None or theirs is None:
        return False
    our_host, their_host = ours[0], theirs[0]
    if our_host == their_host:
        return f"{theirs[1].path}/".startswith(f"{ours[1].path.rstrip('/')}/")
    name, _, rest = our_host.partition(".")
    other, _, tail = their_host.partition(".")
    return bool(name) and name == other and rest == "live.dynatrace.com" and tail == "apps.dynatrace.com"
