"""Rows that are wrong stay wrong after a patch; somebody has to repair them."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts
from rootcase.core.gate.signs import DATA
from rootcase.core.model.verdicts import RuleResult

RULE = "data_repair"


def check(facts: Facts) -> RuleResult:
    found = DATA.search(facts.text)
    if found is None:
        return RuleResult(RULE, None, "no sign of broken data")
    saw = f"broken data: {found.group(0)[:60]}"
    to_check = "find and repair the rows, then see what wrote them"
    return RuleResult(RULE, "ticket", saw, to_check, facts.cites, kind="data repair")
