"""A trend as a row of bars; its last third stands out when it is rising."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.tui.render.line import Seg

BARS = "▁▂▃▄▅▆"


def bars(counts: Sequence[int], cells: int) -> str:
    """One bar a cell, the newest at the right; cells without a bucket are blank."""
    merged = _merged(counts, cells)
    top = max(merged, default=0)
    drawn = "".join(BARS[0 if not n else max(1, round(n / top * (len(BARS) - 1)))] for n in merged)
    return drawn.rjust(cells)


def rising(counts: Sequence[int]) -> bool:
    """The last third holds on average at least twice what came before."""
    third = len(counts) // 3
    if not third or not sum(counts[-third:]):
        return False
    before, last = counts[:-third], counts[-third:]
    return sum(last) / len(last) >= 2 * sum(before) / len(before)


def sparkline(counts: Sequence[int], cells: int, *, quiet: bool = False) -> tuple[Seg, ...]:
    """The bars as segments."""
    text = bars(counts, cells)
    if quiet or not rising(_merged(counts, cells)):
        return (Seg(text, "spark lift"),)
    cut = cells - cells // 3
    return (Seg(text[:cut], "spark lift"), Seg(text[cut:], "bad"))


def _merged(counts: Sequence[int], cells: int) -> list[int]:
    """At most `cells` numbers: neighbours are added up from the newest on."""
    if len(counts) <= cells:
        return list(counts)
    size = -(-len(counts) // cells)
    start = len(counts) % size
    merged = [sum(counts[:start])] if start else []
    merged.extend(sum(counts[at : at + size]) for at in range(start, len(counts), size))
    return merged
