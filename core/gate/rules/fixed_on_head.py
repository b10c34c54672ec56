"""What is fixed on the base branch already waits for its deploy, and is checked after it."""

from __future__ import annotations

from rootcase.core.gate.facts import Facts, clock
from rootcase.core.model.signals import Deploy, Work
from rootcase.core.model.verdicts import RuleResult

RULE = "fixed_on_head"
# Old instances drain and events arrive late for some minutes after a deploy.
GRACE_US = 15 * 60 * 1_000_000


def check(facts: Facts) -> RuleResult:
    merged = [
        w for w in facts.all_work if w.kind == "pull_request" and w.state.lower() in ("merged", "deployed")
    ]
    if merged and not facts.regressed:
        newest = max(merged, key=lambda work: work.at_us)
        if result := _merged(facts, newest):
            return result
    if result := _resolved(facts):
        return result
    passed = f"PR {merged[0].id} is merged, and it came back" if merged and facts.regressed else ""
    if merged and not passed:
        passed = f"PR {newest.id} is merged and deployed, and events go on"
    return _head(facts, passed)


def _merged(facts: Facts, work: Work) -> RuleResult | None:
    """None where the fix is out there and did not help, or was for an earlier trouble."""
    began = min((s.first_seen_us for s in facts.case.signals if s.first_seen_us), default=0)
    if work.deployed is not False and 0 < work.at_us < began:
        return None
    who = f" by {work.by.name}" if work.by else ""
    deploy = _with_it(facts, work)
    if deploy is None and work.deployed is not True and work.state.lower() != "deployed":
        saw = f"PR {work.id}{who} is merged and not deployed yet"
        if work.deployed is None and not facts.deploys:
            saw = f"PR {work.id}{who} is merged, and no deploy of it is known"
        return RuleResult(
            RULE, "wait", saw, "the next deploy brings it; whether it helped is checked after that",
            facts.cites, waits_for=f"the deploy of {work.id}",
        )  # fmt: skip
    since = deploy.at_us if deploy else work.at_us
    if not since or not facts.last_seen_us or facts.last_seen_us > since + GRACE_US:
        return None
    saw = f"PR {work.id}{who} is deployed since {clock(since, facts.now_us)}, and nothing was seen after it"
    return RuleResult(
        RULE, "wait", saw, "it may be over; new events ask again", facts.cites, waits_for="new events"
    )


def _with_it(facts: Facts, work: Work) -> Deploy | None:
    """The first deploy that holds a merge: by git where that was asked, else the first one after it."""
    if work.deployed is False:
        return None
    after = [deploy for deploy in facts.deploys if deploy.at_us > work.at_us > 0]
    if not after and work.deployed and facts.deploys:
        return facts.deploys[-1]
    return after[0] if after else None


def _resolved(facts: Facts) -> RuleResult | None:
    """Resolved at the source: over, or waiting for the release that it names."""
    signals = facts.case.signals
    if facts.regressed or not signals or any(s.status.lower() not in ("resolved", "fixed") for s in signals):
        return None
    first = signals[0]
    by = f" by {first.status_by.name}" if first.status_by else f" at {first.source}"
    if "release" in first.substatus.lower():
        saw = f"resolved{by} in the next release"
        return RuleResult(
            RULE, "wait", saw, "its deploy brings it", facts.cites, waits_for="the next release"
        )
    return RuleResult(
        RULE, "ignore", f"resolved{by}, and not back since", "it is over", facts.cites, kind="resolved"
    )


def _head(facts: Facts, passed: str) -> RuleResult:
    """The failing statement at HEAD, as the code map has compared it."""
    code = facts.case.code
    if code is None:
        return RuleResult(RULE, None, passed or "HEAD is compared when the code is known")
    failing = code.failing
    if not code.release_commit or failing is None:
        return RuleResult(RULE, None, passed or "HEAD cannot be compared: the release's commit is not known")
    if code.changed_since:
        by = f"the deploy of {failing.head_commit.short}" if failing.head_commit else "the next deploy"
        cites = tuple(item for item in (failing.evidence, failing.span) if item)
        return RuleResult(RULE, "wait", f"fixed on HEAD, no deploy: {code.changed_since}",
                          "a second fix would meet the first", cites, waits_for=by)  # fmt: skip
    moved = f", moved {failing.line}→{failing.head_line}" if failing.head_status == "moved" else ""
    return RuleResult(RULE, None, passed or f"still broken on HEAD {code.head_commit[:7]}{moved}")
