"""A code path in words, for `rootcase explain map`."""

from __future__ import annotations

from rootcase.core.model.code import CodePath

MARKS = {"confirmed": "√", "probable": "~", "guessed": "?", "not ours": "·"}


def as_text(path: CodePath) -> str:
    """Release, frames with their verdicts, HEAD, suspects, candidates, owners, rollback, and what is missing."""
    at = f" at {path.release_commit[:7]}" if path.release_commit else ""
    lines = [f"{path.repository or 'no repository'}  release {path.release or '–'}{at}: {path.release_how}"]
    for frame in path.frames:
        mark = MARKS[frame.verdict]
        lines.append(
            f"  {mark} {frame.path}:{frame.line} {frame.qualified_name}  {frame.verdict}: {frame.why}"
        )
        if frame.head_status not in ("unknown", "same"):
            by = f" by {frame.head_commit.short}" if frame.head_commit else ""
            lines.append(
                f"      HEAD {path.head_commit[:7]}: {frame.head_status}{by}, {frame.head_path}:{frame.head_line}"
            )
    if path.changed_since:
        lines.append(f"  changed since: {path.changed_since}")
    for suspect in path.suspects:
        reasons = "; ".join(suspect.reasons)
        lines.append(
            f"  suspect {suspect.score:.2f} {suspect.commit.short} {suspect.commit.subject}: {reasons}"
        )
    for item in path.candidates:
        reasons = "; ".join(item.reasons)
        lines.append(f"  candidate {item.score:.2f} {item.path}:{item.line} {item.qualified_name}: {reasons}")
    lines += [f"  owner {owner.name}: {'; '.join(owner.reasons)}" for owner in path.owners]
    if path.rollback:
        lines.append(f"  roll back to {path.rollback.release} {path.rollback.commit[:7]}")
    return "\n".join([*lines, *(f"  ! {line}" for line in path.missing)])
