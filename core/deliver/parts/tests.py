"""What running code showed: each step of proof, which tests ran, and which should run before a merge."""

from __future__ import annotations

import shlex

from rootcase.core.deliver.markdown import code, inline
from rootcase.core.deliver.part import Facts, Part, cites
from rootcase.core.model import ladder
from rootcase.core.model.proofs import ProofResult

STEPS = (
    ("red", "reproduced before the patch"),
    ("green", "green with the patch"),
    ("revert", "red again without it"),
    ("suite", "whole suite"),
    ("necessity", "each hunk dropped in turn"),
    ("mutation", "mutants of the changed lines"),
)
NARROWING = ("necessity", "mutation")
MARKS = {"ok": "✓", "failed": "✗", "skipped": "–", "cancelled": "–"}


def tests(facts: Facts) -> Part:
    """Tests that ran and tests that should run; says plainly where proof is missing."""
    case = facts.case
    draft = case.draft
    ran = [
        (step, f"- {_step(name, result)}") for step, name in STEPS if (result := case.proof(step)) is not None
    ]
    lines = [line for step, line in ran if step not in NARROWING] or ["- Nothing was proved by running code."]
    command = facts.repository.test_command if facts.repository else ()
    selection = draft.test_ids if draft is not None else ()
    if command or selection:
        shown = shlex.join([*(command or ("pytest",)), *selection[:3]])
        lines.append(f"- Should run: {code(shown)}, then the whole suite in CI on the merge result")
    lines += [line for step, line in ran if step in NARROWING]
    tree = next((p.tree for p in reversed(case.proofs) if p.tree and draft and p.digest == draft.digest), "")
    if tree:
        lines.append(f"- All of it ran on the exact tree that is sent, {code(tree[:12])}")
    return Part("Tests", tuple(lines), most=9)


def evidence(facts: Facts) -> Part:
    """The ladder in one line each, and what each citation stands for."""
    level = ladder.level(facts.case)
    rungs = ladder.rungs(facts.case)
    off = next((r for r in rungs if r.state != "on"), None)
    first = f"**{level}** of E5: " + ", ".join(r.text for r in rungs if r.state == "on")
    lines = [first if off is None else f"{first}. {off.name} {off.state}: {inline(off.why or off.text)}"]
    listed = "\n".join(
        f"- {r.name} {r.state}: {r.text}{cites(r.cites)} {inline(r.why)}".rstrip() for r in rungs
    )
    known = "\n".join(
        f"- [{item.id}] {inline(item.label, limit=120)}"
        + (f" {code(f'{item.path}:{item.line}')}" if item.path else "")
        + (f" at {code(item.commit[:10])}" if item.commit else "")
        for item in facts.case.evidence[:40]
        if item.id.isalnum()
    )
    details = [("Evidence ladder", listed)]
    if known:
        details.append(("What the citations stand for", known))
    return Part("Evidence", tuple(lines), tuple(details))


def _step(name: str, result: ProofResult) -> str:
    summary = inline((result.problem or result.summary).rstrip("."))
    same = "; the failure is the production error" if result.same_fingerprint else ""
    if result.same_fingerprint is False:
        same = f"; {inline(result.fingerprint_note or 'the failure is another error than in production')}"
    flaky = f"; flaky as before: {', '.join(code(t) for t in result.flaky[:3])}" if result.flaky else ""
    return f"{MARKS[result.outcome]} {name}: {summary}{same}{flaky}{cites([result.evidence])}"
