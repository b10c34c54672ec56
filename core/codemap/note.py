"""The incident note that rules write, without a model: at most twelve lines, each with what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from rootcase.core.codemap.trace import cause_of, event_to_map
from rootcase.core.model.case import Case
from rootcase.core.model.code import CodePath, MappedFrame
from rootcase.core.model.events import Event
from rootcase.core.model.evidence import NoteLine
from rootcase.core.model.radius import radius, radius_line
from rootcase.core.safety.text import clean_line

MAX_LINES = 12
PATH_STEPS = 4


def note_lines(case: Case, events: Sequence[Event], now_us: int) -> tuple[NoteLine, ...]:
    """What, since when, who, where, path, changed, HEAD, stop it, missing; a line that knows nothing is left out."""
    lines = [
        _what(case, events),
        _since(case, events, now_us),
        _who(case, events),
        _where(case, events),
        _path(case, events),
        *_changed(case),
        _head(case),
        _stop(case),
        _missing(case),
    ]
    told = [line for line in lines if line][:MAX_LINES]
    return tuple(NoteLine(line.label, clean_line(line.text, limit=200), line.cites) for line in told)


def _what(case: Case, events: Sequence[Event]) -> NoteLine | None:
    event = event_to_map(events, case.fingerprint)
    cause = cause_of(event, case.fingerprint) if event else None
    failing = case.code.failing if case.code else None
    error = f"{cause.type.rsplit('.', 1)[-1]}: {cause.value}".rstrip(": ") if cause else case.title
    if failing is None:
        return NoteLine("what", error, _events(case)[:1])
    doing = f" at `{failing.text.strip()[:80]}`" if failing.text.strip() else ""
    return NoteLine(
        "what", f"{failing.function} fails with {error[:90]}{doing}", _ids(failing.evidence, failing.span)
    )


def _since(case: Case, events: Sequence[Event], now_us: int) -> NoteLine | None:
    first = min((s.first_seen_us for s in case.signals if s.first_seen_us), default=0)
    first = first or min((event.at_us for event in events if event.at_us), default=0)
    if not first:
        return None
    text, cites = f"{_clock(first, now_us)}, {_span((now_us - first) / 1e6)} ago", _events(case)[:1]
    before = [
        d
        for s in case.signals
        for d in s.deploys
        if 0 < d.at_us <= first and first - d.at_us < 86_400_000_000
    ]
    if before:
        deploy = max(before, key=lambda item: item.at_us)
        where = f" reached {deploy.environment}" if deploy.environment else " went out"
        text = f"{_clock(first, now_us)}, {_span((first - deploy.at_us) / 1e6)} after {deploy.release}{where}"
        found = [e.id for e in case.evidence if e.kind == "deploy" and e.at_us == deploy.at_us]
        cites = _ids(*found[:1], *cites)
    return NoteLine("since", text, cites)


def _who(case: Case, events: Sequence[Event]) -> NoteLine | None:
    counts = []
    if case.users:
        counts.append(f"{case.users:,} user{'' if case.users == 1 else 's'}")
    number = case.events or len(events)
    if number:
        counts.append(f"{number:,} event{'' if number == 1 else 's'}")
    where = {event.transaction for event in events if event.transaction}
    if len(where) == 1:
        counts.append(f"all in {next(iter(where))}")
    elif where:
        counts.append(f"{len(where)} entry points")
    partial = next((s.partial for s in case.signals if s.partial), "")
    text = ", ".join(counts) + (f"; may be more: {partial}" if partial else "")
    return NoteLine("who", text, _events(case)[:1]) if counts else None


def _where(case: Case, events: Sequence[Event]) -> NoteLine | None:
    """The blast radius in one line; the users stand in the line before it."""
    text = radius_line(radius(case.signals, events))
    return NoteLine("where", text, _events(case)[:1]) if text else None


def _path(case: Case, events: Sequence[Event]) -> NoteLine | None:
    ours = [frame for frame in case.code.frames if frame.verdict != "not ours"] if case.code else []
    if not ours:
        return None
    steps = [frame.function for frame in ours]
    if len(steps) > PATH_STEPS:
        steps = [steps[0], "…", *steps[-(PATH_STEPS - 1) :]]
    request = events[0].request if events else None
    start = (
        request.url.split("?", 1)[0] if request and request.url else (events[0].transaction if events else "")
    )
    entry = f"{request.method} {_route(start)}".strip() if request and request.url else start
    cites = _ids(ours[-1].evidence, *(frame.evidence for frame in ours[-2:-1]))
    return NoteLine("path", " › ".join([*([entry] if entry else []), *steps]), cites)


def _changed(case: Case) -> list[NoteLine]:
    """The two likeliest commits, the second only where it touches the path too."""
    lines = []
    for suspect in [s for s in (case.code.suspects if case.code else ()) if s.score >= 0.3][:2]:
        commit = suspect.commit
        text = f'{commit.short} by {commit.author}, "{commit.subject[:70]}": {", ".join(suspect.reasons[:2])}'
        lines.append(NoteLine("changed", text, _ids(suspect.evidence)))
    return lines


def _head(case: Case) -> NoteLine | None:
    code = case.code
    failing = code.failing if code else None
    if code is None or failing is None or failing.head_status == "unknown":
        return None
    if code.changed_since:
        return NoteLine("HEAD", f"not the same any more: {code.changed_since}", _ids(failing.span))
    return NoteLine(
        "HEAD",
        f"same fault at {code.head_commit[:7]}; {_whereabouts(failing)}",
        _ids(_head_span(case, failing)),
    )


def _whereabouts(failing: MappedFrame) -> str:
    moved = (
        f"moved {failing.line}→{failing.head_line}"
        if failing.head_line != failing.line
        else f"line {failing.line}"
    )
    renamed = f" in {failing.head_path}" if failing.head_path != failing.path else ""
    by = f", changed by {failing.head_commit.short}" if failing.head_commit else ""
    return moved + renamed + by


def _stop(case: Case) -> NoteLine | None:
    rollback = case.code.rollback if case.code else None
    if rollback is None:
        return None
    at = f" at {rollback.commit[:7]}" if rollback.commit else ""
    good = f", good for {rollback.good_for}" if rollback.good_for else ""
    return NoteLine("stop it", f"roll back to {rollback.release}{at}{good}", _ids(rollback.evidence))


def _missing(case: Case) -> NoteLine | None:
    told = list(case.code.missing) if case.code else []
    if not any(proof.step == "red" and proof.outcome == "ok" for proof in case.proofs):
        told.append("not reproduced yet")
    return NoteLine("missing", "; ".join(told[:3])) if told else None


def _head_span(case: Case, failing: MappedFrame) -> str:
    code: CodePath | None = case.code
    spans = [e for e in case.evidence if e.kind == "code" and code and e.commit == code.head_commit]
    return next(
        (e.id for e in spans if e.path == failing.head_path and e.line <= failing.head_line <= e.end_line),
        failing.span,
    )


def _events(case: Case) -> tuple[str, ...]:
    return tuple(item.id for item in case.evidence if item.kind == "event")


def _ids(*ids: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for item in ids if item))


def _route(url: str) -> str:
    """An address without its host."""
    rest = url.split("://", 1)[-1]
    return "/" + rest.split("/", 1)[1] if "://" in url and "/" in rest else url


def _clock(at_us: int, now_us: int) -> str:
    at, now = (datetime.fromtimestamp(t / 1_000_000, UTC) for t in (at_us, max(now_us, 0)))
    return f"{at:%H:%M} UTC" if at.date() == now.date() else f"{at.day} {at:%b %H:%M} UTC"


def _span(seconds: float) -> str:
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {word}{'s' if count != 1 else ''}"
    return "under a minute"
