"""The Sentry source, hosted or one's own: issues, events, releases and deploys in; status and comments back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import SourceError
from rootcase.core.model.events import Event
from rootcase.core.model.signals import Deploy, Release, Signal, Work
from rootcase.core.safety.text import clean
from rootcase.core.signals import sentry_acts, sentry_health, sentry_releases, sentry_site
from rootcase.core.signals.client import Client
from rootcase.core.signals.credentials import bearer
from rootcase.core.signals.faults import Forbidden, NotFound, Refused, Unavailable
from rootcase.core.signals.loose import first_text, items, table
from rootcase.core.signals.pace import SENTRY
from rootcase.core.signals.protocol import Batch, Deed, Health, Written
from rootcase.core.signals.sentry_cursor import Cursor
from rootcase.core.signals.sentry_events import event
from rootcase.core.signals.sentry_known import Roll, under
from rootcase.core.signals.sentry_links import body_for, integration_for, is_linked, words_for
from rootcase.core.signals.sentry_list import Listing
from rootcase.core.signals.sentry_look import Look
from rootcase.core.signals.sentry_maps import is_minified, map_faults
from rootcase.core.signals.sentry_releases import CodeMapping
from rootcase.core.signals.sentry_site import PAGE, site_of
from rootcase.core.signals.sentry_wire import WireIssue, signal_of
from rootcase.core.signals.token import token_of

LINKED = (("expand", "integrationIssues"), ("expand", "sentryAppIssues"))


class SentrySource:
    """One organization at Sentry."""

    takes_notes = True

    def __init__(
        self,
        settings: SourceSettings,
        environment: Mapping[str, str],
        *,
        me: Sequence[str] = (),
    ) -> None:
        self.name = settings.label
        self.acts = sentry_acts.ACTS
        self.settings = settings
        self.site = site_of(settings)
        self.me = tuple(me)
        self._environment = environment
        self._open: Client | None = None
        self._settled = False

    async def list(self, cursor: str = "") -> AsyncIterator[Batch]:
        """Issues by last seen, newest first, until one that the last complete listing had already."""
        position = Cursor.read_from(cursor)
        client = await self._client(position.region)
        if self.site.has_regions:
            position = replace(position, region=client.base)
        most = max(1, self.settings.backfill)
        listing = Listing(client, self.site, self._signal, most, position)
        try:
            async for batch in listing.batches():
                yield batch
        except NotFound as error:
            raise self._no_organization(error) from None

    async def signal(self, signal_id: str) -> Signal | None:
        """One issue by its number, short id or an event's id, with all that a close look tells."""
        client = await self._client()
        try:
            number = await self._number(client, signal_id)
            # The single view tells more about people and releases, and asks for no more than the list does.
            wire = (await client.get(self.site.path("issues", number), WireIssue, LINKED)).value
        except NotFound:
            return None
        signal = self._signal(wire)
        return under(number, await Look(client, self.site, self.me).at(wire, signal))

    async def events(self, signal: Signal, limit: int = 10) -> tuple[Event, ...]:
        """The event Sentry recommends, then the newest ones with their stack traces."""
        client = await self._client()
        best = await self._recommended(client, signal)
        if limit <= 1:
            return (best,)
        query = [("full", "true"), ("per_page", str(min(limit, PAGE))), *self._environments]
        try:
            answer = await client.get(self.site.path("issues", signal.id, "events"), object, query)
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
        return await sentry_releases.releases(await self._client(), self.site)

    async def deploys(self, releases: Sequence[Release] = ()) -> tuple[Deploy, ...]:
        """Deploys of the named releases, of the newest few for none."""
        return await sentry_releases.deploys(await self._client(), self.site, releases)

    async def code_mappings(self) -> tuple[CodeMapping, ...]:
        """How Sentry maps stack traces to repositories; none where the plan has no mappings."""
        return await sentry_releases.code_mappings(await self._client(), self.site)

    async def comment(self, signal_id: str, text: str) -> Written:
        """A note on the issue. Sentry refuses the same text twice within an hour, so it is looked for first."""
        client = await self._client()
        path = self.site.path("issues", signal_id, "comments")
        if known := await self._said(client, path, text):
            return Written(id=known, already=True)
        try:
            made = table(await client.send("POST", path, {"text": text}, object))
        except Refused as error:
            if "already posted" not in error.detail:
                raise
            return Written(already=True)
        except Unavailable:
            # The answer was lost, maybe not the comment: it is looked for, and never sent a second time.
            if known := await self._said(client, path, text):
                return Written(id=known)
            raise
        return Written(id=first_text(made, "id"))

    async def act(self, signal_id: str, deed: Deed) -> Written:
        """Change the issue; nothing is sent where it is so already. Its state is read back from the answer."""
        client = await self._client()
        assignee = await self._assignee(client, deed)
        body = sentry_acts.body_of(deed, assignee)
        path = self.site.path("issues", signal_id)
        now = table((await client.get(path, object)).value)
        url = first_text(now, "permalink")
        if sentry_acts.already(deed, assignee, now):
            return Written(id=signal_id, url=url, already=True)
        answer = await client.send("PUT", path, body, object)
        if kept := sentry_acts.kept(body, answer):
            raise SourceError(
                f"Sentry ({self.name}) kept the issue {kept}",
                f"It was asked for: {deed.act} {signal_id}.",
                "Its plan or the project's settings may forbid it; do it at Sentry to see why.",
            )
        return Written(id=signal_id, url=url)

    async def link(self, signal_id: str, work: Work) -> Written:
        """Tie a ticket to the issue where an integration knows its tracker; say it in a comment elsewhere."""
        client = await self._client()
        wire = (await client.get(self.site.path("issues", signal_id), WireIssue, LINKED)).value
        if is_linked(work, self._signal(wire).work):
            return Written(id=work.id, url=work.url, already=True)
        integration = await self._integration(client, work)
        if integration:
            path = self.site.path("issues", signal_id, "integrations", integration)
            try:
                made = table(await client.send("PUT", path, body_for(work), object, repeat=False))
                return Written(id=first_text(made, "key", "id"), url=first_text(made, "url"))
            except (Refused, Forbidden, NotFound):
                pass  # the integration may not see that project; the comment says it to everybody all the same
        return await self.comment(signal_id, words_for(work))

    async def reconcile(self, known: Sequence[str]) -> AsyncIterator[Batch]:
        """What became of issues we hold, a hundred in one request."""
        client = await self._client()
        async for batch in Roll(client, self.site, self._signal).batches(known):
            yield batch

    def named(self, address: str) -> str:
        """The id in an issue's or event's address, or a plain id; "" where it is not of this organization."""
        return sentry_site.named(self.site, address)

    async def health(self) -> Health:
        """Who the token belongs to, what it may and may not do, the clocks and the calls left."""
        return await sentry_health.health(await self._client(), self.site)

    async def close(self) -> None:
        if self._open is not None:
            await self._open.close()

    # -- inside

    async def _client(self, region: str = "") -> Client:
        """The client at the region that holds the organization: a known one, else asked for once."""
        if self._open is None:
            token = await token_of(self.settings, self._environment, "SENTRY_AUTH_TOKEN")
            label = f"Sentry ({self.name})"
            self._open = Client(label, self.site.base, bearer(token), pace=SENTRY)
        if not self._settled and self.site.has_regions:
            if not region or not sentry_site.may_have_token(self.site.base, region):
                region = await self._region(self._open)
            if region:
                self._open.move(region)
        self._settled = True
        return self._open

    async def _region(self, client: Client) -> str:
        """The address that holds the organization, "" where it stays with the configured one."""
        try:
            answer = await client.get(self.site.path(), object)
        except NotFound as error:
            raise self._no_organization(error) from None
        except Forbidden:
            # A token may read issues without reading the organization; only the region is then unknown.
            return ""
        region = first_text(table(table(answer.value).get("links")), "regionUrl").rstrip("/")
        return region if region and sentry_site.may_have_token(self.site.base, region) else ""

    def _no_organization(self, error: NotFound) -> NotFound:
        return NotFound(
            f"Sentry ({self.name}): no organization {self.site.organization!r}",
            error.detail,
            "Check `organization`, `projects`, and that the token belongs to it (org:read, event:read).",
        )

    def _signal(self, wire: WireIssue) -> Signal:
        signal = signal_of(wire, source=self.name, service=self.settings.service, me=self.me)
        only = self.settings.environments[0] if len(self.settings.environments) == 1 else ""
        return replace(signal, environment=only)

    @property
    def _environments(self) -> Sequence[tuple[str, str]]:
        return [("environment", each) for each in self.settings.environments]

    async def _number(self, client: Client, signal_id: str) -> str:
        """The issue's number: as given, of a short id, or of the issue that an event belongs to."""
        if sentry_site.is_event(signal_id):
            answer = await client.get(self.site.path("eventids", signal_id), object)
        elif not sentry_site.is_id(signal_id):
            answer = await client.get(self.site.path("shortids", signal_id), object)
        else:
            return signal_id
        found = first_text(table(answer.value), "groupId")
        if not found:
            raise NotFound(f"Sentry ({self.name}) knows no issue {signal_id!r}", "", "Check the id.")
        return found

    async def _recommended(self, client: Client, signal: Signal) -> Event:
        for which in ("recommended", "latest"):
            path = self.site.path("issues", signal.id, "events", which)
            try:
                answer = await client.get(path, object, self._environments)
            except NotFound:
                if which == "latest":
                    raise
                continue  # older self-hosted versions know only `latest`
            found = event(answer.value)
            return await self._mapped(client, signal.project, found) if is_minified(found) else found
        raise AssertionError("the last of the two raises")

    async def _mapped(self, client: Client, project: str, found: Event) -> Event:
        """The event with the reason why its source maps were of no use, where Sentry tells it."""
        try:
            path = self.site.project_path(project, "events", found.id, "source-map-debug")
            answer = await client.get(path, object)
        except SourceError:
            return found  # the event stands without it, and says already that it has no source
        return replace(found, problems=(*found.problems, *map_faults(answer.value)))

    async def _said(self, client: Client, path: str, text: str) -> str:
        """The id of the comment with that text, "" where nobody said it."""
        for note in map(table, items((await client.get(path, object)).value)):
            if clean(first_text(table(note.get("data")), "text", limit=100_000)) == clean(text):
                return first_text(note, "id")
        return ""

    async def _assignee(self, client: Client, deed: Deed) -> str:
        """Who shall have it, as Sentry takes it; `#team` is looked up."""
        if deed.act != "assign":
            return ""
        if deed.assignee.startswith("#"):
            slug = deed.assignee[1:]
            answer = await client.get(self.site.path("teams"), object, [("query", slug)])
            found = sentry_acts.team_in(answer.value, slug)
        else:
            found = deed.assignee or sentry_acts.known_as(self.me)
        if not found:
            raise SourceError(
                f"Sentry ({self.name}): nobody to assign to",
                f"There is no team {deed.assignee}." if deed.assignee else "Who you are there is not known.",
                "Set `me` in config.yaml to your e-mail address at Sentry.",
            )
        return found

    async def _integration(self, client: Client, work: Work) -> str:
        if work.kind != "ticket" or not work.url:
            return ""
        try:
            answer = await client.get(self.site.path("integrations"), object)
        except (Forbidden, NotFound):
            return ""
        return integration_for(work, answer.value)
