"""The kinds of confidence a proposal waits for, each with its state; and the policy that asks."""

from __future__ import annotations

from rootcase.core.model import ladder
from rootcase.core.model.case import Case
from rootcase.core.model.confidence import WORDS, Need, needs, still_open
from rootcase.core.model.delivery import Proposal
from rootcase.tui.render.layout import cells, cut, one_line, section, section_of, seg, wrap
from rootcase.tui.render.line import Line, Seg

GLYPHS = {"done": ("√ ", "good bold"), "waived": ("– ", "muted bold"), "open": ("× ", "warn bold")}
NEED = "need:"
MOST_ROWS = 2
POLICIES = {
    "draft-only": ("a draft PR, no reviewers", "never merges, never pushes to {base}, never forces"),
    "review-ready": ("a PR with owners as reviewers", "never merges, never pushes to {base}, never forces"),
    "auto-merge": (
        "the forge may be asked to merge",
        "the forge merges, after its checks and a human's approval",
    ),
}


def needs_of(case: Case) -> tuple[Need, ...]:
    """What the policy asked for when it was proposed, and what was picked in the case since."""
    asked = case.proposal.required if case.proposal else ()
    return needs(case, [(kind, "the policy") for kind in asked if kind not in case.confidence])


def confidence_changed(case: Case) -> bool:
    """Whether a kind was picked, shown or waived since the proposal was made."""
    proposal = case.proposal
    if proposal is None or not proposal.draft_digest:
        return False
    return case.confidence != proposal.picked or still_open(case, proposal.required) != proposal.waits


def confidence_lines(case: Case, width: int) -> tuple[Line, ...]:
    """The block; a row for each kind that is asked for, which `w` waives."""
    keys = (
        seg("n", "accent bold"),
        seg(" needs  ", "muted"),
        seg("w", "accent bold"),
        seg(" waive", "muted"),
    )
    rows = [section("Confidence", width, keys)]
    for need in needs_of(case):
        rows.extend(_need(need, width))
    if len(rows) == 1:
        rows.append(Line((seg("no kind is asked for", "muted"),)))
    if confidence_changed(case):
        rows.append(
            Line((seg("! ", "warn bold"), seg(cut("changed since; t proposes it anew", width - 2), "warn")))
        )
    return tuple(rows)


def _need(need: Need, width: int) -> list[Line]:
    glyph, style = GLYPHS[need.state]
    lead = (seg(glyph, style), seg(f"{WORDS[need.kind]:<16}", "strong bold"))
    told = need.why if need.state != "open" else f"needed: {need.why}"
    room = width - cells(lead)
    first, *rest = wrap(one_line(told), room) or [""]
    if len(rest) > MOST_ROWS:
        rest = [*rest[: MOST_ROWS - 1], cut(f"{rest[MOST_ROWS - 1]} …", room)]
    name = f"{NEED}{need.kind}"
    style = "muted" if need.state != "open" else "fg"
    lines = [Line((*lead, seg(first, style)), id=name)]
    return [*lines, *(Line((Seg(" " * cells(lead)), seg(row, style)), id=name) for row in rest)]


def policy_lines(case: Case, proposal: Proposal, width: int) -> tuple[Line, ...]:
    """The level with the setting that gives it, what it comes to here, and what it never does."""
    at = seg(f" at {ladder.level(case)}", "muted")
    title = (seg("Policy  ", "muted bold"), seg(proposal.policy, "strong bold"), at)
    rows = [section_of(title, width)]
    if proposal.level_rule and proposal.level_rule != "policy.level":
        rows.append(Line((seg(cut(one_line(f"  set by {proposal.level_rule}"), width), "muted"),)))
    if proposal.depth_rule:
        first, *rest = wrap(one_line(proposal.depth_rule), width - 2)
        rows.append(Line((seg("√ ", "good bold"), seg(first))))
        rows.extend(Line((seg("  "), seg(row))) for row in rest)
    may, never = POLICIES.get(proposal.policy, ("", ""))
    base = proposal.base_branch or "the base branch"
    if proposal.branch:
        if not proposal.depth_rule and may:
            rows.append(Line((seg("√ ", "good bold"), seg(cut(f"may open {may}", width - 2)))))
        rows.append(Line((seg("√ ", "good bold"), seg(cut(never.format(base=base), width - 2)))))
    if proposal.policy != "auto-merge":
        rows.append(Line((seg("– auto-merge is off here", "muted"),)))
    return tuple(rows)
