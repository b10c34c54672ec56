"""From a chain of exceptions with named frames to what its event is compared by."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.cluster.chain import Chain
from rootcase.core.cluster.frames import Named, anchor_of, ours
from rootcase.core.cluster.messages import address_of, first_line, stable_detail, template
from rootcase.core.cluster.names import type_name
from rootcase.core.cluster.trace import Outer, Trace, is_explicit, is_minified

LINES_READ = 2


def trace_of(
    chain: Chain, frames: Sequence[Sequence[Named]], own: tuple[Named, ...], anchor: Named | None, at: int
) -> Trace:
    """Args: frames: the named frames of each exception. own, anchor: of the one that decides, at position `at`."""
    cause = chain[0]
    kind = type_name(cause.type) or "error"
    said = first_line(cause.value) or (first_line(chain[-1].value) if not cause.type else "")
    lines = [frame.line for frame in reversed(own)][:LINES_READ]
    position = max((n for n, frame in enumerate(own) if frame is anchor), default=-1)
    if is_minified(own):
        state = "minified"
    elif not own and not any(frames):
        state = "stackless"
    elif not cause.type or kind in ("error", "crash") or cause.mechanism == "cut":
        state = "cut"
    else:
        state = "whole"
    deepest = frames[at][-1] if at < len(frames) and frames[at] else None
    return Trace(
        type=kind,
        own=own,
        at=position,
        detail=stable_detail(kind, cause.value, lines if any(lines) else ()),
        words=template(said),
        bare=stable_detail(kind, cause.value, ()),
        said=said,
        outer=_outer(chain, frames),
        around=own[-1].around if own else (),
        state=state,
        doubted=_doubted(frames[at], own) if at < len(frames) else (),
        subject=address_of(cause.value),
        explicit=is_explicit(kind, own, deepest is not None and deepest.place == "ours", said),
    )


def _doubted(frames: Sequence[Named], own: tuple[Named, ...]) -> tuple[Named, ...]:
    """Frames that may be ours, where some of them were left out because their source calls them foreign."""
    if not own or len(frames) == len(own):
        return ()
    chosen = {id(frame) for frame in own}
    may_be = tuple(frame for frame in frames if id(frame) in chosen or frame.place == "doubtful")
    return may_be if len(may_be) > len(own) else ()


def _outer(chain: Chain, frames: Sequence[Sequence[Named]]) -> tuple[Outer, ...]:
    """The exceptions that the cause was raised as."""
    if len(chain) < 2:
        return ()
    found = []
    for item, named in zip(chain[1:], frames[1:], strict=True):
        place = anchor_of(ours(named))
        found.append(Outer(type_name(item.type), place.name if place else "", template(item.value)))
    return tuple(found)
