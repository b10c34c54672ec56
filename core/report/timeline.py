"""What happened to a case, in the order of time: events, deploys, triage, draft, proof, delivery and after."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.core.model.case import Case

MOST_DEPLOYS = 20


@dataclass(frozen=True, slots=True)
class Happening:
    """at_us: microseconds since 1970. kind: `first_event`, `deploy`, or a moment's. actor: who did it, "" for
    Rootcase by itself. seq: the journal's entry that says so, 0 where a source does."""

    at_us: int
    kind: str
    text: str
    actor: str = ""
    url: str = ""
    seq: int = 0


def timeline(case: Case) -> tuple[Happening, ...]:
    """Everything with its moment; the same deploy told by two sources once."""
    told = [*_events(case), *_deploys(case), *_moments(case)]
    return tuple(sorted(told, key=lambda each: (each.at_us, each.seq)))


def _events(case: Case) -> list[Happening]:
    dated = [signal for signal in case.signals if signal.first_seen_us]
    if not dated:
        return []
    first = min(dated, key=lambda signal: signal.first_seen_us)
    last = max(dated, key=lambda signal: signal.last_seen_us)
    words = f"first event{_on(first.first_release)}, at {first.source}"
    out = [Happening(first.first_seen_us, "first_event", words, url=first.url)]
    if last.last_seen_us > first.first_seen_us:
        words = f"last event so far{_on(last.last_release)}, at {last.source}"
        out.append(Happening(last.last_seen_us, "last_event", words, url=last.url))
    return out


def _on(release: str) -> str:
    return f" on {release}" if release else ""


def _deploys(case: Case) -> list[Happening]:
    """Deploys of the releases around; those that hold the fix are told as moments."""
    fixed = {(each.release, each.environment) for each in (case.after.landed if case.after else ())}
    every = {(d.at_us, d.release, d.environment): d.url for s in case.signals for d in s.deploys if d.at_us}
    kept = sorted(item for item in every.items() if (item[0][1], item[0][2]) not in fixed)[-MOST_DEPLOYS:]
    return [
        Happening(at_us, "deploy", f"{release} deployed" + (f" to {place}" if place else ""), url=url)
        for (at_us, release, place), url in kept
    ]


def _moments(case: Case) -> list[Happening]:
    return [
        Happening(each.at_us, each.kind, each.text, _who(each.actor), each.url, each.seq)
        for each in case.moments
    ]


def _who(actor: str) -> str:
    return "" if actor == "rootcase" else actor.removeprefix("human:")
