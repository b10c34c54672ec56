"""The draft is larger than the configuration allows."""

from __future__ import annotations

from collections.abc import Iterator

from rootcase.core.review.change import Change, Found

CHECK = "too large"


def size(change: Change) -> Iterator[Found]:
    """More files than `max_files_modified` (tests left out), or more lines than `max_lines_modified`."""
    if not change.files:
        return
    files, limit = len(change.source), change.guardrails.max_files_modified
    lines, most = sum(_lines(f.added, f.removed) for f in change.files), change.guardrails.max_lines_modified
    hunk, path = change.files[0].hunks[0].id, change.files[0].path
    if files > limit:
        text = f"Changes {files} files besides the tests; {limit} are allowed."
        yield Found(CHECK, "block", path, hunk, text, "Reject hunks, or raise guardrails.max_files_modified.")
    if lines > most:
        text = f"Changes {lines} lines; {most} are allowed."
        yield Found(CHECK, "block", path, hunk, text, "Reject hunks, or raise guardrails.max_lines_modified.")


def _lines(added: tuple[object, ...], removed: tuple[object, ...]) -> int:
    return max(len(added), len(removed))
