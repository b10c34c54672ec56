"""Raising a cap of the budget by a few typed words: `2.50`, `900k tokens`, `40 minutes`, `200 steps`."""

from __future__ import annotations

import re

from rootcase.core.model.entries import BudgetRaised
from rootcase.tui.render.budget import BudgetView
from rootcase.tui.render.words import dollars, thousands

_TYPED = re.compile(r"\$?\s*(\d+(?:[.,]\d+)?)\s*(?:([km])\b)?\s*(\w*)", re.IGNORECASE)
FACTORS = {"": 1, "k": 1_000, "m": 1_000_000}
MOST_USD = 1_000_000


def suggested(because: str, budget: BudgetView) -> str:
    """What would double the cap that a run waits at, by its own words; dollars where it does not say."""
    if "tokens" in because and "$" not in because:
        return f"{budget.cap_tokens * 2 // 1000}k tokens"
    if "steps" in because:
        return f"{budget.cap_steps * 2} steps"
    if "minutes" in because:
        return f"{budget.cap_minutes * 2:g} minutes"
    return f"{budget.cap_usd * 2:.2f}"


def raised(text: str, budget: BudgetView) -> BudgetRaised | str:
    """The entry, or why this raises nothing."""
    found = _TYPED.fullmatch(text.strip())
    if found is None:
        return f"{text.strip()} is no amount; the cap stays {dollars(budget.cap_usd)}"
    number = float(found[1].replace(",", ".")) * FACTORS[(found[2] or "").lower()]
    unit = found[3].lower().rstrip("s")
    # `5 m` is minutes, `5m tokens` millions.
    if unit in ("minute", "min") or ((found[2] or "").lower() == "m" and not unit):
        minutes = float(found[1].replace(",", "."))
        return BudgetRaised(minutes=minutes) if minutes > budget.cap_minutes else _no(f"{minutes:g} minutes")
    if unit in ("token", "tok"):
        return (
            BudgetRaised(tokens=int(number))
            if number > budget.cap_tokens
            else _no(f"{thousands(int(number))} tokens")
        )
    if unit == "step":
        return BudgetRaised(steps=int(number)) if number > budget.cap_steps else _no(f"{int(number)} steps")
    if unit not in ("", "dollar", "usd"):
        return f"{found[3]} is no cap; there are dollars, tokens, minutes and steps"
    if not budget.cap_usd < number < MOST_USD:
        return f"{dollars(number)} does not raise the cap of {dollars(budget.cap_usd)}"
    return BudgetRaised(usd=number)


def _no(words: str) -> str:
    return f"{words} is not above the cap"
