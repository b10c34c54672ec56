"""Blast radius: what the error falls on, a row a facet, its largest values with their share."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.model.case import Case
from rootcase.core.model.events import Event
from rootcase.core.model.radius import FACETS, Slice, percent, radius, radius_line
from rootcase.tui.render.layout import cells, cut, section, seg
from rootcase.tui.render.line import Line, Seg

LABEL_CELLS = 13
METER_CELLS = 5
LEAST_ROOM = 8


def radius_block(case: Case, width: int, samples: Sequence[Event] = ()) -> list[Line]:
    """The section, empty where nothing is known. samples: counted where no source has told shares."""
    slices = radius(case.signals, samples)
    if not slices:
        return []
    sampled = all(item.sampled for item in slices)
    told = "of the samples" if sampled else "as the source counts"
    rows = [section("Blast radius", width, (seg(told, "muted"),))]
    by_facet = [[item for item in slices if item.facet == facet] for facet in FACETS]
    rows.extend(_row(some, width) for some in by_facet if len(some) > 1)
    only = [some[0] for some in by_facet if len(some) == 1]
    return [*rows, _only(only, width)] if only else rows


def radius_row(case: Case, width: int) -> list[Line]:
    """All of it in one row, for the preview."""
    words = radius_line(radius(case.signals), case.users)
    return [Line((seg(cut(words, width), "fg"),))] if words else []


def _only(slices: Sequence[Slice], width: int) -> Line:
    """What has just one value: `only  2.14.0, production, POST /checkout`."""
    named = ("region", "tenant")
    words = ", ".join(f"{each.facet} {each.value}" if each.facet in named else each.value for each in slices)
    return Line(
        (seg("only".ljust(LABEL_CELLS), "muted"), seg(cut(words, width - LABEL_CELLS), "strong bold"))
    )


def _row(slices: Sequence[Slice], width: int) -> Line:
    """`endpoint     ■■■□□ 61% POST /checkout  22% GET /cart`, with the users of the largest at the right."""
    first = slices[0]
    full = max(1, min(METER_CELLS, round(first.part * METER_CELLS)))
    out: list[Seg] = [seg(first.facet.ljust(LABEL_CELLS), "muted")]
    if width >= 44:
        out.extend((Seg("■" * full, "spark"), Seg("□" * (METER_CELLS - full), "faint"), Seg(" ")))
    right: tuple[Seg, ...] = ()
    if first.users and not first.sampled and width >= 56:
        right = (seg(f"{first.users:,} ", "fg"), seg("users" if first.users != 1 else "user", "muted"))
    room = width - cells(right) - (1 if right else 0)
    for number, item in enumerate(slices):
        share = f"{percent(item)} "
        left = room - cells(out) - (2 if number else 0)
        if left < len(share) + LEAST_ROOM:
            break
        if number:
            out.append(Seg("  "))
        style = "strong bold" if not number else "muted"
        out.extend(
            (seg(share, "fg" if not number else "muted"), seg(cut(item.value, left - len(share)), style))
        )
    return Line(tuple(out), right)
