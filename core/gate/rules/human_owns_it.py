"""A human who has it keeps it: assignee, ticket, pull request, or a closed word at the source."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts
from rootcase.core.model.signals import Actor, Signal, Work
from rootcase.core.model.verdicts import RuleResult

RULE = "human_owns_it"
CLOSED_BY_WORD = frozenset({"ignored", "archived", "muted", "wontfix", "won't fix", "wont_fix"})
OPEN = frozenset({"open", "draft", "in progress", "in_progress", "todo", "to do", "in review"})
KINDS = {"ticket": "ticket", "pull_request": "PR", "branch": "branch"}


def check(facts: Facts) -> RuleResult:
    if owner := _marked_here(facts):
        return _waits(owner, f"{owner} has it", "marked here by hand")
    for signal in facts.case.signals:
        if result := _closed_at_source(facts, signal) or _assigned(facts, signal):
            return result
    for work in _open_work(facts):
        if result := _others_work(facts, work):
            return result
    return RuleResult(RULE, None, _nobody(facts))


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


def _open_work(facts: Facts) -> tuple[Work, ...]:
    work = facts.work + tuple(item for signal in facts.case.signals for item in signal.work)
    unique = {(item.kind, item.id, item.where): item for item in work}
    return tuple(item for item in unique.values() if item.state.lower() in OPEN)


def _others_work(facts: Facts, work: Work) -> RuleResult | None:
    """A ticket that Rootcase filed, a bot's work and my own never make a case wait."""
    if work.ours or work.kind not in KINDS:
        return None
    if work.by is not None and (facts.is_me(work.by) or not facts.is_human(work.by)):
        return None
    who = work.by.name if work.by else ""
    what = f"{KINDS[work.kind]} {work.id}"
    saw = f"{what} by {who} names it" if who else f"{what} names it"
    return _waits(f"{what}{f' {who}' if who else ''}", saw, "somebody works on it already")


def _waits(for_whom: str, saw: str, matters: str) -> RuleResult:
    return RuleResult(RULE, "wait", saw, matters, waits_for=for_whom)


def _nobody(facts: Facts) -> str:
    mine = any(signal.assignee and facts.is_me(signal.assignee) for signal in facts.case.signals)
    words = "it is assigned to you" if mine else "nobody has it: no assignee, ticket or PR"
    teams = [
        signal.assignee.name
        for signal in facts.case.signals
        if signal.assignee and not facts.is_human(signal.assignee)
    ]
    if teams and not mine:
        words = f"nobody has it: {teams[0]} is a rule or a bot, no ticket or PR"
    if any(work.ours and work.kind == "ticket" for work in facts.work):
        words += "; our own ticket does not count"
    if facts.failed:
        words += f"; {', '.join(facts.failed)} did not answer"
    return words
