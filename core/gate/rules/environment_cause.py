"""Trouble around the code (disk, schema, certificate, configuration) is somebody's ticket, not a patch."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts
from rootcase.core.model.verdicts import RuleResult

RULE = "environment_cause"
# category of the fingerprint → (kind of ticket, what to check)
CHECKS = {
    "expired certificate": ("certificate", "renew it, and ask who watches its end date"),
    "disk full": ("capacity", "free space on the volume, and see what fills it"),
    "too many open files": ("capacity", "look at the process's limit and at what it leaves open"),
    "out of memory": ("capacity", "look at the limit of the process and at its growth"),
    "connection pool exhausted": ("capacity", "look at slow queries and at the pool's size"),
    "missing column": ("missing migration", "see whether the migration ran where this release runs"),
    "missing table": ("missing migration", "see whether the migration ran where this release runs"),
    "missing configuration": ("configuration", "set it where this release runs"),
}


def check(facts: Facts) -> RuleResult:
    mark = facts.case.fingerprint
    category = mark.parts[0] if mark is not None and mark.kind == "environment" and mark.parts else ""
    if category not in CHECKS:
        return RuleResult(RULE, None, "the cause is not its surroundings, as far as the error says")
    kind, to_check = CHECKS[category]
    subject = mark.parts[1] if mark is not None and len(mark.parts) > 1 and mark.parts[1] else ""
    saw = f"{category}{f', {subject}' if subject else ''}: {kind}, not code"
    return RuleResult(RULE, "ticket", saw, to_check, facts.cites, kind=kind)
