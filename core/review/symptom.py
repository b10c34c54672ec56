"""Where the crash shows, and whether the evidence puts its cause somewhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rootcase.core.model.case import Case
from rootcase.core.model.evidence import Claim
from rootcase.core.review.change import FileChange

NEAR_LINES = 4


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
    if failing is None:
        return None
    path, line = failing.head_path or failing.path, failing.head_line or failing.line
    function = failing.qualified_name or failing.function
    return CrashSite(path, line, function, failing.text, failing.evidence)


def at_site(change: FileChange, line: int, site: CrashSite | None) -> bool:
    """Whether a line of the new file is in the failing function, or close to the failing line."""
    if site is None or change.path != site.path:
        return False
    inside = change.enclosing_at(line)
    if inside and site.function:
        return site.function.rpartition(".")[2] in inside.split(".")
    return abs(change.old_line(line) - site.line) <= NEAR_LINES


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
