"""The writes of a proposal in order: push, pull request or ticket, then a word at the source."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace

from rootcase.core.deliver.destination import Destination, remote_name
from rootcase.core.deliver.naming import TRAILER, write_key
from rootcase.core.deliver.part import when
from rootcase.core.model.case import Case
from rootcase.core.model.delivery import Effect, EffectKind, Proposal, Write
from rootcase.core.safety.inert import plain
from rootcase.core.safety.text import clean_line

ADDRESS = "(its address)"
WIDTH = 72
SUBJECT_LENGTH = 72


def writes_of(
    case: Case, proposal: Proposal, destination: Destination, write_back: Collection[str]
) -> tuple[Write, ...]:
    """Every write that would leave this machine, with its exact text; `(its address)` is filled when known."""
    forge = destination.shown
    comments = _comments(case, proposal, write_back)
    if proposal.kind == "ticket":
        somewhere = destination.tracker != "none"
        target = destination.tracker_shown if somewhere else f"file {case.key.lower()}-ticket.md"
        text, title = proposal.body, proposal.title
        if somewhere and (again := _again(case, target)):
            return (again,)
        ticket = Write("ticket", target, write_key(case, "ticket"), title, text, "a ticket with this text")
        return (ticket, *comments) if somewhere else (ticket,)
    message = commit_message(case, proposal)
    if proposal.kind == "patch_file":
        name = f"file {proposal.branch.removeprefix('rootcase/')}.patch"
        return (Write("push", name, _anew(case, "push", "patch", proposal, message), proposal.title, message,
                      "a patch that git am takes"),)  # fmt: skip
    made = (_fork(case, destination),) if destination.unmade else ()
    pushed, sent = last_done(case, "push"), last_done(case, "pull_request")
    if case.after is not None and case.after.stage in ("recurred", "reverted"):
        pushed = sent = None  # what went out before is over, and this has a branch of its own
    push = Write(
        "push", push_target(proposal, destination),
        _anew(case, "push", "push", proposal, message), proposal.title, message,
        f"one commit more on its branch{_signed(destination)}" if pushed
        else f"one commit on a new branch{_signed(destination)}",
    )  # fmt: skip
    how = "a draft pull request" if proposal.kind == "draft_pull_request" else "a pull request for review"
    pull = Write(
        "pull_request",
        forge,
        _anew(case, "pull_request", "pull_request", proposal, proposal.body),
        proposal.title,
        proposal.body,
        f"{destination.pull_sign}{sent.number} gets this text" if sent else f"{how}, this text",
    )
    return (*made, push, pull, *comments)


def fork_target(destination: Destination) -> str:
    return f"{destination.forge_name}/{destination.fork}"


def _fork(case: Case, destination: Destination) -> Write:
    why = f"a fork of {destination.project}, since this token may not push there"
    return Write("fork", fork_target(destination), write_key(case, "fork", destination.fork), note=why)


def _signed(destination: Destination) -> str:
    return f", signed with your {destination.signed}" if destination.signed else ""


def _again(case: Case, target: str) -> Write | None:
    """A word on the ticket that is there already, once for each time the error has come back since; else None."""
    filed = last_done(case, "ticket")
    if filed is None or not case.recurred or not filed.number:
        return None
    seen = max((s.last_seen_us for s in case.signals), default=0)
    release = next((s.last_release for s in case.signals if s.last_release), "")
    told = [f"{case.events:,} events in all", f"last seen {when(seen)}" if seen else "",
            f"on release {plain(release, limit=80)}" if release else ""]  # fmt: skip
    text = f"This error has come back ({', '.join(t for t in told if t)}). Rootcase case {case.key}."
    key = write_key(case, "again", str(case.recurred))
    shown = f"#{filed.number}" if filed.number.isdigit() else filed.number
    return Write("comment", f"{target} {shown}", key, "", text, "one comment: the ticket is there already")


def last_done(case: Case, kind: EffectKind) -> Effect | None:
    """The write of that kind that went out last, or None."""
    return next((e for e in reversed(case.effects) if e.kind == kind and e.state == "done"), None)


def _anew(case: Case, kind: EffectKind, name: str, proposal: Proposal, text: str) -> str:
    """The key of a write that is made again whenever its text is another than the one sent last.

    The write before it counts too: a text that goes back to an earlier one is news at the forge.
    """
    sent = last_done(case, kind)
    what = "\0".join((sent.key if sent else "", proposal.draft_digest, proposal.title, text))
    return write_key(case, name, hashlib.sha256(what.encode("utf-8", "surrogatepass")).hexdigest()[:12])


def push_target(proposal: Proposal, destination: Destination) -> str:
    return f"{remote_name(destination.push_url)} {proposal.branch}"


def still_meant(write: Write, proposal: Proposal, destination: Destination) -> bool:
    """Whether the configuration still sends this write where the approved text says it goes."""
    if ":again:" in write.key:
        return write.target.startswith(f"{destination.tracker_shown} ")
    if write.target.startswith("file ") or write.kind in ("comment", "status"):
        return True
    if write.kind == "push":
        return write.target == push_target(proposal, destination)
    if write.kind == "escalation":
        on_ticket = ":escalation:ticket:" in write.key
        return not on_ticket or write.target.startswith(f"{destination.tracker_shown} ")
    if write.kind == "fork":
        return write.target == fork_target(destination)
    return write.target == (destination.tracker_shown if write.kind == "ticket" else destination.shown)


def commit_message(case: Case, proposal: Proposal) -> str:
    """Subject, one paragraph, and trailers; nothing in it closes, mentions or links anything."""
    subject = plain(proposal.title, limit=SUBJECT_LENGTH)
    why = plain(case.draft.explanation if case.draft else "", limit=600)
    paragraphs = [subject, _wrapped(why) if why else ""]
    level = proposal.depth_rule.split(" ", 1)[0].rstrip(",:")
    trailers = [f"{TRAILER}: {case.key}"]
    if case.fingerprint:
        trailers.append(f"Rootcase-Fingerprint: {case.fingerprint.alias}")
    if level.startswith("E"):
        trailers.append(f"Rootcase-Evidence: {level}")
    return "\n\n".join([*(p for p in paragraphs if p), "\n".join(trailers)]) + "\n"


def signed_off(write: Write, who: str) -> Write:
    """The commit with its engineer's sign-off, which they give by approving this very text.

    https://git-scm.com/docs/git-commit#Documentation/git-commit.txt---signoff
    """
    return replace(
        write, text=f"{write.text.rstrip()}\nSigned-off-by: {who}\n", note=f"{write.note}, signed off"
    )


def _comments(case: Case, proposal: Proposal, write_back: Collection[str]) -> tuple[Write, ...]:
    what = {"ticket": "ticket", "pull_request": "pull request", "draft_pull_request": "draft pull request"}
    words = what.get(proposal.kind, "change")
    kind = "ticket" if proposal.kind == "ticket" else "pull_request"
    return tuple(
        Write(
            "comment", f"{s.source} {clean_line(s.short_id or s.id, limit=200)}",
            write_key(case, "comment", f"{kind}:{s.source}:{s.id}"), "",
            f"Rootcase case {case.key}: a {words} for this error, {ADDRESS}", "one line with its address",
        )
        for s in case.signals
        if s.source in write_back
    )  # fmt: skip


def _wrapped(text: str) -> str:
    """Broken at plain spaces alone: one that does not break is there so that nothing closes an issue."""
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > WIDTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*lines, line])
