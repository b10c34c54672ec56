"""Frames that one source calls foreign and most events know as ours: the file as a whole decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.cluster.frames import Named, anchor_of
from rootcase.core.cluster.judged import Judged, make
from rootcase.core.cluster.messages import stable_detail
from rootcase.core.cluster.node import Node
from rootcase.core.model.fingerprints import Reason

LINES_READ = 2


def trusted(nodes: Sequence[Node]) -> None:
    """Gives each node the frames that its source calls foreign and most events count as ours."""
    votes: dict[str, int] = defaultdict(int)
    for node in nodes:
        ours = {frame.name for frame in node.trace.own if frame.place == "ours"}
        for name in ours:
            votes[name] += node.count
        for name in {frame.name for frame in node.trace.doubted if frame.place != "ours"} - ours:
            votes[name] -= node.count
    for node in nodes:
        chosen = {id(frame) for frame in node.trace.own}
        own = tuple(each for each in node.trace.doubted if id(each) in chosen or votes[each.name] > 0)
        if len(own) > len(chosen):
            node.judged = _with_frames(node.judged, own)


def _with_frames(judged: Judged, own: tuple[Named, ...]) -> Judged:
    trace, mark = judged.trace, judged.fingerprint
    anchor = anchor_of(own)
    if anchor is None or mark.kind not in ("exception", "environment", "outage"):
        return judged
    at = max(n for n, frame in enumerate(own) if frame is anchor)
    lines = [frame.line for frame in reversed(own)][:LINES_READ]
    detail = trace.detail
    if mark.kind == "exception" and detail != "cycle":
        detail = stable_detail(trace.type, trace.said, lines if any(lines) else ())
    deeper = replace(trace, own=own, at=at, detail=detail, around=own[-1].around, doubted=())
    if mark.kind == "outage":
        return replace(judged, trace=deeper)
    if mark.kind == "environment":
        before = trace.anchor.module.split(".", 1)[0] if trace.anchor else ""
        place = mark.parts[-1] if mark.parts[-1] != before else anchor.module.split(".", 1)[0]
        parts: tuple[str, ...] = (mark.parts[0], place)
        reasons = mark.reasons
    else:
        parts = (trace.type, anchor.name, detail)
        told = Reason(
            f"same innermost frame: {anchor.short}; its source calls it foreign, most events do not"
        )
        reasons = (told, *mark.reasons[1:])
    made = make(mark.kind, parts, reasons, type=mark.type, anchor=anchor.name, host=mark.host)
    return Judged(made, anchor.function, judged.brief, deeper)
