"""Where customers have to be told something, no patch tells them."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts
from rootcase.core.gate.signs import CUSTOMERS
from rootcase.core.model.verdicts import RuleResult

RULE = "customer_communication"


def check(facts: Facts) -> RuleResult:
    """Alerts, incidents and messages only: a crash that has a line in our code is a bug first."""
    told = " ".join(
        [facts.text, *(f"{s.title} {dict(s.tags).get('category', '')}" for s in facts.case.signals)]
    )
    found = CUSTOMERS.search(told[:8000])
    if found is None or facts.failing is not None:
        return RuleResult(RULE, None, "nobody has to be told, as far as the signal says")
    saw = f"customers are concerned: {found.group(0)[:60]}"
    to_check = "who is hit, who tells them, and what; then what caused it"
    return RuleResult(RULE, "ticket", saw, to_check, facts.cites, kind="customer communication")
