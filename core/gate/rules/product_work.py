"""What was never built is decided by a product owner, not repaired."""

# ruff: noqa: E501

from __future__ import annotations

from rootcase.core.gate.facts import Facts
from rootcase.core.gate.signs import PRODUCT
from rootcase.core.model.verdicts import RuleResult

RULE = "product_work"
TYPES = frozenset(
    {
        "NotImplementedError",
        "UnsupportedOperationException",
        "NotImplementedException",
        "NotSupportedException",
    }
)


def check(facts: Facts) -> RuleResult:
    """Words alone count where nothing crashed; a crash has to be of the kind that says so on purpose."""
    said = PRODUCT.search(facts.text)
    on_purpose = any(kind in TYPES for kind in facts.types)
    labelled = any(
        "feature" in value.lower() or "product" in value.lower()
        for signal in facts.case.signals for name, value in signal.tags if name.lower() in ("category", "label", "labels", "kind")
    )  # fmt: skip
    if not labelled and not (said and (on_purpose or facts.failing is None)):
        return RuleResult(RULE, None, "nothing asks for something that was never built")
    saw = f"never built: {said.group(0)[:60]}" if said else "labelled as product work"
    to_check = "whether it shall be built, and what users see until then"
    return RuleResult(RULE, "ticket", saw, to_check, facts.cites, kind="product work")
