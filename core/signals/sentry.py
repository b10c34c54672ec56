"""The Sentry source: issues, events, releases and deploys in; comments and status back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qs, quote, urlsplit

import msgspec

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import ConfigError, SourceError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Deploy, Release, Signal
from rootcase.core.safety.text import clean
from rootcase.core.signals.client import Client, Query
from rootcase.core.signals.faults import Forbidden, NotFound
from rootcase.core.signals.loose import first_text, items, moment, table
from rootcase.core.signals.protocol import Act, Batch, Written
from rootcase.core.signals.sentry_cursor import Cursor
from rootcase.core.signals.sentry_events import event
from rootcase.core.signals.sentry_wire import (
    WireDeploy,
    WireIssue,
    WireRelease,
    deploy_of,
    release_of,
    signal_of,
)
from rootcase.core.signals.token import token_of

PAGE = 100
MAX_PAGES = 20
DEPLOYED_RELEASES = 5
# Sentry updates counts late; issues this close to the last sync are read again.
OVERLAP_US = 300 * 1_000_000
_SAAS_REGION = re.compile(r"https://[a-z0-9-]{1,30}\.sentry\.io")


class SentrySource:
    """One organization at Sentry, hosted or one's own."""

    acts: frozenset[Act] = frozenset()

    def __init__(
        self, settings: SourceSettings, environment: Mapping[str, str], *, me: Sequence[str] = ()
    ) -> None:
        self.name = settings.label
        self.settings = settings
        self.me = tuple(me)
        self._environment = environment
        self._base = re.sub(r"/api(/0)?/?$", "", (settings.url or "https://sentry.io").rstrip("/"))
        self.organization = settings.organization or _organization_in(self._base)
        self._open: Client | None = None
        if not self.organization:
            raise ConfigError(
                f"Source {self.name}: no organization",
                f"{self._base} does not name one.",
                "Set `organization` to the slug in your Sentry address (https://SLUG.sentry.io).",
            )

    async def list(self, cursor: str = "") -> AsyncIterator[Batch]:
        """Issues by last seen, newest first, until one that the last complete listing had already."""
        client = await self._client()
        position = Cursor.read(cursor)
        query = self._query(position.page)
        seen = {position.page}
        async for answer in client.pages(self._path("issues"), list[msgspec.Raw], query, most=MAX_PAGES):
            signals, broken = self._signals(answer.value)
            newest = max([position.newest_us, *(each.last_seen_us for each in signals)])
            fresh = tuple(each for each in signals if each.last_seen_us >= position.since_us - OVERLAP_US)
            page = _cursor_in(answer.next_url) if len(fresh) == len(signals) else ""
            cut = ""
            if page in seen and page:
                cut, page = "Sentry named the same page twice; older issues are missing", ""
            elif page and len(seen) >= MAX_PAGES:
                cut = f"stopped after {MAX_PAGES} pages of {PAGE} issues; the next sync goes on"
            seen.add(page)
            position = replace(position, newest_us=newest, page=page)
            done = position if page else Cursor(since_us=newest)
            words = "; ".join(part for part in (broken, cut) if part)
            yield Batch(fresh, done.write(), words, enough=Cursor(since_us=newest).write())
            if not page:
                return

    async def signal(self, signal_id: str) -> Signal | None:
        """One issue with releases and who assigned it, which only the single view tells."""
        client = await self._client()
        try:
            answer = await client.get(self._path("issues", signal_id), WireIssue)
        except NotFound:
            return None
        return self._signal(answer.value)

    async def events(self, signal: Signal, limit: int = 10) -> tuple[Event, ...]:
        """The event Sentry recommends, then the newest ones with their stack traces."""
        client = await self._client()
        best = await self._recommended(client, signal.id)
        if limit <= 1:
            return (best,)
        query = [("full", "true"), ("per_page", str(min(limit, PAGE)))]
        try:
            answer = await client.get(self._path("issues", signal.id, "events"), object, query)
        except SourceError as error:
            # One telling event is enough to work on; that there are no more is said, not hidden.
            return (replace(best, problems=(*best.problems, f"no further samples: {error.title}")),)
        others = [event(each) for each in items(answer.value)]
        kept = {
            each.id: each for each in [best, *others] if each.id == best.id or each.exceptions or each.message
        }
        return tuple(({**kept, best.id: best}).values())[:limit]

    async def releases(self) -> tuple[Release, ...]:
        """The newest releases. previous: the next older one of the list."""
        wires = await self._wire_releases()
        older = [wire.version for wire in wires[1:]] + [""]
        return tuple(release_of(wire, previous) for wire, previous in zip(wires, older, strict=True))

    async def deploys(self, releases: Sequence[Release] = ()) -> tuple[Deploy, ...]:
        """Deploys of the named releases, of the newest few for none."""
        client = await self._client()
        named = [release.version for release in releases]
        if not named:
            named = [wire.version for wire in await self._wire_releases() if wire.deploy_count != 0]
        found: list[Deploy] = []
        for version in named[:DEPLOYED_RELEASES]:
            answer = await client.get(self._path("releases", version, "deploys"), list[WireDeploy])
            found += [deploy_of(wire, version) for wire in answer.value]
        return tuple(sorted(found, key=lambda deploy: -deploy.at_us))

    async def comment(self, signal_id: str, text: str) -> Written:
        """A note on the issue. Sentry refuses the same text twice within an hour, so it is looked for first."""
        client = await self._client()
        path = self._path("issues", signal_id, "comments")
        for note in map(table, items((await client.get(path, object)).value)):
            if clean(first_text(table(note.get("data")), "text", limit=100_000)) == clean(text):
                return Written(id=first_text(note, "id"), already=True)
        made = table(await client.send("POST", path, {"text": text}, object))
        return Written(id=first_text(made, "id"))

    async def resolve(self, signal_id: str, *, release: str = "") -> Written:
        client = await self._client()
        body: dict[str, object] = {"status": "resolved"}
        if release:
            body["statusDetails"] = {"inRelease": release}
        await client.send("PUT", self._path("issues", signal_id), body, object)
        return Written(id=signal_id)

    def named(self, address: str) -> str:
        """The id in an issue's address at this Sentry, an id or a short id as it is, else ""."""
        if address.startswith(("http://", "https://")):
            theirs, ours = urlsplit(address), urlsplit(self._base)
            found = re.search(r"/issues/(\d{1,20})(?:/|$)", theirs.path)
            return found[1] if found and theirs[:2] == ours[:2] else ""
        return address if re.fullmatch(r"\d{3,20}|[A-Z0-9][A-Z0-9_-]{0,60}-[A-Z0-9]{1,10}", address) else ""

    async def close(self) -> None:
        if self._open is not None:
            await self._open.close()

    # -- inside

    async def _client(self) -> Client:
        """The client, at the region that holds the organization; made and asked for once."""
        if self._open is None:
            token = await token_of(self.settings, self._environment, "SENTRY_AUTH_TOKEN")
            client = Client(f"Sentry ({self.name})", self._base, {"Authorization": f"Bearer {token}"})
            try:
                await self._settle(client)
            except BaseException:
                await client.close()
                raise
            self._open = client
        return self._open

    async def _settle(self, client: Client) -> None:
        try:
            answer = await client.get(self._path(), object)
        except NotFound as error:
            raise NotFound(
                f"Sentry ({self.name}): no organization {self.organization!r}",
                error.detail,
                "Check `organization`, and that the token belongs to it (org:read).",
            ) from None
        except Forbidden:
            # A token may read issues without reading the organization; only the region is then unknown.
            return
        region = first_text(table(table(answer.value).get("links")), "regionUrl").rstrip("/")
        if region and _may_have_token(self._base, region):
            client.move(region)

    def _path(self, *parts: str) -> str:
        """An address below the organization; without its trailing slash Sentry redirects, and a write is lost."""
        named = [self.organization, *parts]
        return "api/0/organizations/" + "/".join(quote(part, safe="") for part in named) + "/"

    def _query(self, page: str) -> Query:
        settings = self.settings
        query = [("query", settings.query), ("statsPeriod", settings.period), ("groupStatsPeriod", "24h")]
        query += [
            ("sort", "date"),
            ("limit", str(PAGE)),
            ("expand", "owners"),
            ("expand", "integrationIssues"),
        ]
        query += [("project", each) for each in settings.projects]
        query += [("environment", each) for each in settings.environments]
        return [*query, ("cursor", page)] if page else query

    def _signals(self, raw: Sequence[msgspec.Raw]) -> tuple[tuple[Signal, ...], str]:
        """Signals of a page, and what could not be read of it: one odd issue does not hide the others."""
        found: list[Signal] = []
        faults: list[str] = []
        for each in raw:
            try:
                found.append(self._signal(msgspec.json.decode(each, type=WireIssue)))
            except msgspec.DecodeError as error:
                faults.append(clean(str(error), limit=120))
        if raw and not found:
            raise SourceError(
                f"Sentry ({self.name}) answered in a shape that is not understood",
                f"issues: {faults[0]}",
                "A newer or older version of Sentry may answer differently; please report this text.",
            )
        return tuple(
            found
        ), f"{len(faults)} of {len(raw)} issues could not be read: {faults[0]}" if faults else ""

    def _signal(self, wire: WireIssue) -> Signal:
        signal = signal_of(wire, source=self.name, service=self.settings.service, me=self.me)
        only = self.settings.environments[0] if len(self.settings.environments) == 1 else ""
        return replace(signal, environment=only)

    async def _recommended(self, client: Client, signal_id: str) -> Event:
        for which in ("recommended", "latest"):
            try:
                answer = await client.get(self._path("issues", signal_id, "events", which), object)
            except NotFound:
                if which == "latest":
                    raise
                continue  # older self-hosted versions know only `latest`
            return event(answer.value)
        raise AssertionError("the last of the two raises")

    async def _wire_releases(self) -> Sequence[WireRelease]:
        client = await self._client()
        query = [("per_page", str(PAGE)), *(("project", each) for each in self.settings.projects)]
        wires = (await client.get(self._path("releases"), list[WireRelease], query)).value
        return sorted(wires, key=lambda wire: -(moment(wire.date_released) or moment(wire.date_created)))


def _organization_in(base: str) -> str:
    """`acme` of https://acme.sentry.io."""
    host = urlsplit(base).hostname or ""
    name, _, rest = host.partition(".")
    return name if rest == "sentry.io" and name not in ("www", "us", "de") else ""


def _may_have_token(base: str, region: str) -> bool:
    """Whether the region's address may get the token that was configured for `base`.

    At sentry.io every sub-domain is Sentry's own and takes the same tokens, so a region there may. A
    self-hosted server that names any other origin may not: then the configured address stays in use.
    """
    if urlsplit(region)[:2] == urlsplit(base)[:2]:
        return True
    home = urlsplit(base)
    at_home = (
        home.scheme == "https" and ("." + (home.hostname or "")).endswith(".sentry.io") and not home.port
    )
    return at_home and _SAAS_REGION.fullmatch(region) is not None


def _cursor_in(address: str) -> str:
    return (parse_qs(urlsplit(address).query).get("cursor") or [""])[0]
