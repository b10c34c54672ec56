"""What a sync did, source by source, as it is printed and published."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """How reading one source went. signals, events: read; fault: why it stopped; partial: what is missing.

    new, changed, regressed: signals; the others of `signals` are as they were but for their counts. gone,
    merged: told by a reconciliation. limited: what the first sync left out, by configuration.
    reconciled: all that we hold was compared this time. skipped: why it was not asked at all. note: worth
    knowing about the source, and no lack of what was read.
    """

    source: str
    signals: int = 0
    events: int = 0
    fault: str = ""
    hint: str = ""
    partial: str = ""
    new: int = 0
    changed: int = 0
    regressed: int = 0
    gone: int = 0
    merged: int = 0
    limited: str = ""
    reconciled: bool = False
    skipped: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """A look at sent work. stage: where it stands; said: in a sentence; news: whether that is new. fault: what
    did not answer, "" for nothing."""

    case: str
    title: str
    stage: str
    said: str
    news: bool
    fault: str = ""


@dataclass(frozen=True, slots=True)
class SyncOutcome:
    """opened: keys of new cases; changed: cases whose signals are not as they were.

    regressed, joined, merged: keys of cases that came back, took a page in, went into another one.
    gone: signals that their sources have no more. mapped: cases that the gate and the code map looked at.
    looked: sent pull requests that were looked at.
    """

    schema: str
    opened: tuple[str, ...]
    changed: int
    sources: tuple[SourceOutcome, ...]
    regressed: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    gone: int = 0
    mapped: int = 0
    looked: tuple[Looked, ...] = ()
