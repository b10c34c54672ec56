"""What a human said or did, as one line of text for showing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rootcase.core.model.case import Said
from rootcase.core.model.entries import (
    ActIntended,
    AnotherAsked,
    Approved,
    Body,
    BudgetRaised,
    CausePinned,
    ClaimMarked,
    Commented,
    ConfidenceChosen,
    ConfidenceWaived,
    DraftChosen,
    Entry,
    FindingWaived,
    HunkDecided,
    HunkEdited,
    HunkSplit,
    JoinDeclined,
    Merged,
    OwnerAgreed,
    OwnershipMarked,
    PauseAsked,
    PhaseRestarted,
    PlanWidened,
    ProofAsked,
    ProposalEdited,
    ResumeAsked,
    ReviewAddressed,
    ReviewersChosen,
    Steered,
    StopAsked,
    TookOver,
    Unmerged,
    VerdictOverridden,
)


def saying(entry: Entry, body: Body) -> Said:
    """The entry as Said; `what` is the entry's kind. The body's class must be in SAYINGS."""
    text, about = SAYINGS[type(body)](body)
    return Said(entry.seq, entry.at_us, entry.actor, entry.kind, text, about)


def _because(text: str, reason: str) -> str:
    return f"{text}: {reason}" if reason else text


def _raised(body: BudgetRaised) -> str:
    caps = (
        (body.usd, f"${body.usd:.2f}"),
        (body.minutes, f"{body.minutes:g} minutes"),
        (body.steps, f"{body.steps} steps"),
        (body.tokens, f"{body.tokens:,} tokens"),
    )
    return "raised the cap to " + ", ".join(text for value, text in caps if value)


def _merged(body: Merged) -> str:
    return _because(f"merged into {body.into}" if body.into else f"took in {body.took}", body.reason)


# Each function takes its own body class, found by type(body).
SAYINGS: dict[type, Callable[[Any], tuple[str, str]]] = {
    VerdictOverridden: lambda b: (_because(f"said {b.verdict}", b.reason), ""),
    OwnershipMarked: lambda b: (f"{b.who} has it" if b.who else "nobody has it", ""),
    ClaimMarked: lambda b: (_because(f"marked {b.status}", b.reason), b.claim),
    HunkDecided: lambda b: (_because(b.decision, b.reason), " ".join(b.hunks)),
    HunkEdited: lambda b: ("edited", b.hunk),
    HunkSplit: lambda b: (f"split in {len(b.into)}", b.hunk),
    ConfidenceChosen: lambda b: (
        "asked for " + (", ".join(k.replace("-", " ") for k in b.kinds) or "no kind of confidence"),
        "",
    ),
    ConfidenceWaived: lambda b: (_because(f"waived the {b.kind.replace('-', ' ')}", b.reason), b.kind),
    FindingWaived: lambda b: (_because("waived", b.reason), b.finding),
    PhaseRestarted: lambda b: (_because(f"from {b.phase} again", b.reason), ""),
    CausePinned: lambda b: (
        _because("pinned as the cause" if b.claim else "no cause is pinned", b.reason),
        b.claim,
    ),
    AnotherAsked: lambda b: (_because("another draft", b.reason), f"draft {b.draft}"),
    DraftChosen: lambda b: ("take this one", f"draft {b.draft}"),
    Steered: lambda b: (b.text, ""),
    PauseAsked: lambda b: ("pause", ""),
    ResumeAsked: lambda b: ("go on", ""),
    StopAsked: lambda b: (_because("stop", b.reason), ""),
    BudgetRaised: lambda b: (_raised(b), ""),
    ProofAsked: lambda b: ("prove it again", f"draft {b.draft}"),
    PlanWidened: lambda b: (f"allowed {b.path}", b.path),
    Commented: lambda b: (b.text, b.about),
    ProposalEdited: lambda b: ("edited the proposal's text", ""),
    ReviewersChosen: lambda b: ("asks " + (", ".join(b.reviewers) or "nobody") + " for review", ""),
    Approved: lambda b: ("send it", b.digest),
    ReviewAddressed: lambda b: (f"addresses the review of {b.pull}", b.pull),
    TookOver: lambda b: (_because(f"takes over {b.what}", b.reason), b.id),
    ActIntended: lambda b: (f"{b.act} at {b.source}", f"{b.source}:{b.signal_id}"),
    Merged: lambda b: (_merged(b), b.into or b.took),
    JoinDeclined: lambda b: (_because(f"{b.other} stays apart", b.reason), b.other),
    OwnerAgreed: lambda b: (b.text, ""),
    Unmerged: lambda b: (_because(f"moved {b.signal_id} to {b.to}", b.reason), f"{b.source}:{b.signal_id}"),
}
