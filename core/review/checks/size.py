"""The draft is larger than the configuration allows."""

from __future__ import annotations

from collections.abc import Iterator

from rootcase.core.review.change import Change, Found, is_prose

CHECK = "too large"


def size(change: Change) -> Iterator[Found]:
    """More files than `max_files_modified`, or more lines than `max_lines_modified`; tests and prose are left out."""
    if not change.files:
        return
    code = [file for file in change.source if not is_prose(file.path)]
    files, limit = len(code), change.guardrails.max_files_modified
    lines, most = sum(_lines(f.added, f.removed) for f in code), change.guardrails.max_lines_modified
    hunk, path = change.files[0].hunks[0].id, change.files[0].path
    if files > limit:
        text = f"Changes {files} files besides tests and prose; {limit} are allowed."
        yield Found(CHECK, "block", path, hunk, text, "Reject hunks, or raise guardrails.max_files_modified.")
    if lines > most:
        text = f"Changes {lines} lines besides tests and prose; {most} are allowed."
        yield Found(CHECK, "block", path, hunk, text, "Reject hunks, or raise guardrails.max_lines_modified.")


def _lines(added: tuple[object, ...], removed: tuple[object, ...]) -> int:
    return max(len(added), len(removed))
