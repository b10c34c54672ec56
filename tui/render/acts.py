"""What was done at the sources of a case: acts under way, done and failed, the latest last."""

from __future__ import annotations

from rootcase.core.model.acts import DONE, ActRecord, to_do
from rootcase.core.model.case import Case
from rootcase.tui.render.layout import cells, seg, wrap
from rootcase.tui.render.layout import section as section_line
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.words import clock, person

SHOWN = 4
MARKS = {"intended": ("►", "accent"), "done": ("√", "good"), "failed": ("×", "bad")}


def acts_block(case: Case, width: int, me: str = "") -> list[Line]:
    """The last acts; empty where none was asked."""
    if not case.acts:
        return []
    rows = [section_line("At the sources", width)]
    names = {(s.source, s.id): s.short_id or s.id for s in case.signals}
    for record in case.acts[-SHOWN:]:
        rows.extend(_act(record, names.get((record.source, record.signal_id), record.signal_id), width, me))
    return rows


def _act(record: ActRecord, name: str, width: int, me: str) -> list[Line]:
    glyph, style = MARKS[record.state]
    words = {
        "intended": f"{to_do(record.act)} {name} at {record.source}, under way",
        "done": f"{_done(record)} {name} at {record.source}{f': {record.why}' if record.why else ''}",
        "failed": f"{record.source} did not {to_do(record.act)} {name}: {record.why}",
    }[record.state]
    right = (seg(person(record.by, me), "fg"), seg(f" {clock(record.at_us)}", "muted"))
    first, *rest = wrap(seg(words).text, width - 3 - cells(right))
    out = [Line((Seg(f"{glyph} ", f"{style} bold"), seg(first)), right)]
    out.extend(Line((Seg("  "), seg(row))) for row in rest)
    return out


def _done(record: ActRecord) -> str:
    """`assigned to lena`, where it is not you."""
    return (
        f"assigned to {record.assignee}" if record.act == "assign" and record.assignee else DONE[record.act]
    )
