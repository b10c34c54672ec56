"""The path a failing call took: the frames of the exceptions that tell of one fault, outermost first."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.model.events import Event, ExceptionInfo, Frame
from rootcase.core.model.fingerprints import Fingerprint

MAX_FRAMES = 200


def event_to_map(events: Sequence[Event], fingerprint: Fingerprint | None) -> Event | None:
    """The newest event that has frames and carries the case's error."""
    framed = [event for event in events if any(item.frames for item in event.exceptions)]
    kind = fingerprint.type if fingerprint else ""
    alike = [event for event in framed if any(_simple(item.type) == kind for item in event.exceptions)]
    return next(iter(alike or framed or events), None)


def cause_of(event: Event, fingerprint: Fingerprint | None) -> ExceptionInfo | None:
    """The exception that the case is about: of the fingerprint's type, else the raised one."""
    framed = [item for item in event.exceptions if item.frames]
    wanted = fingerprint.type if fingerprint else ""
    function = fingerprint.anchor.rsplit(".", 1)[-1] if fingerprint and fingerprint.anchor else ""
    for item in framed:
        here = any(frame.function.rsplit(".", 1)[-1] == function for frame in item.frames)
        if _simple(item.type) == wanted and (here or not function):
            return item
    return framed[-1] if framed else None


def whole_path(event: Event, cause: ExceptionInfo) -> tuple[Frame, ...]:
    """The raised exception's frames down to the handler, then the cause's: one path from entry to crash.

    A trace of a cause starts where it was caught, so the way there is in the exceptions after it.
    """
    path = cause.frames
    position = next((n for n, item in enumerate(event.exceptions) if item is cause), 0)
    for item in event.exceptions[position + 1 :]:
        joint = next((n for n, frame in enumerate(item.frames) if path and _same_place(frame, path[0])), None)
        if joint is not None:
            path = item.frames[:joint] + path
    if len(path) > MAX_FRAMES:
        path = path[: MAX_FRAMES // 2] + path[-MAX_FRAMES // 2 :]
    return path


def _simple(kind: str) -> str:
    return kind.rsplit(".", 1)[-1]


def _same_place(one: Frame, other: Frame) -> bool:
    return (one.filename or one.abs_path, one.function) == (other.filename or other.abs_path, other.function)
