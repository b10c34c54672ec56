"""What is fixed on the base branch already waits for its deploy, not for another patch."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts
from rootcase.core.model.verdicts import RuleResult

RULE = "fixed_on_head"


def check(facts: Facts) -> RuleResult:
    merged = next((w for w in facts.work if w.kind == "pull_request" and w.state.lower() == "merged"), None)
    if merged and facts.case.state != "regressed":
        who = f" by {merged.by.name}" if merged.by else ""
        saw = f"PR {merged.id}{who} is merged and not deployed yet"
        return RuleResult(
            RULE, "wait", saw, "the next deploy brings it", waits_for=f"the deploy of {merged.id}"
        )
    code = facts.case.code
    if code is None:
        return RuleResult(RULE, None, "HEAD is compared when the code is known")
    failing = code.failing
    if not code.release_commit or failing is None:
        return RuleResult(RULE, None, "HEAD cannot be compared: the release's commit is not known")
    if code.changed_since:
        by = f"the deploy of {failing.head_commit.short}" if failing.head_commit else "the next deploy"
        cites = tuple(item for item in (failing.evidence, failing.span) if item)
        return RuleResult(RULE, "wait", f"fixed on HEAD, no deploy: {code.changed_since}",
                          "a second fix would meet the first", cites, waits_for=by)  # fmt: skip
    moved = f", moved {failing.line}→{failing.head_line}" if failing.head_status == "moved" else ""
    return RuleResult(RULE, None, f"still broken on HEAD {code.head_commit[:7]}{moved}")
