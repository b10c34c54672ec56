"""Each kind of write: how to see whether it has happened already, and how to make it happen."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from rootcase.core.deliver.destination import Destination
from rootcase.core.deliver.escalating import is_on_ticket, on_ticket, source_of
from rootcase.core.deliver.forge import Forge, Made, NewPull, Refused
from rootcase.core.deliver.merging import AskMerge, Merger, WithdrawMerge
from rootcase.core.deliver.naming import marker
from rootcase.core.deliver.outcome import Act as Act
from rootcase.core.deliver.outcome import Outcome as Outcome
from rootcase.core.deliver.patchfile import patch_text, same_file, ticket_text, write_file
from rootcase.core.deliver.push import Author, Pusher
from rootcase.core.deliver.talk import TrackerTalk
from rootcase.core.deliver.tracker import NewTicket, Ticket, Tracker
from rootcase.core.deliver.writes import ADDRESS, last_done, still_meant
from rootcase.core.model.case import Case
from rootcase.core.model.delivery import Proposal, Write
from rootcase.core.model.errors import DeliveryError
from rootcase.core.model.ports import WriteBack
from rootcase.core.safety.text import clean, clean_line

MOST_PAGES = 5
FORK_PAUSE_S = 2.0
FORK_TRIES = 30


@dataclass(frozen=True)
class Ports:
    """What delivery may use. place: where things go by the configuration as it is now.

    write_back: by source label; folder: where patch and ticket files go. merger: asks the forge to merge.
    """

    place: Destination
    forge: Forge | None = None
    pusher: Pusher | None = None
    write_back: Mapping[str, WriteBack] = field(default_factory=dict)
    folder: Path | None = None
    author: Author = field(default_factory=Author)
    tracker: Tracker | None = None
    merger: Merger | None = None


@dataclass(frozen=True)
class ForkProject:
    """The project's fork under the engineer's name, waited for until it can be pushed to."""

    name: str
    forge: Forge
    pusher: Pusher

    async def find(self) -> Outcome | None:
        there = await self.forge.forked(self.name) and await self.pusher.reachable()
        return Outcome("", self.name) if there else None

    async def perform(self) -> Outcome:
        await self.forge.fork(self.name)
        for _ in range(FORK_TRIES):
            there = await self.find()
            if there is not None:
                return there
            await asyncio.sleep(FORK_PAUSE_S)
        raise DeliveryError(
            f"The fork {self.name} is not ready", f"It was asked for {FORK_PAUSE_S * FORK_TRIES:.0f} s ago.",
            "Send again in a while; it is looked up first.",
        )  # fmt: skip


@dataclass(frozen=True)
class PushBranch:
    case: Case
    proposal: Proposal
    write: Write
    pusher: Pusher
    at_us: int
    forge: Forge | None = None

    async def find(self) -> Outcome | None:
        there = await self.pusher.find(self.proposal, self.case.key)
        if there is not None:
            return _pushed(there.commit, there.note)
        if self.forge is not None and last_done(self.case, "pull_request") is not None:
            # A commit pushed under a pull request that is over would reach nobody.
            pull = await self.forge.pull_for(self.proposal.branch)
            if pull is not None:
                check_open(pull)
        return None

    async def perform(self) -> Outcome:
        pushed = await self.pusher.push(self.proposal, self.write.text, self.case.key, self.at_us)
        return _pushed(pushed.commit, pushed.note)


@dataclass(frozen=True)
class OpenPull:
    """One pull request with its labels and reviewers; one that is there is brought up to date.

    It is there as approved when its title and body are these very ones, whoever wrote them there.
    """

    case: Case
    proposal: Proposal
    write: Write
    forge: Forge

    async def find(self) -> Outcome | None:
        there = await self.forge.pull_for(self.proposal.branch)
        if there is None:
            return None
        known = self.case.effect("pull_request")
        same = self._same(there)
        if not same or (there.state == "closed" and (known is None or known.state == "failed")):
            check_open(there)
        return await self._finished(there) if same else None

    async def perform(self) -> Outcome:
        there = await self.forge.pull_for(self.proposal.branch) or await self.forge.create_pull(self._new())
        if not self._same(there):
            check_open(there)
            there = await self.forge.update_pull(there.number, self.write.title, self.write.text)
        return await self._finished(there)

    def _new(self) -> NewPull:
        return NewPull(
            self.write.title, self.write.text, self.proposal.branch, self.proposal.base_branch,
            draft=self.proposal.kind == "draft_pull_request",
        )  # fmt: skip

    def _same(self, pull: Made) -> bool:
        """Whether its text is ours, read as `Made` reads what comes from outside."""
        title, body = clean_line(self.write.title), clean(self.write.text).strip()
        return pull.title == title and pull.body.strip() == body

    async def _finished(self, pull: Made) -> Outcome:
        notes: list[Refused] = []
        if self.proposal.kind == "draft_pull_request" and not pull.draft and pull.state == "open":
            notes.append(
                Refused(
                    f"{pull.shown} is not a draft",
                    "The forge's plan has none.",
                    "It asks nobody for review.",
                )
            )
        if self.proposal.kind == "pull_request" and pull.draft and pull.state == "open":
            notes.append(
                Refused(f"{pull.shown} is still a draft", "It was sent as one.", "Mark it as ready there.")
            )
        if pull.state == "open":
            missing = [name for name in self.proposal.labels if name not in pull.labels]
            notes.extend(await self.forge.label(pull.number, missing))
            author = pull.author.lower()
            asked = [r for r in self.proposal.reviewers if r.lower() not in {*pull.reviewers, author}]
            notes.extend(await self.forge.ask_review(pull.number, asked))
        return Outcome(pull.url, str(pull.number), tuple(notes))


@dataclass
class FileTicket:
    """One ticket, linked with the source's pages. sent: an attempt may have made it already."""

    case: Case
    proposal: Proposal
    write: Write
    tracker: Tracker
    hosts: frozenset[str] = frozenset()
    sent: bool = False

    async def find(self) -> Outcome | None:
        known = next((effect for effect in self.case.effects if effect.key == self.write.key), None)
        sent = self.sent or (known is not None and known.state in ("intended", "failed"))
        there = await self.tracker.find(self._ticket, sent=sent)
        return await self._finished(there) if there is not None else None

    async def perform(self) -> Outcome:
        self.sent = True
        return await self._finished(await self.tracker.create(self._ticket))

    async def _finished(self, there: Ticket) -> Outcome:
        notes = await self.tracker.finish(there, self._ticket)
        return Outcome(there.url, there.id, notes)

    @property
    def _ticket(self) -> NewTicket:
        pages = tuple(
            (f"{s.source} {clean_line(s.short_id or s.id)}", s.url)
            for s in self.case.signals
            if s.url and urlsplit(s.url).hostname in self.hosts
        )
        return NewTicket(
            self.write.key, self.write.title, self.write.text, marker(self.case), self.proposal.labels,
            pages[:MOST_PAGES], self.hosts,
        )  # fmt: skip


@dataclass(frozen=True)
class SayAtSource:
    write: Write
    port: WriteBack
    signal: str
    address: str

    async def find(self) -> Outcome | None:
        said = {" ".join(text.split()) for text in await self.port.comments(self.signal)}
        return Outcome() if " ".join(self._text.split()) in said else None

    async def perform(self) -> Outcome:
        answer = await self.port.comment(self.signal, self._text)
        return Outcome(answer if "://" in answer else "", "" if "://" in answer else answer)

    @property
    def _text(self) -> str:
        return self.write.text.replace(ADDRESS, self.address)


@dataclass(frozen=True)
class WriteFile:
    path: Path
    text: str

    async def find(self) -> Outcome | None:
        return Outcome(str(self.path)) if same_file(self.path, self.text) else None

    async def perform(self) -> Outcome:
        write_file(self.path, self.text)
        return Outcome(str(self.path))


def check_open(pull: Made) -> None:
    """DeliveryError where a pull request is over, so that no change can reach anybody through it."""
    if pull.state == "closed":
        raise DeliveryError(
            f"{pull.shown} from this branch was closed", f"By hand, at {pull.url}.",
            "Somebody turned it down. Reopen it there, then send again; Rootcase opens no second one.",
        )  # fmt: skip
    if pull.state == "merged":
        raise DeliveryError(
            f"{pull.shown} from this branch was merged already", f"At {pull.url}.",
            "What differs now needs a change of its own: make it by hand, on the base as it is now.",
        )  # fmt: skip


def act_for(case: Case, proposal: Proposal, write: Write, ports: Ports, address: str, at_us: int) -> Act:
    """The act behind a write. DeliveryError where what it needs is not configured."""
    if not still_meant(write, proposal, ports.place):
        raise DeliveryError(
            "The configuration names another destination now", f"Approved was {write.target}; nothing was sent.",
            "Propose again, then look at it and approve it anew.",
        )  # fmt: skip
    if write.target.startswith("file "):
        return _file(case, proposal, write, ports, at_us)
    if write.kind == "fork" and ports.pusher is not None and ports.forge is not None:
        return ForkProject(ports.place.fork, ports.forge, ports.pusher)
    if write.kind == "push" and ports.pusher is not None:
        return PushBranch(case, proposal, write, ports.pusher, at_us, ports.forge)
    if write.kind == "pull_request" and ports.forge is not None:
        return OpenPull(case, proposal, write, ports.forge)
    if write.kind == "ticket" and ports.tracker is not None:
        return FileTicket(case, proposal, write, ports.tracker, ports.place.hosts)
    if write.kind == "escalation" and is_on_ticket(write) and ports.tracker is not None:
        return on_ticket(write, ports.tracker)
    if write.kind == "comment" and ":again:" in write.key and ports.tracker is not None:
        return SayAtSource(write, TrackerTalk(ports.tracker), write.target.rpartition(" ")[2].lstrip("#"), "")
    if write.kind in ("comment", "escalation"):
        source, signal = source_of(write)
        if source in ports.write_back:
            return SayAtSource(write, ports.write_back[source], signal, address)
    if (
        write.kind in ("auto_merge", "auto_merge_off")
        and ports.merger is not None
        and ports.forge is not None
    ):
        if write.kind == "auto_merge_off":
            return WithdrawMerge(proposal.branch, ports.forge, ports.merger)
        if ports.pusher is not None:
            return AskMerge(case, proposal, ports.forge, ports.merger, ports.pusher)
    raise DeliveryError(
        f"Nothing is configured for the {write.kind.replace('_', ' ')}", f"It would go to {write.target}.",
        "Set forge, tracker, their tokens and remote for this repository in config.yaml.",
    )  # fmt: skip


def _file(case: Case, proposal: Proposal, write: Write, ports: Ports, at_us: int) -> Act:
    if ports.folder is None:
        raise DeliveryError("There is no folder for files", write.target, "Set a forge in config.yaml.")
    path = ports.folder / Path(write.target.removeprefix("file ")).name
    if write.kind == "ticket":
        return WriteFile(path, ticket_text(write.title, write.text))
    hunks = case.draft.accepted if case.draft is not None else ()
    return WriteFile(path, patch_text(write.text, hunks, ports.author, at_us))


def _pushed(commit: str, note: str) -> Outcome:
    notes = (
        Refused(note, "The change still applies to its own base.", "Rebase it at the forge if it conflicts."),
    )
    return Outcome("", commit, notes if note else ())
