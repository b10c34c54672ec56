"""Another party's outage is not ours to patch: named host, spread over call sites, start."""

from __future__ import annotations

import re

from rootcase.core.gate.facts import Facts, clock, counted, span
from rootcase.core.model.events import Event
from rootcase.core.model.verdicts import RuleResult

RULE = "upstream_or_network"
DEPLOY_WINDOW_S = 1800
_INTERNAL = re.compile(
    r"^(?:localhost|127\.|0\.0\.0\.0|::1|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.)"
    r"|\.(?:local|internal|intranet|lan|svc|cluster\.local|corp|home\.arpa)(?::\d+)?$"
)


def check(facts: Facts) -> RuleResult:
    mark = facts.case.fingerprint
    if mark is None or mark.kind != "outage" or not mark.host:
        return RuleResult(RULE, None, "no outage: nothing shows that another host failed")
    if whose := is_own(mark.host, facts):
        saw = f"{mark.host} does not answer, and it is ours: {whose}"
        return RuleResult(
            RULE, "investigate", saw, "an outage of our own is ours to find", facts.cites, kind="own service"
        )
    sites = call_sites(facts)
    since = clock(facts.first_seen_us, facts.now_us)
    if (release := _just_deployed(facts)) and sites < 2:
        saw = f"{mark.host} fails at one call site since {release}"
        return RuleResult(RULE, "investigate", saw, "a new release may ask the wrong host", facts.cites)
    spread = f"{counted(sites, 'call site')}, {counted(facts.case.events or len(facts.events), 'event')}"
    saw = f"upstream outage, {mark.host}: {spread}" + (f", since {since}" if since else "")
    matters = (
        "the fault is at that host; no change of ours ends it. A missing timeout or retry would be a ticket"
    )
    return RuleResult(RULE, "ignore", saw, matters, facts.cites, waits_for=mark.host, kind="upstream outage")


def is_own(host: str, facts: Facts) -> str:
    """Why a host is ours, or ""."""
    bare = host.rsplit(":", 1)[0].lower() if host.count(":") == 1 else host.lower()
    if _INTERNAL.search(bare):
        return "an internal address"
    first = bare.split(".", 1)[0]
    services = {facts.case.service.lower()} | {
        service.lower() for repository in facts.settings.repositories for service in repository.services
    }
    if first in services - {""}:
        return f"our service {first}"
    return "a name without a domain" if "." not in bare else ""


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
        if frame.in_app is not False and _looks_ours(frame.abs_path or frame.filename)
    )


def _looks_ours(path: str) -> bool:
    return not re.search(r"(?:site|dist)-packages/|/lib/python\d|^<", path)


def _just_deployed(facts: Facts) -> str:
    """The release whose deploy came shortly before the first event, in words, or ""."""
    first = facts.first_seen_us
    for signal in facts.case.signals:
        for deploy in signal.deploys:
            gap = (first - deploy.at_us) / 1_000_000
            if first and deploy.at_us and 0 <= gap <= DEPLOY_WINDOW_S:
                return f"{span(gap)} after {deploy.release} was deployed"
    return ""
