"""What the patch does, hunk by hunk, and which test needs each hunk."""

from __future__ import annotations

from rootcase.core.deliver.markdown import block, code, inline
from rootcase.core.deliver.part import Facts, Part, plural
from rootcase.core.model.drafts import Draft, HunkState
from rootcase.core.model.hunks import unified

PATCH_LINES = 120


def change(facts: Facts) -> Part | None:
    """One line for each accepted hunk, then the whole patch folded; None without a draft."""
    draft = facts.case.draft
    if draft is None or not draft.accepted:
        return None
    needed = _needed(facts)
    lines = [f"- {_hunk(draft, state, needed)}" for state in draft.hunks if state.decision == "accepted"]
    dropped = [state for state in draft.hunks if state.decision == "rejected"]
    if dropped:
        lines.append(f"- {plural(len(dropped), 'hunk')} rejected by hand")
    patch = block(unified(draft.accepted), "diff", lines=PATCH_LINES)
    files = len({h.path for h in draft.accepted})
    return Part("Change", tuple(lines), ((f"The patch, {plural(files, 'file')}", patch),), most=8)


def _hunk(draft: Draft, state: HunkState, needed: dict[str, bool]) -> str:
    hunk = state.hunk
    sentence = dict(draft.sentences).get(hunk.id, "")
    notes: list[str] = []
    if not hunk.test and hunk.id in needed:
        notes.append("a test is red without it" if needed[hunk.id] else "no test is red without it")
    if state.edited:
        notes.append(f"edited by {inline(state.by.removeprefix('human:'))}")
    told = sentence.strip().rstrip(".") if notes else sentence
    words = inline(told) if told else _plainly(state)
    return f"{code(f'{hunk.path}:{hunk.start}')} {'; '.join([words, *notes])}"


def _plainly(state: HunkState) -> str:
    hunk = state.hunk
    if hunk.change == "create":
        return "is new"
    return "is deleted" if hunk.change == "delete" else f"+{len(hunk.new)} −{len(hunk.old)}"


def _needed(facts: Facts) -> dict[str, bool]:
    result = facts.case.proof("necessity")
    return dict(result.hunks) if result is not None else {}
