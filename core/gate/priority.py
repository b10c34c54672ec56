"""How urgent a case is: new or back again, rising, many users, just deployed."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts, counted, span
from rootcase.core.model.verdicts import Priority

NEW_FOR_S = 24 * 3600
DEPLOY_WINDOW_S = 2 * 3600
MANY_USERS = 100
SOME_USERS = 10
MANY_EVENTS = 1000


def priority_of(facts: Facts) -> tuple[Priority, tuple[str, ...]]:
    """P1 to P4 with the reasons that count; each is a point, many users are two."""
    reasons = [
        reason for reason in (_news(facts), "rising" if facts.rising else "", _deployed(facts)) if reason
    ]
    points = len(reasons)
    users, events = facts.case.users, facts.case.events
    if users >= SOME_USERS or (not users and events >= MANY_EVENTS):
        points += 2 if users >= MANY_USERS else 1
        reasons.append(counted(users, "user") if users else counted(events, "event"))
    levels: tuple[Priority, ...] = ("P4", "P3", "P2", "P2", "P1", "P1")
    return levels[min(points, 5)], tuple(reasons)


def _news(facts: Facts) -> str:
    if facts.case.state == "regressed":
        return "came back after it was resolved"
    age_s = (facts.now_us - facts.first_seen_us) / 1_000_000
    return f"new, {span(age_s)}" if facts.first_seen_us and 0 <= age_s < NEW_FOR_S else ""


def _deployed(facts: Facts) -> str:
    """A deploy shortly before the first event."""
    for signal in facts.case.signals:
        for deploy in signal.deploys:
            gap = (signal.first_seen_us - deploy.at_us) / 1_000_000
            if deploy.at_us and signal.first_seen_us and 0 <= gap <= DEPLOY_WINDOW_S:
                return f"{span(gap)} after {deploy.release} was deployed"
    return ""
