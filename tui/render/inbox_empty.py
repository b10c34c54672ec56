"""What the Inbox says when it has no rows: why, and the key that helps."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.journal.store import SourceState
from rootcase.core.model.errors import RootcaseError
from rootcase.tui.render.fault import card, fault_of
from rootcase.tui.render.layout import blank, seg, wrap
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.words import SECOND_US, age


def nothing_matches(text: str, meant: tuple[str, int] | None, total: int, width: int) -> tuple[Line, ...]:
    """`No case matches service:chekout`, with what was probably meant."""
    rows = [blank(), Line((Seg("No case matches ", "strong bold"), seg(text.strip(), "fg")))]
    keys: list[tuple[str, str]] = []
    if meant:
        has = f"It has {meant[1]} {'case' if meant[1] == 1 else 'cases'}."
        rows.append(Line((Seg("Did you mean ", "muted"), seg(meant[0], "accent"), Seg(f"? {has}", "muted"))))
        keys.append(("enter", "use it"))
    keys.append(("esc", f"clear the filter, {total:,} cases"))
    return (*rows, blank(), _keys(keys))


def nothing_needs_you(
    view: str, total: int, sources: Sequence[SourceState], now_us: int, width: int
) -> tuple[Line, ...]:
    """No case in this view: since when that is known, and where the others are."""
    synced = max((s.synced_us for s in sources), default=0)
    where = "No case is open." if not total else f"None of the {total:,} cases is in the view {view}."
    when = f" The last sync was {age((now_us - synced) / SECOND_US)} ago." if synced else " No sync yet."
    rows = [blank(), Line((Seg("Nothing needs you.", "strong bold"),))]
    rows.extend(Line((seg(row, "muted"),)) for row in wrap(where + when, min(width, 60)))
    marks: list[Seg] = []
    for source in sources:
        ok = not source.fault
        marks.extend(
            (seg(source.source, "muted"), Seg(" √  " if ok else " !  ", "good" if ok else "warn bold"))
        )
    if marks:
        rows.append(Line(tuple(marks)))
    keys = [("v", "other views")] if total else []
    return (*rows, blank(), _keys([*keys, ("R", "sync now")]))


def no_source(width: int) -> tuple[Line, ...]:
    """Nothing is configured: how to begin."""
    said = (
        "Rootcase reads errors from Sentry and from files of events. Nothing leaves this machine until you "
        "add a source."
    )
    return (
        blank(), Line((Seg("No source yet.", "strong bold"),)),
        *(Line((Seg(row, "muted"),)) for row in wrap(said, min(width, 60))), blank(),
        _keys([("rootcase init", "add a source"), ("rootcase demo", "try it, no account needed")]),
    )  # fmt: skip


def trouble(fault: RootcaseError, width: int) -> tuple[Line, ...]:
    """The store cannot be read: a card in the list's place."""
    return (blank(), *card(fault_of(fault), min(width, 70), (("R", "try again"), ("Q", "quit"))))


def _keys(keys: Sequence[tuple[str, str]]) -> Line:
    out: list[Seg] = []
    for key, words in keys:
        out.extend((Seg(key, "accent bold"), Seg(f"  {words}    ")))
    return Line(tuple(out))
