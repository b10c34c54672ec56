"""A close look at one Sentry issue: whom it hits, who said what, tickets, owners, suspects, Seer's cause.

Comments, suspect commits and owners are outside Sentry's published contract and may be missing (404) or
not allowed (403): then they are left out. What fails in another way is said in `partial`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from rootcase.core.model.errors import SourceError
from rootcase.core.model.signals import Facet, Share, Signal, Work
from rootcase.core.safety.text import clean_line
from rootcase.core.signals.client import Client, Query
from rootcase.core.signals.faults import CircuitOpen, Forbidden, NotFound, NotJson
from rootcase.core.signals.loose import LONG, first_text, items, moment, table
from rootcase.core.signals.sentry_seer import diagnoses
from rootcase.core.signals.sentry_shares import shares, wanted
from rootcase.core.signals.sentry_site import Site
from rootcase.core.signals.sentry_wire import WireIssue, actor_of, tickets_of

MOST_COMMENTS = 50
TITLE = 120
_SHA = re.compile(r"[0-9a-f]{7,40}")
Adds = Callable[[Signal], Signal]


@dataclass(frozen=True, slots=True)
class Look:
    """client, site: where to ask. me: names by which Sentry knows this engineer."""

    client: Client
    site: Site
    me: Sequence[str]

    async def at(self, issue: WireIssue, signal: Signal) -> Signal:
        """The signal with all that further requests tell about it."""
        asked: list[tuple[str, Awaitable[Adds]]] = [("hashes, suspects and owners", self._code(signal))]
        if issue.sentry_app_issues is None:  # older versions do not expand them
            asked.append(("linked apps' tickets", self._apps(signal)))
        keys = [first_text(table(each), "key") for each in items(issue.tags)]
        asked += [
            (f"shares by {facet}", self._shares(signal, facet, key)) for facet, key in wanted(keys).items()
        ]
        if issue.num_comments is None or issue.num_comments > 0:
            asked.append(("comments", self._comments(signal)))
        if issue.seer_autofix_last_triggered or issue.seer_explorer_autofix_last_triggered:
            asked.append(("Seer's cause", self._seer(signal)))
        answers = await asyncio.gather(*(each for _, each in asked), return_exceptions=True)
        missing: list[str] = []
        for (what, _), answer in zip(asked, answers, strict=True):
            if not isinstance(answer, BaseException):
                signal = answer(signal)
            elif isinstance(answer, CircuitOpen) or not isinstance(answer, SourceError):
                raise answer
            elif not isinstance(answer, NotFound | Forbidden | NotJson):
                missing.append(f"{what} ({answer.title})")
        if missing:
            said = "Sentry did not tell " + ", ".join(missing)
            signal = replace(signal, partial="; ".join(part for part in (signal.partial, said) if part))
        return signal

    async def _get(self, path: str, query: Query = ()) -> object:
        return (await self.client.get(path, object, query)).value

    async def _shares(self, signal: Signal, facet: Facet, key: str) -> Adds:
        environments = [each for each in self.site.filters if each[0] == "environment"]
        answer = await self._get(self.site.path("issues", signal.id, "tags", key), environments)
        found = shares(facet, answer)
        return lambda given: replace(given, shares=_in_order(given.shares + found))

    async def _comments(self, signal: Signal) -> Adds:
        answer = await self._get(self.site.path("issues", signal.id, "comments"))
        notes = [self._note(table(each), signal) for each in items(answer)[:MOST_COMMENTS]]
        found = tuple(note for note in notes if note is not None)
        return lambda given: replace(given, work=(*given.work, *found))

    def _note(self, raw: Mapping[str, object], signal: Signal) -> Work | None:
        """A human's comment; what apps and Sentry itself write is none."""
        said = first_text(table(raw.get("data")), "text", limit=LONG)
        author = table(raw.get("user"))
        if not said or not author or raw.get("sentry_app") or raw.get("sentryApp"):
            return None
        url = f"{signal.url.rstrip('/')}/activity/" if signal.url else ""
        return Work(
            "comment", first_text(raw, "id"), clean_line(said, limit=TITLE), url, by=actor_of(author, self.me),
            where="Sentry", at_us=moment(raw.get("dateCreated")), text=said,
        )  # fmt: skip

    async def _apps(self, signal: Signal) -> Adds:
        found = tickets_of(await self._get(self.site.path("issues", signal.id, "external-issues")))
        return lambda given: replace(
            given, work=(*given.work, *(w for w in found if w.url not in {k.url for k in given.work}))
        )

    async def _seer(self, signal: Signal) -> Adds:
        state = await self._get(self.site.path("issues", signal.id, "autofix"))
        found = diagnoses(state, signal.url)
        return lambda given: replace(given, diagnoses=given.diagnoses + found)

    async def _code(self, signal: Signal) -> Adds:
        """Hashes name the newest event of each; that one's committers and owners are asked for."""
        answer = items(await self._get(self.site.path("issues", signal.id, "hashes"), [("full", "false")]))
        marks = [first_text(table(each), "id") for each in answer]
        events = [first_text(table(table(each).get("latestEvent")), "eventID", "id") for each in answer]
        tags = tuple(("sentry.hash", mark) for mark in marks[:10] if mark)
        suspects: tuple[str, ...] = ()
        owners: tuple[str, ...] = ()
        if signal.project and (event := next((each for each in events if each), "")):
            suspects, owners = await self._authors(signal.project, event)
        return lambda given: replace(
            given,
            tags=given.tags + tags,
            suspects=tuple(dict.fromkeys(given.suspects + suspects)),
            owners=tuple(dict.fromkeys(given.owners + owners)),
        )

    async def _authors(self, project: str, event: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Commits that Sentry suspects, and the owners that its rules name, each where it tells."""
        told: list[object] = []
        for what in ("committers", "owners"):
            try:
                told.append(await self._get(self.site.project_path(project, "events", event, what)))
            except (NotFound, Forbidden, NotJson):
                told.append(None)
        committers = map(table, items(table(told[0]).get("committers")))
        commits = [table(each) for one in committers for each in items(one.get("commits"))]
        suspects = [sha for each in commits if _SHA.fullmatch(sha := first_text(each, "id"))]
        owners = [actor_of(table(each), ()).name for each in items(table(told[1]).get("owners"))]
        return tuple(suspects), tuple(owners)


def _in_order(found: Sequence[Share]) -> tuple[Share, ...]:
    order = ("release", "environment", "endpoint", "region", "tenant")
    return tuple(
        sorted(found, key=lambda share: (order.index(share.facet), share.value == "(other)", -share.events))
    )
