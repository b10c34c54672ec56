"""The first header row of every screen: where you are, what it costs, the time."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.tui.render.layout import cells, cut_segs, seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.words import clock, dollars

HOUSE = ("Inbox", "Case", "Draft", "Proposal")


def crumbs(here: str, width: int) -> tuple[Seg, ...]:
    """`rootcase  Inbox › Case › Draft › Proposal`, the current one underlined; below 100 only that one.

    A screen beside that way stands alone.
    """
    out = [Seg("rootcase", "accent bold"), Seg("  ")]
    for number, name in enumerate(HOUSE if here in HOUSE else (here,)):
        if width < 100 and name != here:
            continue
        if number and width >= 100:
            out.append(Seg(" › ", "faint"))
        out.append(Seg(name, "strong bold underline" if name == here else "muted"))
    return tuple(out)


def first_row(here: str, width: int, middle: Sequence[Seg] = (), right: Sequence[Seg] = ()) -> Line:
    """middle: what the screen is about (case key and error), cut when short of room; right: cost and time."""
    left = crumbs(here, width)
    room = width - 2 - cells(left) - cells(right) - 4
    about = cut_segs(middle, room) if middle and room > 4 else ()
    return Line((*left, Seg("   "), *about) if about else left, tuple(right))


def cost(usd: float, cap_usd: float, *, today: bool = False) -> tuple[Seg, ...]:
    """`$1.84 of $10`: bold what was spent, then its limit."""
    cap = f"${cap_usd:.0f}" if cap_usd == int(cap_usd) and today else dollars(cap_usd)
    return (Seg(dollars(usd), "strong bold"), Seg(f" of {cap}", "muted"))


def time_of_day(now_us: int, width: int) -> Seg:
    """The clock at the right edge; it names UTC where there is room."""
    return Seg(clock(now_us) + (" UTC" if width >= 160 else ""), "muted")


def about_case(key: str, title: str) -> tuple[Seg, ...]:
    """The case's key and error, for the header of the inner screens."""
    return (seg(key, "accent bold"), Seg("  "), seg(title, "strong bold"))
