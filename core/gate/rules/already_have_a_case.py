"""One error class, one case, one pull request: what we already work on is not started again."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts
from rootcase.core.gate.rules.human_owns_it import is_open
from rootcase.core.model.case import Case
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
    if sent is not None and sent.state == "done" and not _ended(case) and not _over(facts.work, sent.number):
        name = f"our PR #{sent.number}" if sent.number else f"our PR {sent.url}"
        return RuleResult(RULE, "wait", name, "it waits for its review", waits_for=name)
    if sent is None and (open_pull := _open_pull(facts)):
        whose = "our" if open_pull.ours else "your own"
        name = f"{whose} PR {open_pull.id}"
        matters = "it waits for its review" if open_pull.ours else "a second draft would meet the first"
        return RuleResult(RULE, "wait", f"{name} is open already", matters, waits_for=name)
    return RuleResult(RULE, None, "no other case or PR of ours has it")


def _open_pull(facts: Facts) -> Work | None:
    """An open pull request of Rootcase's or of mine; those of others are `human_owns_it`'s."""
    pulls = [work for work in facts.all_work if work.kind == "pull_request" and is_open(work)]
    return next((work for work in pulls if work.ours or facts.is_me(work.by)), None)


def _ended(case: Case) -> bool:
    """Whether the watch has seen our pull request merged or closed."""
    return case.after is not None and case.after.pull.state in ("merged", "closed")


def _over(work: tuple[Work, ...], number: str) -> bool:
    """Whether the forge says that our pull request is closed or merged by now."""
    return any(
        item.kind == "pull_request" and item.id.lstrip("#!") == number and not is_open(item) for item in work
    )
