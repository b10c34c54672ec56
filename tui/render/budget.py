"""The budget of a case as meters: dollars, minutes, steps, tokens, each with its cap."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.tui.render.draft_proof import bar
from rootcase.tui.render.layout import seg
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.words import dollars, thousands


@dataclass(frozen=True, slots=True)
class BudgetView:
    """What is used and what may be. seconds: of runs, the live one included."""

    usd: float = 0.0
    held_usd: float = 0.0
    cap_usd: float = 0.0
    seconds: float = 0.0
    cap_minutes: float = 0.0
    steps: int = 0
    cap_steps: int = 0
    tokens: int = 0
    cap_tokens: int = 0
    today_usd: float = 0.0
    today_cap_usd: float = 0.0


def meters(budget: BudgetView, width: int) -> tuple[Line, ...]:
    """One row per cap."""
    held = f" and {dollars(budget.held_usd)} held," if budget.held_usd else ""
    spent = f"{dollars(budget.usd)}{held} of {dollars(budget.cap_usd)}"
    rows = (
        ("dollars", spent, _share(budget.usd, budget.cap_usd), _share(budget.held_usd, budget.cap_usd)),
        ("minutes", f"{budget.seconds / 60:.0f} of {budget.cap_minutes:g}",
         _share(budget.seconds / 60, budget.cap_minutes), 0.0),
        ("steps", f"{budget.steps} of {budget.cap_steps}", _share(budget.steps, budget.cap_steps), 0.0),
        ("tokens", f"{thousands(budget.tokens)} of {thousands(budget.cap_tokens)}",
         _share(budget.tokens, budget.cap_tokens), 0.0),
    )  # fmt: skip
    words = max(len(text) for _, text, _, _ in rows) + 1
    room = max(4, width - 9 - words)
    return tuple(
        Line((seg(f"{name:<9}", "muted"), seg(text.ljust(words)), *bar(share, held, room)))
        for name, text, share, held in rows
    )


def header_meter(budget: BudgetView, width: int) -> tuple[Seg, ...]:
    """The dollars alone, for the header."""
    return bar(_share(budget.usd, budget.cap_usd), _share(budget.held_usd, budget.cap_usd), width)


def _share(used: float, cap: float) -> float:
    return used / cap if cap > 0 else 0.0
