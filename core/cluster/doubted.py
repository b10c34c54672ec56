"""Frames that one source calls foreign and most events know as ours: the file as a whole decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.cluster.frames import anchor_of
from rootcase.core.cluster.judged import Judged, make
from rootcase.core.cluster.messages import stable_detail
from rootcase.core.cluster.node import Node
from rootcase.core.model.fingerprints import Reason

LINES_READ = 2


def trusted(nodes: Sequence[Node]) -> None:
    """Gives each node the frames below its deepest one that most events count as ours."""
    votes: dict[str, int] = defaultdict(int)
    for node in nodes:
        for name in {frame.name for frame in node.trace.own if frame.place == "ours"}:
            votes[name] += node.count
        for name in {frame.name for frame in node.trace.doubted}:
            votes[name] -= node.count
    for node in nodes:
        doubted = node.trace.doubted
        last = max((n for n, frame in enumerate(doubted) if votes[frame.name] > 0), default=-1)
        if last >= 0:
            node.judged = _deeper(node.judged, last + 1)


def _deeper(judged: Judged, taken: int) -> Judged:
    trace, mark = judged.trace, judged.fingerprint
    own = trace.own + trace.doubted[:taken]
    anchor = anchor_of(own)
    if anchor is None or mark.kind not in ("exception", "environment", "outage"):
        return judged
    at = max(n for n, frame in enumerate(own) if frame is anchor)
    lines = [frame.line for frame in reversed(own)][:LINES_READ]
    detail = trace.detail
    if mark.kind == "exception" and detail != "cycle":
        detail = stable_detail(trace.type, trace.said, lines if any(lines) else ())
    deeper = replace(
        trace, own=own, at=at, detail=detail, around=own[-1].around, doubted=trace.doubted[taken:]
    )
    if mark.kind == "outage":
        return replace(judged, trace=deeper)
    if mark.kind == "environment":
        before = trace.anchor.module.split(".", 1)[0] if trace.anchor else ""
        place = mark.parts[-1] if mark.parts[-1] != before else anchor.module.split(".", 1)[0]
        parts: tuple[str, ...] = (mark.parts[0], place)
        reasons = mark.reasons
    else:
        parts = (trace.type, anchor.name, detail)
        told = Reason(f"same innermost frame: {anchor.short}; its source calls it foreign, most events do not")
        reasons = (told, *mark.reasons[1:])
    made = make(mark.kind, parts, reasons, type=mark.type, anchor=anchor.name, host=mark.host)
    return Judged(made, anchor.function, judged.brief, deeper)
