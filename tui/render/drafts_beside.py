"""Drafts that compete: one line each with what is known of them, and their changes next to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from rootcase.core.model import ladder
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft
from rootcase.tui.render.diff import fill
from rootcase.tui.render.draft_changes import changes
from rootcase.tui.render.layout import blank, cells, cut, cut_segs, seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.marks import STEP

STEPS = ("red", "green", "revert", "suite")
LEAST_WIDTH = 36
GAP = 3


def drafts_lines(case: Case, width: int) -> list[Line]:
    """A line for each draft that stands, where there are several; the one that counts is marked."""
    if len(case.standing) < 2:
        return []
    keys: list[Seg] = [seg("  ")]
    for key, words in (("D", " take the next   "), ("B", " side by side   "), ("n", " ask for another")):
        keys += [seg(key, "accent bold"), seg(words, "muted")]
    return [*(_draft(case, draft, width) for draft in case.standing), Line(cut_segs(keys, width)), blank()]


def beside(case: Case, width: int, *, me: str = "") -> list[Line]:
    """The changes of the drafts that stand in columns, as many as there is room for; tests are left out."""
    fits = max(1, min(len(case.standing), (width + GAP) // (LEAST_WIDTH + GAP)))
    shown = _shown(case, fits)
    column = (width - GAP * (len(shown) - 1)) // len(shown)
    columns = [_column(case, draft, column, me) for draft in shown]
    rule = (seg(" "), seg("│", "rule"), seg(" "))
    rows = []
    for cut_row in zip_longest(*columns, fillvalue=Line()):
        segs: tuple[Seg, ...] = ()
        for line in cut_row:
            segs += (rule if segs else ()) + _flat(line, column)
        rows.append(Line(segs))
    left = [draft.number for draft in case.standing if draft not in shown]
    if left:
        told = f"draft {', '.join(map(str, left))} has no room beside them; z zooms the pane"
        rows.append(Line((seg(cut(told, width), "muted"),)))
    return rows


def _shown(case: Case, fits: int) -> Sequence[Draft]:
    """The draft that counts, and those around it."""
    standing = case.standing
    at = next((n for n, draft in enumerate(standing) if case.draft and draft.number == case.draft.number), 0)
    first = max(0, min(at, len(standing) - fits))
    return standing[first : first + fits]


def _draft(case: Case, draft: Draft, width: int) -> Line:
    counts = case.draft is not None and draft.number == case.draft.number
    as_chosen = replace(case, chosen=draft.number)
    code = [hunk for hunk in draft.accepted if not hunk.test]
    left = (
        seg("► " if counts else "  ", "accent bold"),
        seg(f"draft {draft.number}  ", "strong bold" if counts else "fg"),
        seg(what(draft), "fg" if counts else "muted"),
        seg(f"  +{sum(len(h.new) for h in code)}", "good"),
        seg(f" -{sum(len(h.old) for h in code)}", "bad"),
    )
    room = width - cells(left) - 2
    right = _proved(as_chosen, words=True)
    right = right if cells(right) <= room else _proved(as_chosen, words=False)
    right = right if cells(right) <= room else right[-1:]
    return Line(cut_segs(left, width - cells(right) - 1), tuple(right), id=f"draft:{draft.number}")


def _proved(case: Case, *, words: bool) -> list[Seg]:
    """What proof showed, step by step, and the evidence level last."""
    out: list[Seg] = []
    for step in STEPS:
        result = case.proof(step)
        mark = STEP[result.outcome] if result else None
        out.append(seg(f"{mark.glyph if mark else '·'} ", mark.style if mark else "muted"))
        out += [seg(f"{step}  ", "muted")] if words else []
    return [*out, seg(ladder.level(case), "strong bold")]


def what(draft: Draft) -> str:
    """`fix`, `revert of abc1234` or `by hand`."""
    if draft.origin == "revert":
        return f"revert of {draft.reverts[:7]}" if draft.reverts else "revert"
    return "fix" if draft.origin == "agent" else "by hand"


def _column(case: Case, draft: Draft, width: int, me: str) -> list[Line]:
    counts = case.draft is not None and draft.number == case.draft.number
    head = (
        seg("► " if counts else "  ", "accent bold"),
        seg(f"draft {draft.number}, {what(draft)}", "strong bold" if counts else "fg"),
    )
    code = replace(draft, hunks=tuple(state for state in draft.hunks if not state.hunk.test))
    as_chosen = replace(case, chosen=draft.number)
    return [
        Line(head, (seg(ladder.level(as_chosen), "strong bold"),)),
        *changes(as_chosen, code, width, me=me),
    ]


def _flat(line: Line, width: int) -> tuple[Seg, ...]:
    """A line as segments of exactly that width, its right part and its surface within them."""
    right = line.right if cells(line.right) + 8 < width else ()
    left = fill(line.segs, width - cells(right))
    segs = (*left, *right)
    if not line.surface:
        return segs
    return tuple(s if " on " in s.style else Seg(s.text, f"{s.style} on {line.surface}") for s in segs)
