"""The brief of a case as a note: to whoever was paged for it, and to the ticket that is there already."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rootcase.core.config.settings import Settings
from rootcase.core.deliver.destination import Destination
from rootcase.core.deliver.naming import marker, write_key
from rootcase.core.deliver.outcome import Act, Outcome
from rootcase.core.deliver.tracker import Tracker
from rootcase.core.deliver.writes import ADDRESS
from rootcase.core.model.case import Case
from rootcase.core.model.delivery import Proposal, Write
from rootcase.core.model.escalation import Escalation
from rootcase.core.safety.inert import plain
from rootcase.core.safety.text import clean, clean_line

if TYPE_CHECKING:
    from markdown_it.token import Token

# Sources that call people; what they show of a note is plain text.
PAGING = frozenset({"pagerduty", "jsm", "opsgenie"})
TICKET = "ticket"
LONGEST = 10_000
LONGEST_LINE = 400
_LINK = re.compile(r"\[([^\]]*)\]\((https?://[^)\s]+)\)")
_TAG = re.compile(r"</?(?:details|summary)>")
_SUMMARY = re.compile(r"<summary>([^<]*)</summary>")


def paging_of(settings: Settings, sources: Collection[str]) -> frozenset[str]:
    """Those of the sources that call people."""
    return frozenset(s.label for s in settings.sources if s.kind in PAGING and s.label in sources)


def with_escalation(
    case: Case, proposal: Proposal, destination: Destination, called: Escalation | None, paging: Collection[str],
    writes: tuple[Write, ...],
) -> tuple[Write, ...]:  # fmt: skip
    """The writes with the notes of an escalation behind the ticket; a line at a source that gets a note is left out.

    The reason is part of each key: one note for each reason, however often it is tried.
    """
    if called is None or proposal.kind != "ticket":
        return writes
    reason = called.reason.replace(" ", "-")
    notes: list[Write] = []
    filed = case.effect("ticket")
    if filed is not None and filed.state == "done" and filed.number and destination.tracker != "none":
        notes.append(
            Write(
                "escalation", f"{destination.tracker_shown} {clean_line(filed.number, limit=60)}",
                write_key(case, "escalation", f"{TICKET}:{reason}:{filed.number}"), "", proposal.body,
                "the whole brief, as a comment on the ticket",
            )
        )  # fmt: skip
    paged = [signal for signal in case.signals if signal.source in paging]
    text = brief(
        case, proposal, f"The ticket: {ADDRESS}" if destination.tracker != "none" else "", destination.hosts
    )
    notes += [
        Write(
            "escalation", f"{s.source} {clean_line(s.short_id or s.id, limit=200)}",
            write_key(case, "escalation", f"{reason}:{s.source}:{s.id}"), "", text, "the whole brief, as a note",
        )
        for s in paged
    ]  # fmt: skip
    told = {note.target for note in notes}
    tickets = tuple(write for write in writes if write.kind == "ticket")
    rest = tuple(write for write in writes if write.kind != "ticket" and write.target not in told)
    return (*tickets, *notes, *rest)


def brief(case: Case, proposal: Proposal, ticket: str, hosts: frozenset[str] = frozenset()) -> str:
    """The parts as plain text in which nothing is live but our own links, and the line it is found again by."""
    lines = [f"Rootcase hands {case.key} to you: {proposal.title}", *([ticket] if ticket else [])]
    for name, text in proposal.parts:
        lines += ["", name.upper(), *_plain_lines(text, hosts)]
    body = "\n".join(lines)
    if len(body) > LONGEST:
        body = f"{body[:LONGEST].rpartition(chr(10))[0]}\n… the rest is in the report of the case"
    return f"{body}\n\n{marker(case)}"


def _plain_lines(text: str, hosts: frozenset[str]) -> Iterator[str]:
    """A part without Markdown, as a parser reads it: services that page show text as it comes."""
    from markdown_it import MarkdownIt

    item = False
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "list_item_open":
            item = True
        elif token.type == "html_block":
            yield from (_words(summary) for summary in _SUMMARY.findall(token.content))
        elif token.type == "fence":
            yield from (_words(line) for line in token.content.rstrip("\n").split("\n"))
        elif token.type == "inline":
            words = "".join(_pieces(token.children or (), hosts))
            yield from (f"- {line}" if item else line for line in words.split("\n"))
            item = False


def _pieces(children: Iterable[Token], hosts: frozenset[str]) -> Iterator[str]:
    address = ""
    for child in children:
        if child.type == "link_open":
            address = str(child.attrs.get("href", ""))
        elif child.type == "link_close":
            yield f" ({address})" if urlsplit(address).hostname in hosts else ""
        elif child.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif child.content:
            yield _words(child.content)


def _words(text: str) -> str:
    """Disarmed; white space at the ends stands between two pieces. No service that pages reads `$1`."""
    lead, end = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{lead and ' '}{plain(text, limit=LONGEST_LINE).replace('$ ', '$')}{end and ' '}"


@dataclass(frozen=True)
class SayOnTicket:
    """A comment on a ticket of ours; one with the same words is found and not said twice."""

    write: Write
    tracker: Tracker
    ticket: str

    async def find(self) -> Outcome | None:
        wanted = _skeleton(self.write.text)
        said = await self.tracker.comments(self.ticket)
        there = next((remark for remark in said if _skeleton(remark.text) == wanted), None)
        return Outcome(there.url) if there is not None else None

    async def perform(self) -> Outcome:
        answer = await self.tracker.comment(self.ticket, self.write.text)
        return Outcome(answer if "://" in answer else "", "" if "://" in answer else answer)


def on_ticket(write: Write, tracker: Tracker) -> Act:
    return SayOnTicket(write, tracker, write.key.rpartition(":")[2])


def is_on_ticket(write: Write) -> bool:
    return f":escalation:{TICKET}:" in write.key


def source_of(write: Write) -> tuple[str, str]:
    """(source, signal id) that a comment or a note goes to; its key ends in them."""
    rest = write.key.partition(f":{write.kind}:")[2].partition(":")[2]
    source, _, signal = rest.partition(":")
    return source, signal


def _skeleton(text: str) -> str:
    """The words alone: trackers give back Markdown, plain text or neither of the two as it was."""
    bare = _TAG.sub("", clean(text)).replace("\u2011", "-")
    return "".join(re.findall(r"\w+", _LINK.sub(r"\1", bare)))
