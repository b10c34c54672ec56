"""Says what of an example came through: which fields of the model are filled, and whether anything was dropped.

Without loss means: every field of our model that the example has content for is filled (`filled` names them, a
test lists them per example), and nothing that comes in numbers is fewer than in the raw JSON (`counted`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from rootcase.core.model.events import Event


def filled(value: object, prefix: str = "") -> frozenset[str]:
    """Dotted names of all fields that hold something else than their empty value, of nested parts too."""
    found: set[str] = set()
    if not is_dataclass(value):
        return frozenset()
    for field in fields(value):
        content = getattr(value, field.name)
        name = f"{prefix}{field.name}"
        if content in ("", 0, None, (), False):
            continue
        found.add(name)
        parts = content if isinstance(content, tuple) else (content,)
        for part in parts:
            found |= filled(part, f"{name}.")
    return frozenset(found)


def counted(event: Event) -> dict[str, int]:
    """How much of everything an event holds."""
    frames = [frame for each in event.exceptions for frame in each.frames]
    return {
        "exceptions": len(event.exceptions),
        "frames": len(frames),
        "lines of context": sum(len(frame.context) for frame in frames),
        "variables": sum(len(frame.variables) for frame in frames),
        "breadcrumbs": len(event.breadcrumbs),
        "tags": len(event.tags),
        "headers": len(event.request.headers) if event.request else 0,
    }


def counted_raw(body: Mapping[str, object]) -> dict[str, int]:
    """The same of an event in Sentry's API or SDK shape, by a reader that shares nothing with ours."""
    parts = {each["type"]: each["data"] for each in body.get("entries", [])} or dict(body)
    exceptions = _values(parts.get("exception"))
    traces = [each.get("stacktrace") or each.get("rawStacktrace") for each in exceptions]
    if not any(traces):
        threads = [t for t in _values(parts.get("threads")) if t.get("crashed") and t.get("stacktrace")]
        traces = [thread["stacktrace"] for thread in threads[:1]]
        exceptions = exceptions or threads[:1]
    if not any(traces) and parts.get("stacktrace"):
        traces, exceptions = [parts["stacktrace"]], exceptions or [{}]
    frames = [frame for trace in traces if trace for frame in trace["frames"]]
    request = parts.get("request") or {}
    return {
        "exceptions": len(exceptions),
        "frames": len(frames),
        "lines of context": sum(map(_lines, frames)),
        "variables": sum(len(frame.get("vars") or {}) for frame in frames),
        "breadcrumbs": len(_values(parts.get("breadcrumbs"))),
        "tags": len(body.get("tags") or ()),
        "headers": len(request.get("headers") or ()),
    }


def _values(node: object) -> list:
    if isinstance(node, dict):
        return node.get("values", [])
    return node if isinstance(node, list) else []


def _lines(frame: dict) -> int:
    if frame.get("context"):
        return len(frame["context"])
    if frame.get("context_line") is None:
        return 0
    return len(frame.get("pre_context") or ()) + 1 + len(frame.get("post_context") or ())
