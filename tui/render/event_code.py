"""What the code pane shows where the repository cannot be read: the lines that came with the event."""

from __future__ import annotations

from rootcase.core.model.case import Case
from rootcase.core.model.entries import Faulted
from rootcase.tui.render.code import Highlighter
from rootcase.tui.render.fault import card, fault_of
from rootcase.tui.render.frames import ShownFrame
from rootcase.tui.render.layout import blank, cut_segs, paragraph, seg
from rootcase.tui.render.line import Line, Seg


def event_code(case: Case, shown: ShownFrame | None, width: int) -> tuple[Line, ...]:
    """The frame's own source lines, and why there is no more."""
    rows: list[Line] = [blank()]
    frame = shown.frame if shown else None
    if frame is not None and frame.context:
        painter = Highlighter([seg(text.expandtabs(4)).text for _, text in frame.context], frame.filename)
        for index, (number, _) in enumerate(frame.context):
            failing = number == frame.line
            gutter = Seg(f"{number:>4}  ", "strong bold" if failing else "faint")
            rows.append(
                Line((gutter, *cut_segs(painter.line(index), width - 6)), surface="lit" if failing else "",
                     mark="accent" if failing else "")
            )  # fmt: skip
        rows.extend(
            (blank(), Line((seg("These lines came with the event; the repository was not read.", "muted"),)))
        )
    fault = _fault(case)
    if fault is not None:
        rows.extend(card(fault_of(fault), width))
    elif case.code is None:
        rows.extend(
            paragraph("The code is not mapped yet. t starts a run that maps it first.", width, style="muted")
        )
    elif shown is not None and not shown.ours:
        rows.extend(paragraph("This frame is not in the repository.", width, style="muted"))
    elif shown is None:
        rows.extend(
            paragraph("The event came without frames, so no code can be shown.", width, style="muted")
        )
    return tuple(rows)


def _fault(case: Case) -> Faulted | None:
    """Why the code map could not be made, where that was recorded."""
    return next((f for f in reversed(case.faults) if f.stage in ("codemap", "map", "workspace")), None)
