"""Commits that may have brought the error in: those behind the likeliest lines, and those of the release window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rootcase.core.codemap.blamed import BlamedCommit
from rootcase.core.codemap.window import WindowCommit
from rootcase.core.model.code import Suspect

SHOWN = 8
# A window that the source does not know, only guessed from tags, says little: most faults are older than a release.
GUESSED_WINDOW = 0.3
OUTSIDE = 0.25


def ranked_suspects(
    blamed: Sequence[BlamedCommit], window: Sequence[WindowCommit], *, known: bool
) -> tuple[Suspect, ...]:
    """One list from both: a commit that is behind the lines *and* in the window stands above either.

    Args: known: the source named the first bad release; else the window is a guess from tags.
    """
    found: dict[str, Suspect] = {}
    strong = known and any(item.score >= 0.3 for item in window)
    for item in blamed:
        share = item.share * (OUTSIDE if strong else 1.0)
        found[item.commit.sha] = Suspect(item.commit, share, item.reasons)
    for entry in window:
        sha, score = entry.commit.sha, entry.score if known else entry.score * GUESSED_WINDOW
        before = found.get(sha)
        if before is None:
            found[sha] = Suspect(entry.commit, score, entry.reasons, in_window=True, kind=entry.kind)
            continue
        share = before.score / OUTSIDE if strong else before.score
        both = 1.0 - (1.0 - min(0.95, share)) * (1.0 - score)
        reasons = tuple(dict.fromkeys((*entry.reasons, *before.reasons)))
        found[sha] = Suspect(before.commit, both, reasons, in_window=True, kind=entry.kind)
    ranked = sorted(found.values(), key=lambda item: (-item.score, -item.commit.at_us, item.commit.sha))
    kept = [item for item in ranked if item.score >= 0.02][:SHOWN]
    return tuple(replace(item, score=round(min(1.0, item.score), 3)) for item in kept)
