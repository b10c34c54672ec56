"""The text pane of a proposal: the title, where it goes, and its body, rendered or exactly as it is sent."""

from __future__ import annotations

from rootcase.core.model.case import Case
from rootcase.core.model.delivery import Proposal
from rootcase.tui.render.checks import missing_proposal
from rootcase.tui.render.layout import blank, cells, cut_segs, paragraph, seg, wrap
from rootcase.tui.render.line import Line, Seg
from rootcase.tui.render.markdown import markdown, raw

KINDS = {
    "pull_request": "Pull request", "draft_pull_request": "Draft pull request", "ticket": "Ticket",
    "patch_file": "Patch file", "none": "No proposal",
}  # fmt: skip
# Writes whose text stands nowhere else, and those that raw shows as well.
BESIDE = frozenset({"escalation", "auto_merge"})
SAID = frozenset({"push", "comment"})
WRITTEN = {
    "push": "The commit message to", "comment": "The comment at", "escalation": "The note to",
    "auto_merge": "Why the merge may be asked for at",
}  # fmt: skip


def kind_words(proposal: Proposal | None) -> str:
    """What it is, as the pane's title."""
    return KINDS[proposal.kind] if proposal else "Proposal"


def proposal_text(case: Case, width: int, *, as_raw: bool = False, roomy: bool = False) -> tuple[Line, ...]:
    """The whole pane."""
    proposal = case.proposal
    if proposal is None or proposal.kind == "none":
        return nothing_yet(case, width)
    gap = (blank(),) if roomy else ()
    head = _head(case, proposal, width)
    if as_raw:
        title = Line((seg(f"title: {proposal.title}", "muted"),))
        return (*gap, title, blank(), *raw(proposal.body, width), *_beside(proposal, width, BESIDE | SAID))
    return (
        *gap,
        *head,
        blank(),
        *markdown(proposal.body, width, roomy=roomy),
        *_beside(proposal, width, BESIDE),
    )


def _beside(proposal: Proposal, width: int, kinds: frozenset[str]) -> tuple[Line, ...]:
    """What goes elsewhere in other words, exactly as it is sent."""
    rows: list[Line] = []
    for number, write in enumerate(proposal.writes, 1):
        if write.kind in kinds and write.text and write.text != proposal.body:
            told = f"{number}  {WRITTEN[write.kind]} {write.target}"
            rows.extend((blank(), *(Line((seg(row, "strong bold underline"),)) for row in wrap(told, width))))
            rows.extend(raw(write.text, width))
    return tuple(rows)


def _head(case: Case, proposal: Proposal, width: int) -> tuple[Line, ...]:
    title = [Line((seg(row, "strong bold"),)) for row in wrap(seg(proposal.title).text, width)]
    if not proposal.branch:
        target = proposal.writes[0].target if proposal.writes else ""
        return (*title, Line((seg("an issue at ", "muted"), seg(target, "accent"))))
    right = _size(case)
    left = (seg(f"{proposal.base_branch} ", "muted"), seg("← ", "muted"), seg(proposal.branch, "accent"))
    return (*title, Line(cut_segs(left, width - cells(right) - 1), right))


def _size(case: Case) -> tuple[Seg, ...]:
    draft = case.draft
    if draft is None:
        return ()
    hunks = draft.accepted
    files = len({hunk.path for hunk in hunks})
    plus, minus = sum(len(h.new) for h in hunks), sum(len(h.old) for h in hunks)
    noun = "file" if files == 1 else "files"
    return (seg(f"1 commit, {files} {noun}, ", "muted"), seg(f"+{plus}", "good"), seg(f" -{minus}", "bad"))


def nothing_yet(case: Case, width: int) -> tuple[Line, ...]:
    """Why there is no proposal, and the next key."""
    rows = [blank(), Line((seg("Nothing to send yet.", "strong bold"),))]
    rows.extend(paragraph(f"{_sentence(missing_proposal(case))}", width, style="muted"))
    rows.append(blank())
    rows.append(
        Line((seg("t", "accent bold"), seg("  start a run   "), seg("esc", "accent bold"), seg("  go back")))
    )
    return tuple(rows)


def _sentence(text: str) -> str:
    first = text if text.startswith("t ") else text[:1].upper() + text[1:]
    return first + ("" if text.endswith(".") else ".")
