"""A case as one row of the Inbox, in the columns that its width has room for."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.core.journal.store import InboxRow
from rootcase.tui.render.layout import cells, cut, cut_start, one_line, pad, seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.marks import PRIORITY, STATE, VERDICT, mark_of
from rootcase.tui.render.spark import sparkline
from rootcase.tui.render.words import SECOND_US, short_age, thousands

STATE_CELLS, NARROW_STATE_CELLS = 12, 11
TREND_CELLS, SERVICE_CELLS = 12, 6


@dataclass(frozen=True, slots=True)
class Column:
    """name: its heading; width in cells; gap: blank cells before it; right: numbers and ages."""

    name: str
    width: int
    gap: int = 1
    right: bool = False


def columns(width: int) -> tuple[Column, ...]:
    """What a row of `width` cells shows; the error takes what the others leave."""
    seen = Column("seen", 4, 1, True)
    rest: tuple[Column, ...]
    if width >= 158:
        rest = (
            Column("where", 28), Column("last 24 h", TREND_CELLS), Column("events", 6, 1, True),
            Column("users", 6, 1, True), Column("release", 7, 3), Column("owner", 12), Column("verdict", 11),
            Column("because", 24 + max(0, (width - 178) // 2)), seen,
        )  # fmt: skip
    elif width >= 98:
        rest = (
            Column("last 24 h", TREND_CELLS), Column("events", 6, 1, True), Column("users", 6, 1, True),
            Column("owner", 13, 3), Column("verdict", 14), seen,
        )  # fmt: skip
    else:
        rest = (Column("events", 6, 1, True), Column("verdict", 12, 2), seen)
    state = Column("state", STATE_CELLS if width >= 98 else NARROW_STATE_CELLS)
    taken = 3 + state.gap + state.width + sum(c.gap + c.width for c in rest)
    return (Column("", 2, 0), state, Column("error", width - taken), *rest)


def heading(width: int) -> tuple[Seg, ...]:
    """The names of the columns, each where its values start or, for numbers, end."""
    out: list[Seg] = []
    for column in columns(width):
        text = column.name.rjust(column.width) if column.right else pad(column.name, column.width)
        out.append(Seg(" " * column.gap + text, "muted"))
    return tuple(out)


def row_line(row: InboxRow, width: int, now_us: int, *, stale: bool = False) -> Line:
    """The row; a quiet one steps back, a stale one is dimmed and its numbers take a `~`."""
    quiet = row.group == "quiet" or stale
    out: list[Seg] = []
    for column in columns(width):
        out.append(Seg(" " * column.gap))
        out.extend(_cell(column, row, now_us, quiet=quiet, stale=stale))
    return Line(tuple(s for s in out if s.text), id=row.key)


def _cell(column: Column, row: InboxRow, now_us: int, *, quiet: bool, stale: bool) -> tuple[Seg, ...]:
    tilde = "~" if stale else ""
    width = column.width
    match column.name:
        case "":
            return (seg(pad(row.priority, width), "muted" if stale else PRIORITY.get(row.priority, "muted")),)
        case "state":
            return _state(row, width, stale=stale)
        case "error":
            return error(row, width, quiet=quiet)
        case "where":
            return _where(row, width)
        case "last 24 h":
            return sparkline(row.trend, width, quiet=quiet) if row.trend else (Seg(" " * width),)
        case "events":
            return (Seg((tilde + number(row.events)).rjust(width), "muted" if quiet else "fg pick"),)
        case "users":
            return (Seg((tilde + number(row.users)).rjust(width), "muted lift"),)
        case "verdict":
            return _verdict(row, width, stale=stale)
        case "seen":
            seconds = (now_us - row.last_seen_us) / SECOND_US
            return (Seg(short_age(seconds).rjust(width) if row.last_seen_us else " " * width, "muted lift"),)
        case "release":
            return (seg(pad(one_line(row.release) or "–", width), "muted lift"),)
        case "owner":
            return (seg(pad(one_line(row.owner) or "–", width), "muted lift"),)
        case _:
            return (seg(pad(one_line(row.because), width), "muted lift"),)


def _state(row: InboxRow, width: int, *, stale: bool) -> tuple[Seg, ...]:
    mark = mark_of(STATE, row.state)
    loud = row.group == "needs_you" and not stale
    style = "muted" if stale else mark.style
    glyph = Seg(mark.glyph, f"{style} bold" if loud else style)
    word = f"{style} bold" if loud and row.state != "new" else style
    if row.group in ("waiting", "quiet"):
        word = "muted"
    return (glyph, Seg(" "), seg(pad(mark.word, width - 2), word))


def error(row: InboxRow, width: int, *, quiet: bool = False) -> tuple[Seg, ...]:
    """`KeyError 'currency' in price_for`: the function is kept, the message cut."""
    plain = "muted" if quiet else "fg"
    function = one_line(row.function)
    head = one_line(row.title).removesuffix(f" in {function}")
    if not function:
        return _filled((Seg(cut(head, width), f"{plain} pick"),), width)
    function = cut(function, max(8, width - 10))
    # Not muted: two colour changes fewer a row keep a cursor move under 700 bytes.
    tail = (Seg(" in ", plain), Seg(function, f"{plain} pick"))
    return _filled((Seg(cut(head, width - cells(tail)), f"{plain} pick"), *tail), width)


def _where(row: InboxRow, width: int) -> tuple[Seg, ...]:
    service = one_line(row.service)
    if len(service) > SERVICE_CELLS:
        # `checkout-api`: within one team the end of a service's name says most
        service = cut(service.rpartition("-")[2], SERVICE_CELLS)
    return (
        Seg(pad(service, SERVICE_CELLS + 1), "muted lift"),
        Seg(pad(cut_start(one_line(row.where), width - 7), width - 7), "muted lift"),
    )


def _verdict(row: InboxRow, width: int, *, stale: bool) -> tuple[Seg, ...]:
    if not row.verdict:
        return (Seg(pad("–", width), "faint"),)
    mark = mark_of(VERDICT, row.verdict)
    return (seg(pad(mark.word, width), "muted" if stale else f"{mark.style} bold"),)


def number(count: int) -> str:
    """At most six cells: `12,440`, then `1.2M`."""
    return f"{count:,}" if count < 100_000 else thousands(count)


def _filled(segs: tuple[Seg, ...], width: int) -> tuple[Seg, ...]:
    return (*segs, Seg(" " * max(0, width - cells(segs))))
