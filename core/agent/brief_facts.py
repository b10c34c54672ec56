"""What is known of the incident, for a brief: note, stack, code, suspects, owners, deploys, logs, the newest event."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from rootcase.core.agent.deps import Deps
from rootcase.core.agent.fencing import fence, numbered_lines
from rootcase.core.model.aftermath import told
from rootcase.core.model.case import Case
from rootcase.core.model.code import MappedFrame
from rootcase.core.model.events import Request
from rootcase.core.model.evidence import Evidence

CODE_SPANS = 6
CANDIDATES = 8
SUSPECTS = 5
LOGS = 10
LOG_LIMIT = 400
VALUE_LIMIT = 200


def headline(case: Case, deps: Deps) -> str:
    rows = [f"{case.key}: {case.title}"]
    rows.append(f"service {case.service or 'unknown'}, repository {deps.repository.name}")
    if case.fingerprint:
        rows += [f"- {reason.text}" for reason in case.fingerprint.reasons]
    seen = [f"{s.source} {s.short_id or s.id}: {s.events} events, {s.users} users" for s in case.signals]
    rows += seen[:4]
    if case.gate:
        rows.append(f"verdict {case.verdict}: {case.verdict_reason or case.gate.because}")
    rows += _earlier_fix(case)
    return fence("the case, partly named by production", "\n".join(rows))


def _earlier_fix(case: Case) -> list[str]:
    """A fix of ours that was merged and did not hold: HEAD has it, or had it."""
    after = case.after
    if after is None or after.stage not in ("recurred", "reverted"):
        return []
    changed = after.recurred.changed if after.recurred else ()
    return [f"an earlier fix did not hold: {told(after)}", *(f"- {each}" for each in changed)]


def note(case: Case, deps: Deps) -> str:
    rows = [f"{line.label}: {line.text}{_cited(line.cites)}" for line in case.note]
    return fence("incident note, made by rule from production data", "\n".join(rows)) if rows else ""


def stack(case: Case, deps: Deps) -> str:
    if case.code is None or not case.code.frames:
        return ""
    rows = [_frame(frame) for frame in case.code.frames if frame.verdict != "not ours"]
    others = sum(frame.verdict == "not ours" for frame in case.code.frames)
    if others:
        rows.append(f"({others} frames outside this repository; trace shows them)")
    rows += [f"missing: {what}" for what in case.code.missing]
    where = f"release {case.code.release} at {case.code.release_commit[:7] or 'an unknown commit'}"
    return fence(f"stack mapped to {where}, HEAD {case.code.head_commit[:7]}", "\n".join(rows))


def _frame(frame: MappedFrame) -> str:
    head = {
        "same": "the same at HEAD",
        "moved": f"line {frame.head_line} at HEAD",
        "gone": "gone at HEAD",
    }.get(frame.head_status, "")
    if frame.head_status == "changed":
        head = f"changed at HEAD by {frame.head_commit.short if frame.head_commit else 'a later commit'}"
    name = frame.qualified_name or frame.function
    tail = f", {head}" if head else ""
    span = f" [{frame.span}]" if frame.span else ""
    where = f"[{frame.evidence or '–'}]{span} {name} {frame.path}:{frame.line}"
    return f"{where} ({frame.verdict}{tail}): {frame.text.strip()}"


def code(case: Case, deps: Deps) -> str:
    """The code spans that the map recorded, the innermost frame's first; no line twice."""
    spans = [item for item in case.evidence if item.kind == "code" and item.text]
    order = [frame.span for frame in reversed(case.code.frames)] if case.code else []
    spans.sort(key=lambda item: order.index(item.id) if item.id in order else len(order))
    rows: list[str] = []
    shown: list[Evidence] = []
    for item in spans[:CODE_SPANS]:
        whole = next((other for other in shown if _within(item, other)), None)
        if whole is None:
            shown.append(item)
            rows.append(_span(item))
        else:
            rows.append(
                f"[{item.id}] {item.path}:{item.line}-{item.end_line} at {item.commit[:7]} is part of that text."
            )
    return "\n".join(rows)


def _within(item: Evidence, other: Evidence) -> bool:
    """Whether a reader of the other has read these lines too, at whichever commit."""
    return item.path == other.path and item.text.strip("\n") in other.text


def _span(item: Evidence) -> str:
    origin = f"[{item.id}] {item.path}:{item.line}-{item.end_line} at {item.commit[:7]}"
    return fence(origin, numbered_lines(item.text, item.line or 1))


def candidates(case: Case, deps: Deps) -> str:
    listed = case.code.candidates[:CANDIDATES] if case.code else ()
    rows = [f"{c.path}:{c.line} {c.qualified_name}: {'; '.join(c.reasons)}" for c in listed]
    return fence("candidates, ranked by rule", "\n".join(rows)) if rows else ""


def suspects(case: Case, deps: Deps) -> str:
    listed = case.code.suspects[:SUSPECTS] if case.code else ()
    rows = [
        f"[{s.evidence or '–'}] {s.commit.short} {s.commit.author}: {s.commit.subject} ({'; '.join(s.reasons)})"
        for s in listed
    ]
    return fence("suspect commits, ranked by rule", "\n".join(rows)) if rows else ""


def owners(case: Case, deps: Deps) -> str:
    if case.code is None:
        return ""
    rows = [f"{o.name}: {'; '.join(o.reasons)}" for o in case.code.owners[:4]]
    if case.code.rollback:
        back = case.code.rollback
        rows.append(f"last good release {back.release} {back.commit[:7]} {back.good_for}".rstrip())
    if case.code.changed_since:
        rows.append(case.code.changed_since)
    return fence("owners and releases", "\n".join(rows)) if rows else ""


def event(case: Case, deps: Deps) -> str:
    if not deps.samples:
        return ""
    newest = deps.samples[0]
    rows = [f"{e.type}: {e.value[: 2 * VALUE_LIMIT]}" for e in newest.exceptions]
    rows.append(
        f"transaction {newest.transaction or 'not sent'}, environment {newest.environment or 'not sent'}"
    )
    if newest.raised and newest.raised.frames:
        last = newest.raised.frames[-1]
        rows += [f"local {name} = {value[:VALUE_LIMIT]}" for name, value in last.variables[:12]]
    if newest.trace_id:
        others = [other.id[:12] for other in deps.samples[1:] if other.trace_id == newest.trace_id]
        rows.append(f"trace {newest.trace_id}" + (f", also of event {', '.join(others)}" if others else ""))
    rows += request_shape(newest.request)
    ids = [item.id for item in case.evidence if item.kind == "event"]
    return fence(
        f"event {newest.id[:12]} {' '.join(f'[{i}]' for i in ids[:1])} from production", "\n".join(rows)
    )


def request_shape(request: Request | None) -> list[str]:
    """Which parts the request had and what each was like, without its values."""
    if request is None:
        return []
    path = urlsplit(request.url).path or request.url.partition("?")[0]
    rows = [f"request {request.method} {path[:VALUE_LIMIT]}"]
    if request.query:
        rows.append(
            "request query: " + ", ".join(f"{name} ({shape(value)})" for name, value in request.query[:12])
        )
    if request.body:
        rows.append(f"request body: {body_shape(request.body)}")
    return rows


def body_shape(body: str) -> str:
    """The keys of a JSON body with what each holds; its kind and length for any other."""
    try:
        return _json_shape(msgspec.json.decode(body))
    except msgspec.DecodeError:
        return f"{len(body)} characters of text"


def _json_shape(value: object, depth: int = 0) -> str:
    if isinstance(value, dict):
        if depth > 3:
            return f"object of {len(value)}"
        inner = ", ".join(
            f"{str(key)[:40]}: {_json_shape(item, depth + 1)}" for key, item in list(value.items())[:20]
        )
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"list of {len(value)}" + (f", first {_json_shape(value[0], depth + 1)}" if value else "")
    return shape(value) if isinstance(value, str) else "null" if value is None else type(value).__name__


def shape(text: str) -> str:
    """What a text is like: `empty`, `7 digits`, `12 characters`."""
    if not text:
        return "empty"
    return f"{len(text)} digits" if text.isdigit() else f"{len(text)} characters"


def logs(case: Case, deps: Deps) -> str:
    """What was logged before the crash, and what other tools say, each with its name as evidence."""
    rows = [
        f"[{item.id}] {item.text[:LOG_LIMIT]}" for item in case.evidence if item.kind == "log" and item.text
    ]
    return fence("log lines and breadcrumbs from production", "\n".join(rows[-LOGS:])) if rows else ""


def deploys(case: Case, deps: Deps) -> str:
    rows = [f"[{item.id}] {item.label}" for item in case.evidence if item.kind == "deploy"]
    return fence("deploys, as the sources tell them", "\n".join(rows)) if rows else ""


def _cited(ids: tuple[str, ...]) -> str:
    return " " + " ".join(f"[{i}]" for i in ids) if ids else ""
