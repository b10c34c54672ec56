"""Which case a signal's events belong to, or what a new one is called; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.cluster.judged import Judged
from rootcase.core.model.events import Event
from rootcase.core.model.fingerprints import Fingerprint, Reason
from rootcase.core.model.signals import Signal
from rootcase.core.safety.text import clean_line

TITLE_LENGTH = 100
NEAR_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Assignment:
    """case: key of the case that already has this fingerprint, "" where a new one is to be opened.

    fingerprint: the signal's, with the reasons why it is one with its case and apart from near ones.
    because: the joining reason in one line. agreeing, seen: events that carry this fingerprint, of all.
    others: fingerprints of the events that the source counts to this signal and we would not.
    alike: the fingerprint that a new case may be under another name, with the reason; for a human to judge.
    """

    case: str
    fingerprint: Fingerprint
    title: str
    because: str
    agreeing: int = 0
    seen: int = 0
    others: tuple[Fingerprint, ...] = ()
    alike: tuple[Fingerprint, str] | None = None


def cluster(
    events: Sequence[Event],
    signal: Signal,
    known: Sequence[tuple[str, Fingerprint]],
    fingerprinter: DefaultFingerprinter,
) -> Assignment:
    """Judge a signal by its events; most of them decide, the newest where they are even.

    Args: events: its samples, may be empty. known: (case key, fingerprint) of the open cases.
    """
    judged = [fingerprinter.judge(event) for event in events] or [_without_events(signal, fingerprinter)]
    first = _most_frequent(judged)
    mark = first.fingerprint
    agreeing = sum(item.fingerprint.key == mark.key for item in judged)
    case = next((key for key, other in known if other.alias == mark.alias), "")
    others = {item.fingerprint.key: item.fingerprint for item in judged if item.fingerprint.key != mark.key}
    reasons = mark.reasons + _apart(mark, known)
    because = "; ".join(reason.text for reason in mark.reasons if reason.joins)[:300]
    return Assignment(
        case=case,
        fingerprint=replace(mark, reasons=reasons),
        title=title_of(first, signal),
        because=because,
        agreeing=agreeing if events else 0,
        seen=len(events),
        others=tuple(others.values()),
        alike=None if case else fingerprinter.alike(first),
    )


def title_of(judged: Judged, signal: Signal | None = None) -> str:
    """`KeyError 'currency' in price_for`: the error, its telling word, and the function."""
    mark = judged.fingerprint
    kind = mark.type or (signal.title if signal and signal.title else "")
    words = [kind, judged.brief if judged.brief not in kind else ""]
    # An outage is met at many places; a private helper of a client names none of them.
    hidden = mark.kind == "outage" and judged.function.startswith("_")
    if judged.function and judged.function != "<module>" and not hidden:
        words.append(f"in {judged.function}")
    title = " ".join(word for word in words if word) or "An event without exception or message"
    return clean_line(title, limit=TITLE_LENGTH)


def _most_frequent(judged: Sequence[Judged]) -> Judged:
    counts = Counter(item.fingerprint.key for item in judged)
    most = max(counts.values())
    return next(item for item in judged if counts[item.fingerprint.key] == most)


def _without_events(signal: Signal, fingerprinter: DefaultFingerprinter) -> Judged:
    """A source that sends no sample still has a title; nothing else can be compared."""
    return fingerprinter.judge(Event(f"{signal.source}:{signal.id}", message=signal.title))


def _apart(mark: Fingerprint, known: Sequence[tuple[str, Fingerprint]]) -> tuple[Reason, ...]:
    near: list[Reason] = []
    for key, other in known:
        if other.key == mark.key or not mark.anchor or other.kind != mark.kind:
            continue
        why = _difference(mark, other)
        if why:
            near.append(Reason(f"{key} stays apart: {why}", joins=False))
        if len(near) == NEAR_SHOWN:
            break
    return tuple(near)


def _difference(mark: Fingerprint, other: Fingerprint) -> str:
    if other.anchor == mark.anchor and other.type != mark.type:
        return f"other error, {other.type}"
    if other.anchor == mark.anchor:
        return "other key" if mark.type == "KeyError" else "other message"
    same_function = other.anchor.rsplit(".", 1)[-1] == mark.anchor.rsplit(".", 1)[-1]
    if same_function and other.type == mark.type:
        return f"other frame, {other.anchor}"
    same_host = mark.host and other.host == mark.host
    return "other endpoint" if same_host else ""
