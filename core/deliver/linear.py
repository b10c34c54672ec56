"""Linear through its GraphQL API: each issue is made under an id of our own, so none can be made twice."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from rootcase.core.deliver import linear_queries as queries
from rootcase.core.deliver.destination import LOOPBACK, Destination
from rootcase.core.deliver.forge import AnswerLost, Refused, Remark
from rootcase.core.deliver.limits import wait_s
from rootcase.core.deliver.linear_shapes import Data, LinearIssue, Reply
from rootcase.core.deliver.reading import body_of
from rootcase.core.deliver.rest import RestClient, Words
from rootcase.core.deliver.tracker import NewTicket, Ticket, Tickets, best
from rootcase.core.model.errors import AccessDenied, DeliveryError, RateLimited

ADDRESS = "Is tracker_url right? The public one is https://api.linear.app/graphql."
WORDS = Words(
    "The key needs Read and Write, or the scopes read, issues:create and comments:create.", "tracker_url",
    "Set tracker_url to https://api.linear.app/graphql.",
)  # fmt: skip
_FOLD = re.compile(r"^<details><summary>(?P<summary>[^<>]*)</summary>$")
_FENCE = re.compile(r"^(?P<fence>`{3,})")


def open_linear(place: Destination, token: str) -> Linear:
    """The client for a destination. A personal key goes bare, an OAuth token as Bearer.

    https://linear.app/developers/graphql#authentication
    """
    base, _, path = place.tracker_api.rpartition("/")
    local = (urlsplit(base).hostname or "") in LOOPBACK
    client = RestClient(
        base, {"Accept": "application/json", "User-Agent": "rootcase"}, token=token,
        write_pause_s=0.0 if local else 0.2, words=WORDS,
        credential=("Authorization", token) if token.startswith("lin_api_") else None,
    )  # fmt: skip
    return Linear(place.tracker_project, client, path)


class Linear:
    """The `Tracker` port for Linear. team: its key, as in `ENG-123`."""

    def __init__(self, team: str, client: RestClient, path: str = "graphql") -> None:
        self.team = team
        self._client = client
        self._path = path

    async def close(self) -> None:
        await self._client.close()

    async def me(self) -> str:
        data = await self._read(queries.ME, {})
        return data.viewer.shown if data.viewer else ""

    async def find(self, ticket: NewTicket, *, sent: bool) -> Ticket | None:
        """By our own id, then what is linked with the source's pages and open, whoever made it."""
        there = await self._by_id(self._id(ticket))
        if there is not None:
            return there.ticket()
        for _, url in ticket.pages:
            found = await self.linked(url)
            known = best([t for t in found.items if t.state == "open" or _is_ours(t, ticket)])
            if known is not None:
                return known
        return None

    async def create(self, ticket: NewTicket) -> Ticket:
        """Whatever Linear says of a repeated id, the issue under it is the one."""
        team = await self._team()
        fields: dict[str, object] = {
            "id": self._id(ticket), "teamId": team, "title": ticket.title,
            "description": unfolded(ticket.body), "labelIds": await self._labels(ticket, team),
        }  # fmt: skip
        reply = await self._write(queries.CREATE, {"input": fields})
        made = reply.data.issue_create if reply.data else None
        if made is not None and made.issue is not None:
            return made.issue.ticket()
        there = await self._by_id(self._id(ticket))
        if there is None:
            raise _refused(reply)
        return there.ticket()

    async def finish(self, there: Ticket, ticket: NewTicket) -> tuple[Refused, ...]:
        """A link to each page of the source; linking the same page again changes nothing."""
        notes: list[Refused] = []
        if not _is_ours(there, ticket):
            notes.append(
                Refused(
                    f"{there.id} is linked with this error already",
                    f"{_who(there)}; no second ticket was made.",
                    "Add there what it lacks.",
                )
            )
        for title, url in ticket.pages:
            reply = await self._write(queries.LINK, {"issue": there.id, "url": url, "title": title})
            if reply.data is None or reply.data.attachment_link_url is None:
                notes.append(
                    Refused(f"{there.id} was not linked with {title}", reply.words(), "Link it by hand.")
                )
        return tuple(notes)

    async def search(self, words: str) -> Tickets:
        found = (await self._read(queries.BY_WORDS, {"words": words})).issues
        if found is None:
            return Tickets()
        cut = f"the search for {words} was cut short" if found.page_info.has_next_page else ""
        return Tickets(tuple(issue.ticket() for issue in found.nodes), cut)

    async def linked(self, url: str) -> Tickets:
        found = (await self._read(queries.BY_PAGE, {"url": url})).attachments_for_url
        if found is None:
            return Tickets()
        cut = f"the tickets linked with {url} were cut short" if found.page_info.has_next_page else ""
        return Tickets(tuple(each.issue.ticket() for each in found.nodes), cut)

    async def comments(self, id: str) -> tuple[Remark, ...]:
        talk = (await self._read(queries.COMMENTS, {"id": id})).issue
        said = [comment.remark() for comment in talk.comments.nodes] if talk else []
        return tuple(sorted(said, key=lambda remark: remark.at_us))

    async def comment(self, id: str, text: str) -> str:
        """Under an id made of issue and text: the same words are never said twice."""
        own = _uuid("comment", id, text)
        reply = await self._write(queries.SAY, {"input": {"id": own, "issueId": id, "body": unfolded(text)}})
        made = reply.data.comment_create if reply.data else None
        if made is None or made.comment is None:
            raise _refused(reply)
        return made.comment.url or made.comment.id

    def _id(self, ticket: NewTicket) -> str:
        return _uuid("issue", self.team.upper(), ticket.key, ticket.marker)

    async def _by_id(self, id: str) -> LinearIssue | None:
        found = (await self._read(queries.BY_ID, {"id": id})).issues
        return found.nodes[0] if found and found.nodes else None

    async def _team(self) -> str:
        found = (await self._read(queries.TEAM, {"key": self.team})).teams
        if found is None or not found.nodes:
            raise DeliveryError(
                f"Linear has no team {self.team}", "Or the key may not see it.",
                "Set tracker_project to the team's key (ENG of ENG-123) in config.yaml.",
            )  # fmt: skip
        return found.nodes[0].id

    async def _labels(self, ticket: NewTicket, team: str) -> list[str]:
        """Ids of the labels that this team may use; Linear refuses names and groups."""
        found = (await self._read(queries.LABELS, {"names": list(ticket.labels)})).issue_labels
        usable = [label for label in found.nodes if not label.is_group] if found else []
        return [label.id for label in usable if label.team is None or label.team.id == team]

    async def _read(self, query: str, variables: Mapping[str, object]) -> Data:
        reply = await self._answer(query, variables, write=False)
        if reply.errors or reply.data is None:
            raise _refused(reply)
        return reply.data

    async def _write(self, query: str, variables: Mapping[str, object]) -> Reply:
        return await self._answer(query, variables, write=True)

    async def _answer(self, query: str, variables: Mapping[str, object], *, write: bool) -> Reply:
        body = msgspec.json.encode({"query": query, "variables": variables})
        send = self._client.post if write else self._client.ask
        answer = await send(self._path, body)
        try:
            reply = body_of(answer, Reply, "Linear", ADDRESS)
        except DeliveryError as fault:
            if write and answer.status == 200:
                raise AnswerLost(fault.title, fault.detail, fault.hint) from None
            raise
        if reply.has("RATELIMITED"):
            wait = wait_s(429, answer.headers, answer.body) or 0.0
            raise RateLimited(
                f"Linear asks us to wait {wait:.0f} s", reply.words(), "Deliver again after that.", retry_after_s=wait
            )  # fmt: skip
        if reply.has("authentication error") or reply.has("forbidden"):
            raise AccessDenied("Linear refuses the key", reply.words(), WORDS.needs)
        return reply


def unfolded(text: str) -> str:
    """Our Markdown without the HTML that Linear does not read: a folded section becomes a bold line and its text."""
    out: list[str] = []
    fence = ""
    for line in text.split("\n"):
        opening = _FENCE.match(line)
        if fence:
            fence = "" if line.strip() == fence else fence
        elif opening is not None:
            fence = opening["fence"]
        elif (fold := _FOLD.match(line)) is not None:
            line = f"**{fold['summary']}**"
        elif line == "</details>":
            continue
        out.append(line)
    return "\n".join(out)


def _uuid(*parts: str) -> str:
    """A UUID of version 4's form, the same for the same parts; `IssueCreateInput.id` takes no other."""
    digest = hashlib.sha256("\0".join(("rootcase", *parts)).encode("utf-8", "surrogatepass")).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def _is_ours(there: Ticket, ticket: NewTicket) -> bool:
    return ticket.marker in there.body


def _who(there: Ticket) -> str:
    names = [name for name, _ in there.assignees] or [there.author or "an integration"]
    return f"{names[0]} has it"


def _refused(reply: Reply) -> DeliveryError:
    return DeliveryError(
        "Linear refused it", reply.words() or "It did not say why.", "Change what it names, then send again."
    )
