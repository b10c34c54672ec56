"""The frames of a case as one list, mapped or not: what the stack pane shows and what `[` `]` walk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rootcase.core.model.case import Case
from rootcase.core.model.code import MappedFrame
from rootcase.core.model.events import Event, Frame


@dataclass(frozen=True, slots=True)
class ShownFrame:
    """One frame for showing. index: in the list; ours: it is code of the case's repository.

    where: `pricing.py:88`; mapped: what the code map made of it, or None before that.
    """

    index: int
    function: str
    where: str
    ours: bool
    library: str = ""
    mapped: MappedFrame | None = None
    frame: Frame | None = None

    @property
    def id(self) -> str:
        return f"frame:{self.index}"

    @property
    def evidence(self) -> tuple[str, ...]:
        """The ids by which claims cite this frame and its code."""
        if self.mapped is None:
            return ()
        return tuple(name for name in (self.mapped.evidence, self.mapped.span) if name)


def frames_of(case: Case, samples: Sequence[Event]) -> tuple[ShownFrame, ...]:
    """Outermost first: the newest sample's frames, each with what the code map made of it.

    Where the sample is another shape of the same error than the one that was mapped, the map alone.
    """
    raw = _raw(samples)
    mapped = case.code.frames if case.code else ()
    by_index = {frame.frame_index: frame for frame in mapped}
    fits = all(0 <= i < len(raw) and raw[i].function in ("", m.function) for i, m in by_index.items())
    if fits:
        return tuple(_shown(number, by_index.get(number), frame) for number, frame in enumerate(raw))
    return tuple(_shown(number, frame, None) for number, frame in enumerate(mapped))


def _raw(samples: Sequence[Event]) -> tuple[Frame, ...]:
    raised = samples[0].raised if samples else None
    return raised.frames if raised else ()


def _shown(number: int, mapped: MappedFrame | None, frame: Frame | None) -> ShownFrame:
    path = (mapped.path if mapped else "") or (frame.filename or frame.abs_path if frame else "")
    line = mapped.line if mapped and mapped.line else frame.line if frame else 0
    if mapped is not None:
        ours = mapped.verdict != "not ours"
    else:
        ours = frame is not None and frame.in_app is not False
    function = (mapped.function if mapped else "") or (frame.function if frame else "") or "?"
    where = f"{_short(path)}:{line}" if line else _short(path)
    return ShownFrame(number, function, where, ours, "" if ours else _library(frame, path), mapped, frame)


def _short(path: str) -> str:
    """The last two parts of a path, which is what people say."""
    return "/".join(path.rsplit("/", 2)[-2:])


def _library(frame: Frame | None, path: str) -> str:
    if frame is not None and frame.module:
        return frame.module.split(".")[0]
    for folder in ("site-packages/", "dist-packages/", "node_modules/"):
        if folder in path:
            return path.rpartition(folder)[2].split("/")[0]
    return path.split("/")[0] or "elsewhere"


def failing_index(frames: Sequence[ShownFrame]) -> int:
    """The frame to start at: the innermost of ours, else the innermost."""
    ours = [f.index for f in frames if f.ours]
    return ours[-1] if ours else max(0, len(frames) - 1)
