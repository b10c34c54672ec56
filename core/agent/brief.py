"""The fresh context of a phase, made from the case alone: each part a titled block, empty ones left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rootcase.core.agent import brief_drafts, brief_facts
from rootcase.core.agent.deps import Deps
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Phase

Part = Callable[[Case, Deps], str]

FACTS: tuple[tuple[str, Part], ...] = (
    ("The case", brief_facts.headline),
    ("Incident note", brief_facts.note),
    ("Stack in production, oldest first", brief_facts.stack),
    ("Code on the path, at the release that failed", brief_facts.code),
    ("Candidates beyond the trace", brief_facts.candidates),
    ("Suspect commits", brief_facts.suspects),
    ("Owners and the last good release", brief_facts.owners),
    ("The newest event", brief_facts.event),
    ("Logged before it", brief_facts.logs),
    ("Deploys", brief_facts.deploys),
)
CLAIMS = ("Claims so far", brief_drafts.claims)
PLAN = ("The plan", brief_drafts.plan)
EARLIER = ("Earlier drafts, and why they did not stand", brief_drafts.earlier)
REJECTED = ("Hunks a human rejected or rewrote", brief_drafts.rejected)
TEST = ("The reproduction test", brief_drafts.test)
CHANGE = ("The change", brief_drafts.change)
PROOF = ("Proof", brief_drafts.proof)
FINDINGS = ("What review says", brief_drafts.findings)
SAID = ("What the engineer said so far; follow it", brief_drafts.said)

PARTS: dict[Phase, tuple[tuple[str, Part], ...]] = {
    "opinion": (*FACTS[:3], FACTS[5], FACTS[7]),
    "investigate": (*FACTS, CLAIMS, SAID),
    "plan": (*FACTS, CLAIMS, EARLIER, REJECTED, SAID),
    "reproduce": (*FACTS, CLAIMS, PLAN, EARLIER, SAID),
    "patch": (*FACTS[:4], CLAIMS, PLAN, TEST, EARLIER, FINDINGS, REJECTED, SAID),
    "review": (FACTS[0], FACTS[1], FACTS[3], CLAIMS, PLAN, CHANGE, PROOF),
    "explain": (FACTS[0], FACTS[1], CLAIMS, PLAN, CHANGE, PROOF, FINDINGS, EARLIER, SAID),
}


def brief(phase: Phase, case: Case, deps: Deps, extra: Sequence[tuple[str, str]] = ()) -> str:
    """The brief of a phase. extra: (title, text) blocks that only the phase itself can know."""
    blocks = [(title, part(case, deps)) for title, part in PARTS[phase]]
    return "\n\n".join(f"## {title}\n{text}" for title, text in (*blocks, *extra) if text)
