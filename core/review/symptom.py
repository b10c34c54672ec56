"""Where the crash shows, and whether the evidence puts its cause somewhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rootcase.core.model.case import Case
from rootcase.core.model.code import Candidate, MappedFrame
from rootcase.core.model.evidence import Claim
from rootcase.core.review.change import FileChange

NEAR_LINES = 4
# How many of our innermost frames a guard may stand in and still be at the symptom.
FRAMES = 3
# How much likelier another function has to be before a map alone says that the cause is not here.
CLEARLY = 1.25


@dataclass(frozen=True, slots=True)
class CrashSite:
    """The failing frame in the draft's base: path, line at HEAD, its function's qualified name."""

    path: str
    line: int
    function: str
    text: str = ""
    evidence: str = ""


def crash_site(case: Case) -> CrashSite | None:
    """The innermost frame in the repository, at HEAD; None where nothing was mapped."""
    failing = case.code.failing if case.code else None
    return _site(failing) if failing is not None else None


def crash_path(case: Case) -> tuple[CrashSite, ...]:
    """Our innermost frames, the failing one first: what fails, and who handed it the value."""
    frames = [f for f in reversed(case.code.frames) if f.verdict != "not ours"] if case.code else []
    return tuple(_site(frame) for frame in frames[:FRAMES])


def _site(frame: MappedFrame) -> CrashSite:
    path, line = frame.head_path or frame.path, frame.head_line or frame.line
    return CrashSite(path, line, frame.qualified_name or frame.function, frame.text, frame.evidence)


def at_site(change: FileChange, line: int, site: CrashSite | None) -> bool:
    """Whether a line of the new file is in the failing function, or close to the failing line."""
    if site is None or change.path != site.path:
        return False
    inside = change.enclosing_at(line)
    if inside and site.function:
        return site.function.rpartition(".")[2] in inside.split(".")
    return abs(change.old_line(line) - site.line) <= NEAR_LINES


def site_of(change: FileChange, line: int, sites: tuple[CrashSite, ...]) -> CrashSite | None:
    """The innermost of those frames whose function a line of the new file is in."""
    return next((site for site in sites if at_site(change, line, site)), None)


def likelier(case: Case, site: CrashSite) -> Candidate | None:
    """The function that the code map holds for clearly likelier to need the change than the one at that site."""
    found = case.code.candidates if case.code else ()
    if not found:
        return None
    name = site.function.rpartition(".")[2]
    here = [c.score for c in found if c.path == site.path and c.qualified_name.rpartition(".")[2] == name]
    best = max(found, key=lambda c: c.score)
    return best if best.score > CLEARLY * max(here, default=0.0) else None


def cause_elsewhere(case: Case, site: CrashSite | None) -> Claim | None:
    """The supported cause claim that cites code away from the crash site, None where there is none."""
    if site is None:
        return None
    known = {item.id: item for item in case.evidence}
    for claim in case.claims:
        if claim.status != "supported" or claim.role not in ("cause", "mechanism"):
            continue
        for citation in claim.citations:
            item = known.get(citation.evidence)
            if item is None or citation.ok is False or item.kind not in ("code", "frame"):
                continue
            last = item.end_line or item.line
            near = item.path == site.path and item.line - NEAR_LINES <= site.line <= last + NEAR_LINES
            if item.path and not near:
                return claim
    return None


def failing_type(case: Case) -> str:
    """The plain type of the failing exception, or ""."""
    kind = case.fingerprint.type if case.fingerprint else ""
    return kind.rpartition(".")[2]


def names_on(text: str) -> frozenset[str]:
    """The identifiers of a source line, to see whether a guard is about the same things."""
    return frozenset(re.findall(r"[A-Za-z_$][A-Za-z0-9_$]*", text))
