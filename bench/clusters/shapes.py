"""Puts a raised bug into the shape of a source: Sentry's two, Datadog's, log text in its many wrappings."""

# ruff: noqa: E501 - traces and tables read better in one line

from __future__ import annotations

import copy
import json
import random
import re
import textwrap
from collections.abc import Callable

Json = dict[str, object]


def sentry_sdk_shape(payload: Json, dice: random.Random) -> Json:
    """As sent; sometimes without source lines, or with `in_app` that is wrong or missing."""
    event = copy.deepcopy(payload)
    bare = dice.random() < 0.15
    lies = dice.random()
    for frame in _frames(event):
        if bare:
            for name in ("context_line", "pre_context", "post_context", "vars"):
                frame.pop(name, None)
        if lies < 0.15:
            frame["in_app"] = True
        elif lies < 0.25:
            frame.pop("in_app", None)
        elif lies < 0.3:
            frame["in_app"] = False
    return event


def sentry_api_shape(payload: Json, dice: random.Random) -> Json:
    """As the issue event endpoint answers: `entries`, camel case, context as numbered lines."""
    event = sentry_sdk_shape(payload, dice)
    values = []
    for item in _values(event):
        frames = []
        for frame in item.get("stacktrace", {}).get("frames", []):  # type: ignore[attr-defined]
            line = frame.get("lineno") or 0
            before = frame.get("pre_context") or []
            rows = [*before, frame.get("context_line"), *(frame.get("post_context") or [])]
            context = (
                [[line - len(before) + n, row] for n, row in enumerate(rows)]
                if frame.get("context_line")
                else []
            )
            frames.append({
                "function": frame.get("function"), "module": frame.get("module"), "filename": frame.get("filename"),
                "absPath": frame.get("abs_path"), "lineNo": line or None, "colNo": None, "inApp": frame.get("in_app", False),
                "context": context, "vars": frame.get("vars"),
            })  # fmt: skip
        values.append({**item, "stacktrace": {"frames": frames, "framesOmitted": None}})
    return {
        "id": "1", "eventID": event.get("event_id"), "platform": event.get("platform"), "release": {"version": event.get("release")},
        "title": "an error", "message": "", "tags": [{"key": "level", "value": "error"}],
        "entries": [{"type": "exception", "data": {"values": values, "hasSystemFrames": False}}, {"type": "breadcrumbs", "data": {"values": []}}],
    }  # fmt: skip


def datadog_shape(text: str, kind: str, said: str, service: str, release: str, dice: random.Random) -> Json:
    message = f"request failed: {said}" if dice.random() < 0.5 else said
    error = {"kind": kind, "message": said, "stack": text}
    if dice.random() < 0.2:
        message, error = text, {}
    inner: Json = {"dd": {"version": release}, **({"error": error} if error else {})}
    return {"id": "AAAA", "type": "log", "attributes": {
        "status": "error", "service": service, "message": message, "tags": [f"version:{release}"], "attributes": inner}}  # fmt: skip


def text_shape(text: str, service: str, dice: random.Random) -> Json:
    wrapping = dice.choice(WRAPPINGS)
    event: Json = {"text": wrapping(text)}
    if dice.random() < 0.7:
        event["service"] = service
    return event


def stackless_shape(kind: str, said: str, service: str) -> Json:
    return {
        "text": f"2026-03-01 12:00:01,331 ERROR worker - request failed: {kind}: {said}",
        "service": service,
    }


def cut_shape(text: str, service: str, dice: random.Random) -> Json:
    """A trace of which the end was not kept."""
    lines = text.split("\n")
    keep = max(2, len(lines) - dice.randrange(1, max(2, len(lines) // 3)))
    return {"text": "\n".join(lines[:keep]), "service": service}


def _each(prefix: str) -> Callable[[str], str]:
    return lambda text: "\n".join(prefix + line for line in text.split("\n"))


def _hard(width: int) -> Callable[[str], str]:
    return lambda text: "\n".join(
        line[at : at + width] for line in text.split("\n") for at in range(0, max(1, len(line)), width)
    )


WRAPPINGS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: text,
    lambda text: "2026-03-01 12:00:01,331 ERROR [worker-3] c.a.s.Service - request 8812 failed\n" + text,
    lambda text: "ERROR:shop:request failed\n" + text + "\n2026-03-01 12:00:02,000 INFO shop: next",
    _each("2026-03-01 12:00:01,331 ERROR shop - "),
    _each("web_1  | "),
    _each("2026-03-01T12:00:01.331000001Z stderr F "),
    lambda text: "\n".join(json.dumps({"log": line + "\n", "stream": "stderr"}) for line in text.split("\n")),
    lambda text: json.dumps({"level": "error", "msg": "request failed", "stack": text}),
    lambda text: json.dumps({"level": "error", "error": {"stack_trace": text}, "service": "x"}),
    lambda text: text.replace("\n", "\\n").replace("\t", "\\t"),
    lambda text: "ERROR request failed " + re.sub(r"\s*\n\s*", " ", text),
    _hard(120),
    lambda text: "\n".join(piece for line in text.split("\n") for piece in (textwrap.wrap(line, 119) or [""])),
    lambda text: "\x1b[31m" + text + "\x1b[0m",
)  # fmt: skip


def _values(event: Json) -> list[Json]:
    return event.get("exception", {}).get("values", [])  # type: ignore[attr-defined,no-any-return]


def _frames(event: Json) -> list[Json]:
    return [frame for item in _values(event) for frame in item.get("stacktrace", {}).get("frames", [])]  # type: ignore[attr-defined]
