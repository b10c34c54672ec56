"""One error class, one case, one pull request: what we already work on is not started again."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts
from rootcase.core.model.signals import Work
from rootcase.core.model.verdicts import RuleResult

RULE = "already_have_a_case"


def check(facts: Facts) -> RuleResult:
    case = facts.case
    if case.merged_into:
        saw = f"merged into {case.merged_into}"
        return RuleResult(RULE, "wait", saw, "that case goes on for both", waits_for=case.merged_into)
    if facts.holder and facts.holder != case.key:
        saw = f"{facts.holder} has the same error class"
        return RuleResult(RULE, "wait", saw, "two runs would make two fixes", waits_for=facts.holder)
    sent = case.effect("pull_request")
    if sent is not None and sent.state == "done":
        name = f"our PR #{sent.number}" if sent.number else f"our PR {sent.url}"
        return RuleResult(RULE, "wait", name, "it waits for its review", waits_for=name)
    if sent is None and (ours := _open_of_ours(facts.work)):
        name = f"our PR {ours.id}"
        return RuleResult(RULE, "wait", f"{name} is open already", "it waits for its review", waits_for=name)
    return RuleResult(RULE, None, "no other case or PR of ours has it")


def _open_of_ours(work: tuple[Work, ...]) -> Work | None:
    return next((w for w in work if w.ours and w.kind == "pull_request" and w.state == "open"), None)
