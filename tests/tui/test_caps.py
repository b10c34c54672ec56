"""Raising a cap in one's own words."""

from __future__ import annotations

import pytest

from rootcase.core.model.entries import BudgetRaised
from rootcase.tui.caps import raised, suggested
from rootcase.tui.render.budget import BudgetView

NOW = BudgetView(cap_usd=1.0, cap_minutes=20.0, cap_steps=120, cap_tokens=600_000)


@pytest.mark.parametrize(
    ("typed", "body"),
    [
        ("2.50", BudgetRaised(usd=2.5)), ("$3", BudgetRaised(usd=3.0)), ("2,5", BudgetRaised(usd=2.5)),
        ("900k tokens", BudgetRaised(tokens=900_000)), ("2m tokens", BudgetRaised(tokens=2_000_000)),
        ("40 minutes", BudgetRaised(minutes=40.0)), ("200 steps", BudgetRaised(steps=200)),
    ],
)  # fmt: skip
def test_a_number_and_a_unit_raise_that_cap(typed: str, body: BudgetRaised) -> None:
    assert raised(typed, NOW) == body


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("0.5", "does not raise"),
        ("much", "no amount"),
        ("5 apples", "no cap"),
        ("10 steps", "not above"),
        ("9e9", "no"),
    ],
)
def test_what_raises_nothing_says_why(typed: str, why: str) -> None:
    told = raised(typed, NOW)
    assert isinstance(told, str) and why in told


def test_what_is_suggested_is_the_cap_that_the_run_waits_at() -> None:
    assert (
        suggested("The cap of 600,000 tokens for C-1 is reached. 590,000 used or held", NOW) == "1200k tokens"
    )
    assert suggested("The cap of 120 steps is reached", NOW) == "240 steps"
    assert suggested("The cap of 20 minutes is reached", NOW) == "40 minutes"
    assert suggested("The cap of $1.00 for C-1 is reached", NOW) == "2.00"
