"""What the cluster stage makes of one event, said in full for `rootcase explain cluster`."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.cluster.stack_text import parse_stack
from rootcase.core.cluster.stage import title_of
from rootcase.core.model.events import Event


@dataclass(frozen=True, slots=True)
class Explained:
    """id: the event's; cluster: its fingerprint key; joins, keeps_apart: reasons in words."""

    id: str
    cluster: str
    kind: str
    title: str
    parts: tuple[str, ...]
    joins: tuple[str, ...]
    keeps_apart: tuple[str, ...]
    problems: tuple[str, ...] = ()


def explain_event(event: Event, fingerprinter: DefaultFingerprinter) -> Explained:
    """One event with its fingerprint and every reason."""
    judged = fingerprinter.judge(event)
    mark = judged.fingerprint
    return Explained(
        id=event.id,
        cluster=mark.key,
        kind=mark.kind,
        title=title_of(judged),
        parts=mark.parts,
        joins=tuple(reason.text for reason in mark.reasons if reason.joins),
        keeps_apart=tuple(reason.text for reason in mark.reasons if not reason.joins),
        problems=event.problems,
    )


def explain_text(identifier: str, text: str, fingerprinter: DefaultFingerprinter) -> Explained:
    """A log line or stack text; without a readable trace it is a message."""
    parsed = parse_stack(text)
    if parsed is None:
        return explain_event(Event(identifier, message=text), fingerprinter)
    event = Event(
        identifier, platform=parsed.platform, exceptions=parsed.exceptions, problems=parsed.problems
    )
    return explain_event(event, fingerprinter)


def as_text(explained: Explained) -> str:
    """For people: the cluster, then `=` what joins and `≠` what keeps apart."""
    lines = [f"{explained.id}  {explained.cluster}  {explained.title}"]
    lines += [f"  = {reason}" for reason in explained.joins]
    lines += [f"  ≠ {reason}" for reason in explained.keeps_apart]
    lines += [f"  ! {problem}" for problem in explained.problems]
    return "\n".join(lines)
