"""What was thought and done so far, for a brief: claims, plan, drafts, findings, proof, the engineer's words."""

from __future__ import annotations

from rootcase.core.agent.deps import Deps
from rootcase.core.agent.fencing import fence
from rootcase.core.agent.steering import in_words, steers
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft, Hunk
from rootcase.core.model.hunks import unified

DIFF_LIMIT = 12_000
BESIDE = "stands, and the engineer wants to see another way beside it; do not write the same again."


def claims(case: Case, deps: Deps) -> str:
    rows = []
    for claim in case.claims:
        cites = " ".join(f"[{c.evidence}]" for c in claim.citations)
        why = f" ({claim.why})" if claim.why else ""
        pinned = ", THE CAUSE as the engineer says" if claim.id == case.pinned else ""
        rows.append(f"{claim.id} {claim.status}, {claim.role}{pinned}: {claim.text} {cites}{why}".rstrip())
    return "\n".join(rows)


def plan(case: Case, deps: Deps) -> str:
    if case.plan is None:
        return ""
    rows = [case.plan.summary, f"cause: {case.plan.cause}", f"files: {', '.join(case.plan.files)}"]
    rows.append(f"test file: {case.plan.test_file}")
    if case.widened:
        rows.append(f"also allowed by the engineer: {', '.join(case.widened)}")
    if case.plan.risk:
        rows.append(f"risk: {case.plan.risk}")
    return "\n".join(rows)


def earlier(case: Case, deps: Deps) -> str:
    """Drafts that were given up or stand beside this one, with their change, so that it is not written again."""
    parts = []
    now = case.draft.number if case.draft else 0
    for draft in case.drafts:
        beside = not draft.abandoned and (draft.number != now or draft.number == case.another)
        if draft.abandoned or beside:
            change = [state.hunk for state in draft.hunks if not state.hunk.test]
            diff = f"\n{diff_of(change)}" if change else ""
            told = f"was given up: {draft.abandoned}" if draft.abandoned else BESIDE
            parts.append(f"Draft {draft.number} {told}{diff}")
    return "\n".join(parts)


def findings(case: Case, deps: Deps) -> str:
    rows = []
    for item in case.findings:
        state = f"waived: {item.waived}" if item.waived else "open"
        settle = f" To settle it: {item.settle}" if item.settle else ""
        rows.append(f"- {item.severity}, {item.check}, {state}: {item.text}{settle}")
    return "\n".join(rows)


def rejected(case: Case, deps: Deps) -> str:
    parts = []
    for draft in case.drafts:
        for state in draft.hunks:
            if state.decision == "rejected":
                why = state.reason or "no reason given"
                parts.append(f"Rejected in draft {draft.number}: {why}\n{diff_of([state.hunk])}")
            elif state.edited:
                parts.append(
                    f"Rewritten by a human in draft {draft.number}, keep it so:\n{diff_of([state.hunk])}"
                )
            parts += [f"Comment on {state.hunk.path}: {comment}" for comment in state.comments]
    return "\n".join(parts)


def test(case: Case, deps: Deps) -> str:
    draft = case.draft
    hunks = [hunk for hunk in draft.accepted if hunk.test] if draft else []
    if draft is None or not hunks:
        return ""
    return f"{' '.join(draft.test_ids)}\n{diff_of(hunks)}"


def change(case: Case, deps: Deps) -> str:
    draft = case.draft
    return _by_hunk(draft) if draft else ""


def _by_hunk(draft: Draft) -> str:
    return "\n".join(
        f"{hunk.id}{' (test)' if hunk.test else ''}:\n{diff_of([hunk])}" for hunk in draft.accepted
    )


def proof(case: Case, deps: Deps) -> str:
    draft = case.draft
    rows = []
    for step in ("baseline", "red", "green", "revert", "suite", "necessity", "mutation"):
        result = case.proof(step)
        if draft and result:
            rows.append(f"{step}: {result.outcome}, {result.summary}")
            rows += [
                f"  {name} is {'needed' if needed else 'not needed by any test'}"
                for name, needed in result.hunks
            ]
    return "\n".join(rows)


def said(case: Case, deps: Deps) -> str:
    rows = [f'- "{in_words(case, item)}"' for item in steers(case)]
    rows += [
        f'- on {item.about or "the case"}: "{item.text}"' for item in case.said if item.what == "commented"
    ]
    return "\n".join(rows)


def diff_of(hunks: list[Hunk]) -> str:
    text = unified(hunks)
    return fence("a diff", text if len(text) <= DIFF_LIMIT else text[:DIFF_LIMIT] + "\n… cut")
