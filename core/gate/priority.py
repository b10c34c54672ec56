"""How urgent a case is: new or back again, rising, many users, just deployed, the error budget it burns."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts, counted, is_doubling, span
from rootcase.core.gate.slo import Burn, burn_of
from rootcase.core.model.verdicts import Priority

NEW_FOR_S = 24 * 3600
DEPLOY_WINDOW_S = 2 * 3600
MANY_USERS = 100
SOME_USERS = 10
MANY_EVENTS = 1000
LEVELS: tuple[Priority, ...] = ("P4", "P3", "P2", "P2", "P1", "P1")


def priority_of(facts: Facts) -> tuple[Priority, tuple[str, ...]]:
    """P1 to P4 with the reasons that count.

    Each is a point, many users are two. A burn that would page somebody is P1 whatever else is so, one that
    would open a ticket is a point.
    """
    reasons = [reason for reason in (_news(facts), _grows(facts), _deployed(facts)) if reason]
    points = len(reasons)
    users, events = facts.case.users, facts.case.events
    if users >= SOME_USERS or (not users and events >= MANY_EVENTS):
        points += 2 if users >= MANY_USERS else 1
        reasons.append(counted(users, "user") if users else counted(events, "event"))
    burn = burning(facts)
    if burn.words:
        reasons.append(burn.words)
        points += 1
    return "P1" if burn.urgency == "page" else LEVELS[min(points, 5)], tuple(reasons)


def burning(facts: Facts) -> Burn:
    """The worst burn of the case's signals, by what was measured or by the source's counts."""
    if facts.burn is not None:
        return facts.burn
    slos = [slo for slo in facts.settings.slos if slo.service in (facts.case.service, "*")]
    found = [burn_of(s.trend, s.bucket_s, slo) for slo in slos for s in facts.case.signals]
    return max(found, key=lambda burn: (burn.urgency == "page", burn.rate), default=Burn())


def _grows(facts: Facts) -> str:
    if any(is_doubling(signal.trend) for signal in facts.case.signals):
        return "doubling"
    return "rising" if facts.rising else ""


def _news(facts: Facts) -> str:
    if facts.regressed:
        return "came back after it was resolved"
    age_s = (facts.now_us - facts.first_seen_us) / 1_000_000
    return f"new, {span(age_s)}" if facts.first_seen_us and 0 <= age_s < NEW_FOR_S else ""


def _deployed(facts: Facts) -> str:
    """The nearest deploy shortly before the first event; a canary an hour earlier says less."""
    near = [
        (gap, deploy.release)
        for signal in facts.case.signals
        for deploy in facts.deploys
        if deploy.at_us and signal.first_seen_us
        and 0 <= (gap := (signal.first_seen_us - deploy.at_us) / 1_000_000) <= DEPLOY_WINDOW_S
    ]  # fmt: skip
    gap, release = min(near, default=(0.0, ""))
    return f"{span(gap)} after {release} was deployed" if release else ""
