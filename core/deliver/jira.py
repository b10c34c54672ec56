"""Jira Cloud through its REST API v3: one ticket per error class, found before it is made."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

import msgspec

from rootcase.core.deliver.adf import Json, document
from rootcase.core.deliver.destination import LOOPBACK, Destination
from rootcase.core.deliver.forge import Refused, Remark
from rootcase.core.deliver.jira_fields import chosen_type, filled
from rootcase.core.deliver.jira_shapes import (
    READ,
    Account,
    CommentPage,
    Created,
    FieldMeta,
    FieldPage,
    IssueType,
    IssueTypes,
    JiraComment,
    JiraIssue,
    JiraPage,
    ServerInfo,
    refusal,
)
from rootcase.core.deliver.reading import Reading
from rootcase.core.deliver.rest import RestClient, Words
from rootcase.core.deliver.tracker import NewTicket, Ticket, Tickets, best
from rootcase.core.model.errors import ConfigError

SEARCHED = 50
META_PAGES = 5
META_PAGE = 200
# After an attempt whose end nobody knows: how far ahead of the newest issue that the search knows the keys
# are read one by one, which does not lag, and the pauses between looks.
AHEAD = 25
GAP = 5
PAUSES_S = (1.0, 2.0)
ADDRESS = "Is tracker_url the site's address (https://SITE.atlassian.net)? Data Center has another API."
MISSING = "Check tracker_project, and that the account may see and create issues there."
WORDS = Words(
    "It needs an API token and its e-mail, with Browse, Create and Link issues in the project.", "tracker_url",
    "Set tracker_url to the site's address (https://SITE.atlassian.net).",
)  # fmt: skip


def open_jira(place: Destination, token: str) -> Jira:
    """The client for a destination. ConfigError where the login is missing.

    https://developer.atlassian.com/cloud/jira/platform/basic-auth-for-rest-apis/ : e-mail and API token. Without
    an e-mail the token is an OAuth one, for https://api.atlassian.com/ex/jira/CLOUD-ID.
    """
    oauth = urlsplit(place.tracker_api).hostname == "api.atlassian.com"
    if not place.login and not oauth:
        raise ConfigError(
            "No login for Jira", f"{place.tracker_shown} takes an e-mail and an API token.",
            "Set tracker_email for this repository in config.yaml.",
        )  # fmt: skip
    basic = base64.b64encode(f"{place.login}:{token}".encode()).decode()
    local = (urlsplit(place.tracker_api).hostname or "") in LOOPBACK
    client = RestClient(
        place.tracker_api, {"Accept": "application/json", "User-Agent": "rootcase"}, token=token,
        write_pause_s=0.0 if local else 0.2, words=WORDS,
        credential=("Authorization", f"Basic {basic}") if place.login else None,
    )  # fmt: skip
    return Jira(place, client)


class Jira:
    """The `Tracker` port for Jira Cloud. pauses_s: how long a search that lags is waited for, look by look."""

    def __init__(
        self, place: Destination, client: RestClient, *, pauses_s: Sequence[float] = PAUSES_S
    ) -> None:
        self.project = place.tracker_project
        self._place = place
        self._client = client
        self._read = Reading(client, self.project, refusal, ADDRESS, MISSING, "Jira")
        self._pauses_s = tuple(pauses_s)
        self._site = ""

    async def close(self) -> None:
        await self._client.close()

    async def me(self) -> str:
        answer = await self._client.get("rest/api/3/myself")
        return self._read.decoded(answer, Account).display_name if answer.status == 200 else ""

    async def find(self, ticket: NewTicket, *, sent: bool) -> Ticket | None:
        """By our label or line. Jira's search lags behind its writes, so after an attempt whose end nobody
        knows the newest keys are read one by one too, and looked for again after a while."""
        found = await self._labelled(ticket)
        if found is not None or not sent:
            return found
        for pause_s in (0.0, *self._pauses_s):
            await asyncio.sleep(pause_s)
            found = await self._labelled(ticket) or await self._ahead(ticket)
            if found is not None:
                return found
        return None

    async def create(self, ticket: NewTicket) -> Ticket:
        kind = chosen_type(await self._types(), self._place.issue_type)
        metas = await self._metas(kind.id)
        body, _ = document(ticket.body, ticket.hosts)
        fields: dict[str, Json] = {
            "project": {"key": self.project}, "issuetype": {"id": kind.id}, "summary": ticket.title[:255],
            "description": body, **filled(metas, dict(self._place.fields)),
        }  # fmt: skip
        if not metas or any(meta.id == "labels" for meta in metas):
            fields["labels"] = [*ticket.labels, label_of(ticket)]
        answer = await self._client.post("rest/api/3/issue", msgspec.json.encode({"fields": fields}))
        made = self._read.decoded(answer, Created, status=201)
        return Ticket(made.key, f"{await self._address()}/browse/{made.key}", ticket.title, ticket.body)

    async def finish(self, there: Ticket, ticket: NewTicket) -> tuple[Refused, ...]:
        """A link to each page of the source; the same `globalId` changes the link that is there."""
        refused = []
        for title, url in ticket.pages:
            object: dict[str, Json] = {"url": url, "title": title}
            body = {"globalId": f"rootcase={url}"[:255], "application": {"name": "Rootcase"},
                    "relationship": "reported by", "object": object}  # fmt: skip
            path = f"rest/api/3/issue/{quote(there.id)}/remotelink"
            answer = await self._client.post(path, msgspec.json.encode(body))
            if answer.status not in (200, 201):
                why = refusal(answer)
                refused.append(Refused(f"{there.id} was not linked with {title}", why, "Link it by hand."))
        if document(ticket.body, ticket.hosts)[1]:
            refused.append(
                Refused(
                    f"{there.id} carries a shortened text",
                    "Jira takes 32,767 characters a field.",
                    "The report of the case has all of it.",
                )
            )
        return tuple(refused)

    async def search(self, words: str) -> Tickets:
        """Tickets anywhere in the site that the token may see; the search's own words bound it."""
        return await self._search(f"text ~ {_quoted(_phrase(words))} ORDER BY created DESC")

    async def linked(self, url: str) -> Tickets:
        """Jira cannot look for a page's address among links; those that we made ourselves are found."""
        return await self._search(
            f"issue in issuesWithRemoteLinksByGlobalId({_quoted(f'rootcase={url}'[:255])})"
        )

    async def comments(self, id: str) -> tuple[Remark, ...]:
        parameters = {"maxResults": "100", "orderBy": "created"}
        answer = await self._client.get(f"rest/api/3/issue/{quote(id)}/comment", parameters)
        return tuple(each.remark() for each in self._read.decoded(answer, CommentPage).comments)

    async def comment(self, id: str, text: str) -> str:
        body, _ = document(text, self._place.hosts)
        path = f"rest/api/3/issue/{quote(id)}/comment"
        answer = await self._client.post(path, msgspec.json.encode({"body": body}))
        return self._read.decoded(answer, JiraComment, status=201).id

    async def _labelled(self, ticket: NewTicket) -> Ticket | None:
        """Where the project's screens have no labels, the line in the text is looked for as well."""
        alias = ticket.marker.rpartition(" · ")[2]
        clauses = [f"labels = {_quoted(label_of(ticket))}", f"text ~ {_quoted(_phrase(alias))}"]
        jql = f"project = {_quoted(self.project)} AND ({' OR '.join(clauses)}) ORDER BY created DESC"
        return best([t for t in (await self._search(jql)).items if _is_ours(t, ticket)])

    async def _ahead(self, ticket: NewTicket) -> Ticket | None:
        """Keys are counted up, so what the search does not know yet has the next ones."""
        newest = (await self._search(f"project = {_quoted(self.project)} ORDER BY created DESC", 1)).items
        last = newest[0].id.rpartition("-")[2] if newest else "0"
        prefix = newest[0].id.rpartition("-")[0] if newest else self.project.upper()
        absent = 0
        for number in range(int(last) + 1, int(last) + 1 + AHEAD) if last.isdigit() else ():
            parameters = {"fields": ",".join(READ)}
            answer = await self._client.get(f"rest/api/3/issue/{quote(f'{prefix}-{number}')}", parameters)
            if answer.status == 200:
                absent = 0
                there = self._read.decoded(answer, JiraIssue).ticket(await self._address())
                if _is_ours(there, ticket):
                    return there
            absent += answer.status == 404
            if absent >= GAP:
                break
        return None

    async def _search(self, jql: str, most: int = SEARCHED) -> Tickets:
        body = msgspec.json.encode({"jql": jql, "fields": list(READ), "maxResults": most})
        page = self._read.decoded(await self._client.ask("rest/api/3/search/jql", body), JiraPage)
        site = await self._address()
        cut = "" if page.is_last or not page.next_page_token or most == 1 else "the search was cut short"
        return Tickets(tuple(issue.ticket(site) for issue in page.issues), cut)

    async def _types(self) -> list[IssueType]:
        path = f"rest/api/3/issue/createmeta/{quote(self.project)}/issuetypes"
        answer = await self._client.get(path, {"maxResults": str(META_PAGE)})
        return self._read.decoded(answer, IssueTypes).issue_types

    async def _metas(self, kind: str) -> list[FieldMeta]:
        path = f"rest/api/3/issue/createmeta/{quote(self.project)}/issuetypes/{quote(kind)}"
        metas: list[FieldMeta] = []
        for _ in range(META_PAGES):
            parameters = {"startAt": str(len(metas)), "maxResults": str(META_PAGE)}
            page = self._read.decoded(await self._client.get(path, parameters), FieldPage)
            metas += page.fields
            if not page.fields or len(metas) >= page.total:
                break
        return metas

    async def _address(self) -> str:
        """The address people open; behind api.atlassian.com the site says it itself."""
        if not self._site:
            self._site = self._place.tracker_api
            if urlsplit(self._site).hostname == "api.atlassian.com":
                answer = await self._client.get("rest/api/3/serverInfo")
                told = self._read.decoded(answer, ServerInfo).base_url
                self._site = told.rstrip("/") if told.startswith("https://") else self._site
        return self._site


def label_of(ticket: NewTicket) -> str:
    """A label of its own for the case and its fingerprint; labels hold no spaces."""
    return f"rootcase-{hashlib.sha256(ticket.marker.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _is_ours(there: Ticket, ticket: NewTicket) -> bool:
    lines = [line.strip() for line in there.body.split("\n")]
    return label_of(ticket) in there.labels or ticket.marker in lines


def _phrase(words: str) -> str:
    """An exact phrase of Jira's text search, without signs that mean something there."""
    return f'"{" ".join(words.replace(chr(92), " ").replace(chr(34), " ").split())}"'


def _quoted(text: str) -> str:
    """A JQL string. https://support.atlassian.com/jira-software-cloud/docs/search-for-issues-using-the-text-field/"""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
