"""A human who has it keeps it: assignee, ticket, pull request, branch, comment, or a closed word."""

# Patterns are tables; breaking their lines hides them.
# ruff: noqa: E501

from __future__ import annotations

import re

from rootcase.core.gate.facts import Facts
from rootcase.core.gate.people import what_else
from rootcase.core.gate.words import words
from rootcase.core.model.signals import Actor, Signal, Work
from rootcase.core.model.verdicts import RuleResult

RULE = "human_owns_it"
CLOSED_BY_WORD = words("ignored archived muted snoozed silenced excluded suppressed wontfix wont_fix") | {
    "won't fix",
    "wont fix",
    "won't do",
    "by design",
    "as designed",
    "not a bug",
}
# A state that nobody knows counts as open: somebody may be at it.
CLOSED = words(
    "closed done resolved fixed completed complete finished cancelled canceled duplicate merged released "
    "deployed shipped abandoned declined rejected invalid superseded obsolete locked"
)
KINDS = {"ticket": "ticket", "pull_request": "PR", "branch": "branch"}
_CLAIMS = re.compile(
    r"\b(?:i'?m on (?:it|this)|on it|i(?:'ll| will| can| am going to) (?:take|fix|handle|look|do|pick|investigate|own|check)"
    r"|i(?:'m| am) (?:looking|working|taking|fixing|investigating|handling|debugging)|(?:looking|working|digging) (?:into|on|at)"
    r"|taking (?:this|it|a look)|i have a (?:fix|patch|pr|branch)|mine\b|i own this|let me (?:take|handle|look|fix)"
    r"|fix (?:is )?(?:coming|in progress|underway|on its way)|don'?t touch|hands off|please leave (?:this|it)|assigned to me|i've got (?:this|it))",
    re.IGNORECASE,
)
_DISCLAIMS = re.compile(
    r"\b(?:anybody|anyone|somebody|someone|who)\b[^.!?\n]{0,60}\?|\b(?:not (?:me|mine|on it|working|looking)|no longer|can'?t (?:take|look|work)|cannot (?:take|look|work)|won'?t (?:have time|get to)"
    r"|unassign|somebody else|someone else|anyone (?:else )?(?:can|could|want)|nobody is|who can take|up for grabs)",
    re.IGNORECASE,
)


def check(facts: Facts) -> RuleResult:
    if owner := _marked_here(facts):
        return _waits(owner, f"{owner} has it", "marked here by hand")
    for signal in facts.case.signals:
        if result := _closed_at_source(facts, signal) or _assigned(facts, signal):
            return result
    for work in facts.all_work:
        if result := _refused(facts, work) or _others_work(facts, work) or _claimed(facts, work):
            return result
    return RuleResult(RULE, None, _nobody(facts))


def is_open(work: Work) -> bool:
    return (
        _plain(work.state) not in CLOSED
        and work.state.strip().lower().replace("_", " ") not in CLOSED_BY_WORD
    )


def _plain(state: str) -> str:
    return re.sub(r"[\s-]+", "_", state.strip().lower())


def _marked_here(facts: Facts) -> str:
    """Who has it by a human's mark in this store, "" where nobody or I."""
    marks = [said for said in facts.case.said if said.what == "ownership_marked" and not said.undone]
    owner = facts.case.owner
    if not marks or marks[-1].text != f"{owner} has it" or facts.is_me(Actor(owner)):
        return ""
    return owner


def _closed_at_source(facts: Facts, signal: Signal) -> RuleResult | None:
    """Who archived it may be unknown; then it counts as a human's word, only a bot's does not."""
    by = signal.status_by
    if signal.status.lower() not in CLOSED_BY_WORD or (by is not None and not facts.is_human(by)):
        return None
    name = by.name if by else f"somebody at {signal.source}"
    saw = f"{signal.status.lower()} by {name}"
    return RuleResult(RULE, "ignore", saw, "a human decided to leave it", facts.cites, kind="archived")


def _assigned(facts: Facts, signal: Signal) -> RuleResult | None:
    actor = signal.assignee
    if actor is None or not facts.is_human(actor) or facts.is_me(actor):
        return None
    return _waits(
        actor.name, f"{actor.name} has it, assigned at {signal.source}", "two people would do the same work"
    )


def _refused(facts: Facts, work: Work) -> RuleResult | None:
    """A ticket that a human closed with a decision not to change anything."""
    if work.kind != "ticket" or work.state.strip().lower().replace("_", " ") not in CLOSED_BY_WORD:
        return None
    if work.by is not None and not facts.is_human(work.by):
        return None
    saw = f"ticket {work.id} was closed: {work.state}" + (f", by {work.by.name}" if work.by else "")
    return RuleResult(RULE, "ignore", saw, "a human decided to leave it", facts.cites, kind="won't fix")


def _others_work(facts: Facts, work: Work) -> RuleResult | None:
    """A ticket that Rootcase filed, a bot's work and my own never make a case wait."""
    if work.ours or work.kind not in KINDS or not is_open(work):
        return None
    if work.by is not None and (facts.is_me(work.by) or not facts.is_human(work.by)):
        return None
    who = work.by.name if work.by else ""
    what = f"{KINDS[work.kind]} {work.id}"
    saw = f"{what} by {who} names it" if who else f"{what} names it"
    return _waits(f"{what}{f' {who}' if who else ''}", saw, "somebody works on it already")


def _claimed(facts: Facts, work: Work) -> RuleResult | None:
    """A human's comment that takes it; one that only remarks on it does not."""
    if work.kind != "comment" or work.by is None or facts.is_me(work.by) or not facts.is_human(work.by):
        return None
    if not _CLAIMS.search(work.text[:2000]) or _DISCLAIMS.search(work.text[:2000]):
        return None
    place = f" at {work.where}" if work.where else ""
    said = " ".join(work.text.split())[:60]
    return _waits(work.by.name, f"{work.by.name} says{place}: {said}", "somebody works on it already")


def _waits(for_whom: str, saw: str, matters: str) -> RuleResult:
    return RuleResult(RULE, "wait", saw, matters, waits_for=for_whom)


def _nobody(facts: Facts) -> str:
    assignees = [signal.assignee for signal in facts.case.signals if signal.assignee]
    mine = any(facts.is_me(actor) for actor in assignees)
    words = "it is assigned to you" if mine else "nobody has it: no assignee, ticket or PR"
    others = [actor for actor in assignees if not facts.is_human(actor)]
    if others and not mine:
        words = f"nobody has it: {others[0].name} {what_else(others[0])}, no ticket or PR"
    words += "".join(f"; {remark}" for remark in _remarks(facts))
    if facts.failed:
        words += f"; {', '.join(facts.failed)} did not answer, so there may be work that nobody saw"
    return words


def _remarks(facts: Facts) -> list[str]:
    """Work that is there and does not count, with why."""
    out = []
    for work in facts.all_work:
        named = f"{KINDS.get(work.kind, work.kind)} {work.id}".strip()
        if work.ours and work.kind == "ticket":
            out.append("our own ticket does not count")
        elif work.kind in KINDS and not is_open(work):
            out.append(f"{named} is {work.state}")
        elif work.kind in KINDS and work.by is not None and facts.is_me(work.by):
            out.append(f"{named} is yours")
        elif work.kind in KINDS and work.by is not None and not facts.is_human(work.by):
            out.append(f"{named}: {work.by.name} {what_else(work.by)}")
        elif work.kind == "comment" and work.by is not None:
            out.append(f"{work.by.name}'s comment does not take it")
    return list(dict.fromkeys(out))[:3]
