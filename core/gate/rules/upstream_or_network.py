"""Another party's outage is not ours to patch: named host, spread over call sites, start and end."""

from __future__ import annotations

import re

from rootcase.core.gate.facts import Facts, clock, counted, span
from rootcase.core.gate.frames import all_frames, library
from rootcase.core.gate.outage import Outage, outage_of
from rootcase.core.gate.own_hosts import whose
from rootcase.core.model.events import Event
from rootcase.core.model.verdicts import RuleResult

RULE = "upstream_or_network"
DEPLOY_WINDOW_S = 1800
BURNS_S = 1800
# `requests` and urllib wait for ever unless told; the others here have a limit of their own.
# https://requests.readthedocs.io/en/latest/user/advanced/#timeouts
_ENDLESS = re.compile(
    r"\b(?:requests|session|self\.session|http)\.(?:get|post|put|patch|delete|head|request)\([^#\n]{0,300}\)|\burlopen\([^#\n]{0,300}\)"
)
_WAITS = re.compile(
    r"^(?:recv|recv_into|readinto|read|_read_status|begin|getresponse|poll|wait|select|epoll)$"
)


def check(facts: Facts) -> RuleResult:
    outage = outage_of(facts)
    if outage is None:
        return RuleResult(RULE, None, "no outage: nothing shows that another host failed")
    if missing := _missing(facts, outage):
        saw = f"{outage.host or 'another host'} was slow or gone, and {missing}"
        matters = "without one, their outage becomes ours; a timeout with a retry or a breaker bounds it"
        return RuleResult(RULE, "ticket", saw, matters, facts.cites, kind="missing timeout")
    if not outage.host:
        saw = "a connection failed, and nothing names the other side"
        return RuleResult(
            RULE, "investigate", saw, "whose outage it is has to be found out", facts.cites, kind="outage"
        )
    if ours := whose(outage.host, facts):
        saw = f"{outage.host} does not answer, and it is ours: {ours}"
        return RuleResult(
            RULE, "investigate", saw, "an outage of our own is ours to find", facts.cites, kind="own service"
        )
    sites = call_sites(facts)
    if (release := _just_deployed(facts)) and sites < 2:
        saw = f"{outage.host} fails at one call site since {release}"
        return RuleResult(RULE, "investigate", saw, "a new release may ask the wrong host", facts.cites)
    return _theirs(facts, outage.host, sites)


def _theirs(facts: Facts, host: str, sites: int) -> RuleResult:
    spread = f"{counted(sites, 'call site')}, {counted(facts.case.events or len(facts.events), 'event')}"
    since = clock(facts.first_seen_us, facts.now_us)
    saw = f"upstream outage, {host}: {spread}" + (f", since {since}" if since else "")
    burns = is_burning(facts)
    if not burns:
        saw += f", over at {clock(facts.last_seen_us, facts.now_us)}" if facts.last_seen_us else ", over"
    matters = (
        "the fault is at that host; no change of ours ends it. A missing timeout or retry would be a ticket"
    )
    return RuleResult(
        RULE, "ignore", saw, matters, facts.cites, waits_for=host if burns else "", kind="upstream outage"
    )


def is_burning(facts: Facts) -> bool:
    """Whether it was still seen in the last half hour, or in the newest bucket of the counts."""
    tails = [signal.trend[-2:] for signal in facts.case.signals if signal.trend]
    if tails:
        return any(any(tail) for tail in tails)
    seen = max((signal.last_seen_us for signal in facts.case.signals), default=0)
    return not seen or facts.now_us - seen <= BURNS_S * 1_000_000


def _missing(facts: Facts, outage: Outage) -> str:
    """What on our side lets their outage hurt us, in words, as far as the frames show it."""
    for event in facts.events[:3]:
        for frame in all_frames(event):
            line = frame.context_line
            if library(frame) is None and _ENDLESS.search(line) and "timeout" not in line:
                return f"our call has no timeout: {' '.join(line.split())[:80]}"
        waits = any(_WAITS.match(frame.function.rsplit(".", 1)[-1]) for frame in all_frames(event))
        if outage.own_limit and waits:
            return "our own process was stopped while it waited: the call has no timeout"
    return ""


def call_sites(facts: Facts) -> int:
    """Different places of ours that met the outage, over the sampled events.

    Where all go through one client module, the places that call it are counted.
    """
    paths = [path for path in map(_own_path, facts.events) if path]
    client = {path[0][0] for path in paths}
    if len(client) == 1:
        outside = [tuple(step for step in path if step[0] not in client) for path in paths]
        paths = [after or before for after, before in zip(outside, paths, strict=True)]
    return max(1, len({path[0] for path in paths}))


def _own_path(event: Event) -> tuple[tuple[str, str], ...]:
    """(file, function) of our frames, innermost first, from the cause out to the entry."""
    frames = [frame for exception in event.exceptions for frame in reversed(exception.frames)]
    return tuple(
        (frame.filename or frame.abs_path or frame.module, frame.function)
        for frame in frames
        if library(frame) is None
    )


def _just_deployed(facts: Facts) -> str:
    """The release whose deploy came shortly before the first event, in words, or ""."""
    first = min((s.first_seen_us for s in facts.case.signals if s.first_seen_us), default=0)
    for deploy in facts.deploys:
        gap = (first - deploy.at_us) / 1_000_000
        if first and deploy.at_us and 0 <= gap <= DEPLOY_WINDOW_S:
            return f"{span(gap)} after {deploy.release} was deployed"
    return ""
