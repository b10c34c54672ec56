"""What production said: counts, since when, where, and the source's own names for it."""

from __future__ import annotations

from rootcase.core.deliver.markdown import code, inline, link
from rootcase.core.deliver.part import Facts, Part, plural, when
from rootcase.core.model.radius import radius, radius_line
from rootcase.core.model.signals import Signal


def signal(facts: Facts) -> Part:
    """The production signal; says so where a count is partial."""
    case = facts.case
    error = case.fingerprint.type if case.fingerprint else ""
    first = min((s.first_seen_us for s in case.signals if s.first_seen_us), default=0)
    counts = plural(case.events, "event") + (f", {plural(case.users, 'user')}" if case.users else "")
    last = max((s.last_seen_us for s in case.signals), default=0)
    lines = [f"{counts}{_since(first)}{_until(last, first)}{_where(case.signals)}.{_names(facts)}"]
    if case.title:
        lines.append(inline(case.title) + (f" ({code(error)})" if error and error not in case.title else ""))
    blast = radius_line(radius(case.signals))
    if blast:
        lines.append(f"Blast radius: {inline(blast)}")
    for partial in dict.fromkeys(s.partial for s in case.signals if s.partial):
        lines.append(f"The numbers may be low: {inline(partial)}")
    return Part("Production signal", tuple(f"- {line}" for line in lines))


def _since(first_us: int) -> str:
    return f" since {when(first_us)}" if first_us else ""


def _until(last_us: int, first_us: int) -> str:
    return f", last seen {when(last_us)}" if last_us > first_us else ""


def _where(signals: tuple[Signal, ...]) -> str:
    releases = [s.last_release or s.first_release for s in signals if s.last_release or s.first_release]
    places = [s.environment for s in signals if s.environment]
    release = f", release {code(releases[0])}" if releases else ""
    return release + (f" in {code(places[0])}" if places else "")


def _names(facts: Facts) -> str:
    names = [link(s.short_id or s.id, s.url, facts.hosts) for s in facts.case.signals]
    return " " + ", ".join(names[:5]) if names else ""
