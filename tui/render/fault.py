"""An error card in the pane it belongs to: what failed, why, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rootcase.core.model.errors import RootcaseError
from rootcase.tui.render.layout import one_line, seg, wrap
from rootcase.tui.render.line import Line, Seg

if TYPE_CHECKING:
    from rootcase.core.model.entries import Faulted

Keys = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Fault:
    """A RootcaseError or a Faulted entry as three texts."""

    title: str
    detail: str = ""
    hint: str = ""


def fault_of(error: RootcaseError | Faulted) -> Fault:
    """What the card shows of an error or of an entry about one."""
    return Fault(error.title, error.detail, error.hint)


def card(fault: Fault, width: int, keys: Keys = ()) -> tuple[Line, ...]:
    """The card with its keys; every row carries the area's colour."""
    rows = [_row((seg("× ", "bad bold"), seg(row, "bad bold"))) if i == 0 else _row((seg("  "), seg(row, "bad bold")))
            for i, row in enumerate(wrap(one_line(fault.title), width - 3))]  # fmt: skip
    for label, text in (("why", fault.detail), ("next", fault.hint)):
        if text:
            rows.extend(_labelled(label, text, width))
    if keys:
        rows.append(_row(()))
        row: list[Seg] = [seg("  ")]
        for key, words in keys:
            row.extend((seg(key, "accent bold"), seg(f" {words}   ")))
        rows.append(_row(row))
    return tuple(rows)


def _labelled(label: str, text: str, width: int) -> list[Line]:
    out = []
    for number, row in enumerate(wrap(one_line(text), width - 9)):
        out.append(_row((seg(f"  {label if number == 0 else '':<6}", "muted"), seg(row))))
    return out


def _row(segs: Sequence[Seg]) -> Line:
    return Line(tuple(segs), surface="bad-area", mark="bad")
